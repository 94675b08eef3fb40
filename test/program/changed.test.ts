/** Numbers that change in place: a gradient that needs those that were there is refused, on every backend, and no other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  add,
  exp,
  gather,
  gradients,
  matmul,
  mul,
  relu,
  reshape,
  slice,
  square,
  sum,
} from '../../src/autograd/index.ts'
import { compileAsync, gpujs } from '../../src/gpujs.ts'
import { cpu } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { wasm } from '../../src/kernels/wasm/index.ts'
import { PLE, parameters, restoreModel, restoreState, saveModel, saveState } from '../../src/models/index.ts'
import { BatchNorm } from '../../src/models/layers/normalization.ts'
import { Parameter, detach, ids, ones, tensor } from '../../src/tensor/index.ts'
import type { Ids, Tensor } from '../../src/tensor/index.ts'
import { adagrad, adam, adamW, fit, ftrl, sgd } from '../../src/training/index.ts'
import { movingAverages } from '../../src/training/step/averages.ts'
import { FEATURES, TASKS, TYPES, feed } from '../models/feed.ts'
import { EVERYWHERE } from './everyBackend.ts'
import type { Anywhere } from './everyBackend.ts'

const numbers = ({ values }: Tensor | Ids): number[] => [...values]

const REFUSED =
  /^gradients: expected the numbers that square was computed from but input 0, a parameter of shape \(2\), has changed since: because/

/** What changes a parameter in place. */
const CHANGES: Readonly<Record<string, (w: Parameter) => unknown>> = {
  ...Object.fromEntries(
    [sgd(), sgd({ momentum: 0.9 }), adam(), adamW(), adagrad(), ftrl()].map((optimizer, index) => [
      `${optimizer.name} ${index}`,
      (w: Parameter) => {
        optimizer.step([w], [ones([2], w.backend)])
      },
    ]),
  ),
  assign: (w) => {
    w.assign([1, 2])
  },
  'loading a state': (w) => {
    restoreState({ w }, { w: [1, 2] })
  },
}

describe.each<readonly [string, () => Backend]>([
  ['cpu', () => cpu],
  ['wasm', () => wasm({ bytes: 2 ** 22 })],
])('eagerly on %s', (_, open) => {
  const backend = open()
  const parameter = (): Parameter => new Parameter(tensor([1, 1], [2], backend))

  it.each(Object.entries(CHANGES))('a loss from before %s has no gradient that needs what was there', (_, change) => {
    const w = parameter()
    const loss = sum(square(w))
    expect(numbers(gradients(loss, [w])[0])).toEqual([2, 2])
    change(w)
    expect(() => gradients(loss, [w])).toThrow(REFUSED)
    expect(numbers(gradients(sum(square(w)), [w])[0])).toEqual(numbers(w).map((value) => Math.fround(2 * value)))
  })

  it('it is none of the reader’s business where the rule needs no number of it', () => {
    const [w, v, x] = [parameter(), parameter(), tensor([3, 4], [2], backend)]
    const loss = sum(add(mul(x, w), exp(v)))
    w.assign([9, 9])
    v.assign([9, 9])
    const [byW, byV] = gradients(loss, [w, v])
    expect(numbers(byW)).toEqual([3, 4])
    expect(numbers(byV)).toEqual([Math.fround(Math.E), Math.fround(Math.E)])
  })

  it('only what is asked for is refused', () => {
    const [w, x] = [new Parameter(ones([2, 2], backend)), new Parameter(ones([2, 2], backend))]
    const loss = sum(matmul(x, w))
    w.assign([5, 6, 7, 8])
    expect(numbers(gradients(loss, [w])[0])).toEqual([2, 2, 2, 2])
    expect(() => gradients(loss, [x])).toThrow('that matmul was computed from but input 1, a parameter of shape (2×2)')
  })

  it('what shares the memory of a parameter is refused as well, and what was copied is not', () => {
    const w = parameter()
    const shared = [sum(square(reshape(w, [1, 2]))), sum(mul(w, detach(w)))]
    const copied = sum(square(slice(w, { axis: 0, start: 0, end: 1 })))
    w.assign([9, 9])
    for (const loss of shared) expect(() => gradients(loss, [w])).toThrow('has changed since')
    expect(numbers(gradients(copied, [w])[0])).toEqual([2, 0])
  })

  it('a second derivative is refused like a first', () => {
    const w = parameter()
    const [first] = gradients(sum(mul(square(w), w)), [w], { differentiable: true })
    expect(numbers(gradients(sum(first), [w])[0])).toEqual([6, 6])
    w.assign([9, 9])
    expect(() => gradients(sum(first), [w])).toThrow('has changed since')
  })

  it('rows of a table that has changed since have the gradient that they had', () => {
    const table = new Parameter(ones([3, 2], backend))
    const loss = sum(relu(gather(table, ids([0, 2], [2], backend))))
    table.assign([-1, -1, -1, -1, -1, -1])
    expect(numbers(gradients(loss, [table])[0])).toEqual([1, 1, 0, 0, 1, 1])
  })

  it('statistics of batch normalization that a later batch has moved are refused', () => {
    const norm = new BatchNorm(2, {}, backend)
    const x = parameter()
    const scored = sum(mul(norm.runningMean, x))
    norm.forward(tensor([1, 2, 3, 5], [2, 2], backend), { training: true, step: 0 })
    expect(() => gradients(scored, [x])).toThrow('has changed since')
  })

  it('averages in the places of parameters, and the way back, are changes', () => {
    const w = parameter()
    const averages = movingAverages([w], 0.9)
    for (const standing of [true, false]) {
      const loss = sum(square(w))
      averages.standIn(standing)
      expect(() => gradients(loss, [w])).toThrow(REFUSED)
    }
  })

  it('a parameter has memory of its own: neither what it was made of nor another one made of that changes with it', () => {
    const values = new Float32Array([1, 1])
    const start = tensor(values, [2], backend)
    const [a, b] = [new Parameter(start), new Parameter(start)]
    const loss = sum(mul(start, a))
    sgd({ learningRate: 1 }).step([a], [ones([2], backend)])
    expect([a, b, start].map(numbers)).toEqual([
      [0, 0],
      [1, 1],
      [1, 1],
    ])
    expect([...values]).toEqual([1, 1])
    expect(numbers(gradients(loss, [a])[0])).toEqual([1, 1])
    const taken = new Parameter(start, { copy: false })
    taken.assign([7, 7])
    expect(numbers(start)).toEqual([7, 7])
    expect(new Parameter(ones([0, 3], backend)).size).toBe(0)
  })
})

it.each<readonly [unknown, string]>([
  [{ L2: 1 }, "expected options among l2, trainable, least, copy but got 'L2', did you mean 'l2'?"],
  [{ l2: -1 }, 'expected l2 to be a number in [0, ∞) but got -1'],
  [{ trainable: 0 }, 'expected trainable to be true or false but got 0'],
])('a parameter of %j is refused', (options, message) => {
  expect(() => new Parameter(ones([2]), options as never)).toThrow(new RangeError(`Parameter: ${message}`))
})

describe.each(Object.keys(EVERYWHERE))('compiled on %s', (name) => {
  let on: Anywhere['on']
  let close: Anywhere['close']
  beforeAll(async () => {
    ;({ on, close } = await EVERYWHERE[name]())
  })
  afterAll(() => close())

  const home = async (run: object): Promise<void> => {
    if ('fetch' in run) await (run as { fetch(): Promise<void> }).fetch()
  }

  it('a loss from before a run that moves a parameter is refused, and one from before the recording is not', async () => {
    const w = new Parameter(tensor([1, 1]))
    const optimizer = sgd({ learningRate: 0.5 })
    const run = on(({ g }: { readonly g: Tensor }) => {
      optimizer.step([w], [g])
    })
    const step = run as unknown as { program(input: { readonly g: Tensor }): unknown }
    const before = sum(square(w))
    step.program({ g: ones([2]) })
    expect(numbers(gradients(before, [w])[0])).toEqual([2, 2])
    for (let count = 0; count < 2; count++) {
      const loss = sum(square(w))
      await run({ g: ones([2]) })
      await home(run)
      expect(() => gradients(loss, [w])).toThrow(REFUSED)
    }
    expect(numbers(gradients(sum(square(w)), [w])[0])).toEqual([0, 0])
    await run.release()
  })

  it('a step that only reads a parameter changes nothing', async () => {
    const w = new Parameter(tensor([1, 1]))
    const loss = sum(square(w))
    const run = on(() => sum(square(w)))
    await run(undefined)
    expect(numbers(gradients(loss, [w])[0])).toEqual([2, 2])
    await run.release()
    expect(numbers(gradients(loss, [w])[0])).toEqual([2, 2])
  })

  it('a step that asks for a gradient after its own optimizer moved what it needs is refused, and nothing has moved', async () => {
    const w = new Parameter(tensor([1, 1]))
    const optimizer = sgd()
    const run = on(() => {
      const loss = sum(square(w))
      optimizer.step([w], gradients(loss, [w]))
      return gradients(loss, [w])
    })
    const loss = sum(square(w))
    await expect((async () => run(undefined))()).rejects.toThrow(REFUSED)
    expect([numbers(w), optimizer.steps]).toEqual([[1, 1], 0])
    expect(numbers(gradients(loss, [w])[0])).toEqual([2, 2])
  })

  it('a step may ask for gradients again after its optimizer, of what it computes anew', async () => {
    const w = new Parameter(tensor([1, 1]))
    const run = on(() => {
      sgd({ learningRate: 0.25 }).step([w], gradients(sum(square(w)), [w]))
      return gradients(sum(square(w)), [w])
    })
    expect(numbers((await run(undefined))[0])).toEqual([1, 1])
    await run.release()
  })

  it('what a run gave is refused under a graph from before the next run', async () => {
    const run = on(({ x }: { readonly x: Tensor }) => ({ y: mul(x, 3) }))
    const { y } = await run({ x: tensor([1, 2]) })
    const loss = sum(square(y))
    expect(numbers(gradients(loss, [y])[0])).toEqual([6, 12])
    await run({ x: tensor([5, 6]) })
    const refused = 'input 0, in memory of a parameter or a program of shape (2)'
    expect(() => gradients(loss, [y])).toThrow(refused)
    await run.release()
    expect(() => gradients(loss, [y])).toThrow(refused)
  })
})

describe('on GPU.js', () => {
  it('a parameter that lives there is refused as well', async () => {
    const backend = await gpujs({ mode: 'cpu' })
    const w = new Parameter(tensor([1, 1], [2], backend))
    const optimizer = sgd({ learningRate: 0.5 })
    const run = compileAsync(() => optimizer.step([w], [ones([2], backend)]), { backend })
    let loss = sum(square(w))
    optimizer.step([w], [ones([2], backend)])
    expect(() => gradients(loss, [w])).toThrow(REFUSED)
    loss = sum(square(w))
    await run(undefined)
    expect(() => gradients(loss, [w])).toThrow(REFUSED)
    expect([...(await w.read())]).toEqual([0, 0])
    await run.release()
    await backend.release()
  })

  it('what is assigned while a parameter is away on the device is what runs go on with, and is not lost', async () => {
    const backend = await gpujs({ mode: 'webasm' })
    const w = new Parameter(tensor([1, 1]))
    const optimizer = sgd({ learningRate: 1 })
    const run = compileAsync(() => optimizer.step([w], [ones([2])]), { backend, resident: true })
    await run(undefined)
    w.assign([5, 6])
    await run(undefined)
    await run.fetch()
    expect(numbers(w)).toEqual([4, 5])
    await run(undefined)
    w.assign([7, 8])
    await run.fetch()
    expect(numbers(w)).toEqual([7, 8])
    await run(undefined)
    await run.release()
    expect(numbers(w)).toEqual([6, 7])
    await backend.release()
  })
})

describe('a model', () => {
  const modelOf = (): PLE =>
    new PLE({ features: FEATURES, taskNames: TASKS, taskTypes: TYPES, expertDnnHiddenUnits: [4] })
  const lossOf = (model: object): { loss: Tensor; learned: readonly Parameter[] } => {
    const learned = Object.values(parameters(model))
    return { loss: learned.map((each) => sum(square(each))).reduce((a, b) => add(a, b)), learned }
  }

  it.each<readonly [string, (model: PLE) => unknown]>([
    [
      'a state was loaded',
      (model) => {
        restoreState(model, saveState(model))
      },
    ],
    ['it was trained', (model) => fit(model, { data: feed(8), epochs: 1, batchSize: 8 })],
    ['it was trained op by op', (model) => fit(model, { data: feed(8), epochs: 1, batchSize: 8, compiled: false })],
    [
      'its best epoch was restored',
      (model) => fit(model, { data: feed(8), validation: feed(8), epochs: 2, batchSize: 8, emaDecay: 0.5 }),
    ],
  ])('has no gradient of a loss from before %s', async (_, change) => {
    const model = modelOf()
    const { loss, learned } = lossOf(model)
    await change(model)
    for (const parameter of learned) expect(() => gradients(loss, [parameter])).toThrow('has changed since')
  })

  it('that is restored is another one', () => {
    const model = modelOf()
    const { loss, learned } = lossOf(model)
    restoreModel(saveModel(model))
    expect(() => gradients(loss, learned)).not.toThrow()
  })
})

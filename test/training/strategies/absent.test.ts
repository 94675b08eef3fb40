/** Tasks that a batch has no row of: they sit the step out, whatever the strategy, however rare they are, and on whatever runs. */
import { describe, expect, it } from 'vitest'
import { scaleShift, mul, sum } from '../../../src/autograd/index.ts'
import { dataset, denseFeature } from '../../../src/data/index.ts'
import { gpujs } from '../../../src/gpujs.ts'
import { cpu, wasm, wasmThreads } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { SharedBottom } from '../../../src/models/index.ts'
import { compile } from '../../../src/program/index.ts'
import { Parameter, full, tensor } from '../../../src/tensor/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import {
  averageWeights,
  caGrad,
  dwa,
  fit,
  gradNorm,
  pcGrad,
  reconciling,
  uncertainty,
} from '../../../src/training/index.ts'
import type { Progress, Strategy } from '../../../src/training/index.ts'

/** Every how many steps a batch has rows of the task. */
const SHARES = [1, 5, 20, 50, Infinity] as const
const VISITS = 300

const BACKENDS: Readonly<Record<string, () => Promise<Backend>>> = {
  cpu: async () => cpu,
  'WASM of plain SIMD': async () => wasm({ variant: 'simd', bytes: 2 ** 22 }),
  'the best WASM there is': async () => wasm({ bytes: 2 ** 22 }),
  threads: async () => wasmThreads({ threads: 2, worthwhile: 0, bytes: 2 ** 24 }),
}

type Loss = readonly [size: number, slope: readonly [number, number]]

/** What a strategy makes of losses that stay as they are, each along a slope of its own, where tasks have so many rows. */
function balancing(strategy: Strategy, losses: Readonly<Record<string, Loss>>) {
  const w = new Parameter(tensor([0, 0]))
  const names = Object.keys(losses)
  const tasks = Object.fromEntries(names.map((task) => [task, 'binary' as const]))
  return (rows: Readonly<Record<string, Tensor>>) => {
    const made = Object.entries(losses).map(([task, [size, slope]]) => {
      const loss = scaleShift(sum(mul(w, tensor([...slope]))), { shift: size })
      return [task, mul(loss, rows[task])] as const
    })
    const { gradients, weights } = strategy.balance({ losses: Object.fromEntries(made), rows, tasks, learned: [w] })
    return { weights, gradient: gradients[0] as Tensor }
  }
}

const given = (rows: Readonly<Record<string, number>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(rows).map(([task, count]) => [task, full([], count)]))

/** The weights of a task that is always there and one that is rare, in the end. */
function weightsAt(every: number, strategy: Strategy, losses: Readonly<Record<string, Loss>>, backend?: Backend) {
  const step = balancing(strategy, losses)
  const compiled = backend && compile(step, { backend })
  const run = compiled ?? step
  let weights: Readonly<Record<string, number>> = {}
  const steps = VISITS * Math.min(every, 50)
  for (let at = 1; at <= steps; at++) {
    const balanced = run(given({ a: 1, b: at % every === 0 ? 1 : 0 }))
    weights = { a: balanced.weights.a.item(), b: balanced.weights.b.item() }
  }
  compiled?.release()
  return weights
}

const UNCERTAIN = { a: [0.515, [1, 0]], b: [0.515, [0, 1]] } as const
const PULLING = { a: [1, [2, 0]], b: [1, [0, 1]] } as const

describe.each(Object.keys(BACKENDS))('on %s', (name) => {
  it.each(SHARES)('a task of every %s-th batch has the weight of its noise', async (every) => {
    const weights = weightsAt(every, uncertainty(), UNCERTAIN, await BACKENDS[name]())
    expect(Math.abs(weights.a - 0.97)).toBeLessThan(0.03)
    if (every === Infinity) expect(weights.b).toBe(1)
    else expect(Math.abs(weights.b - 0.97)).toBeLessThan(0.03)
  })

  it.each(SHARES)('a task of every %s-th batch pulls as hard as the other', async (every) => {
    const weights = weightsAt(every, gradNorm(), PULLING, await BACKENDS[name]())
    const [a, b] = every === Infinity ? [1, 1] : [2 / 3, 4 / 3]
    expect(Math.abs(weights.a - a)).toBeLessThan(0.05)
    expect(Math.abs(weights.b - b)).toBeLessThan(0.05)
  })
})

describe('op by op', () => {
  it.each([1, 5])('a task of every %s-th batch has the weight that it has compiled', (every) => {
    for (const [make, losses] of [
      [uncertainty, UNCERTAIN],
      [gradNorm, PULLING],
    ] as const)
      expect(weightsAt(every, make(), losses)).toEqual(weightsAt(every, make(), losses, cpu))
  })
})

describe('a strategy', () => {
  const three = { a: [1, [4, 0]], b: [1, [-1, 1]], c: [2, [3, 3]] } as const
  it.each([
    ['PCGrad', pcGrad, [-1, 1]],
    ['CAGrad', caGrad, [-1, 1]],
    ['CAGrad where nothing conflicts', caGrad, [1, 1]],
    ['GradNorm', gradNorm, [-1, 1]],
  ] as const)('makes of three tasks, of which one is absent, what it makes of the two: %s', (_, make, slope) => {
    const { a, c } = three
    const b = [1, slope] as const
    const of = (losses: Readonly<Record<string, Loss>>, rows: Readonly<Record<string, number>>): number[] => {
      const step = balancing(make(), losses)
      step(given(rows))
      return [...step(given(rows)).gradient.values]
    }
    const without = of({ a, b }, { a: 1, b: 1 })
    expect(of({ a, b, c }, { a: 1, b: 1, c: 0 })).toEqual(without)
    expect(of({ a, b, c }, { a: 1, b: 1, c: 1 })).not.toEqual(without)
    expect(without).not.toEqual([4 + slope[0], slope[1]])
  })

  it('of one’s own sees those that are there, by name; none of them is no error', () => {
    const seen: unknown[] = []
    const own = reconciling('own', (gram, losses, tasks) => {
      seen.push([gram, losses, tasks])
      return tasks.map(() => 3)
    })
    const step = balancing(own, three)
    const { weights } = step(given({ a: 1, b: 0, c: 7 }))
    expect(Object.values(weights).map((weight) => weight.item())).toEqual([3, 1, 3])
    step(given({ a: 0, b: 0, c: 0 }))
    const [[gram, losses, tasks], none] = seen as [[unknown, unknown, unknown], unknown]
    expect(gram).toEqual([
      [16, 84],
      [84, 882],
    ])
    expect(losses).toEqual([1, 14])
    expect(tasks).toEqual(['a', 'c'])
    expect(none).toEqual([[], [], []])
  })

  it.each([
    ['uncertainty', uncertainty],
    ['DWA', dwa],
    ['GradNorm', gradNorm],
    ['PCGrad', pcGrad],
    ['CAGrad', caGrad],
  ])('goes through a batch of nobody: %s', (_, make) => {
    const { weights, gradient } = balancing(make(), three)(given({ a: 0, b: 0, c: 0 }))
    for (const weight of Object.values(weights)) expect(weight.item()).toSatisfy(Number.isFinite)
    expect([...gradient.values].map(Math.abs)).toEqual([0, 0])
  })

  it('that weighs by epochs compares the last two that had rows of a task', () => {
    const strategy = dwa()
    for (const losses of [
      { a: 4, b: 2 },
      { a: 2, b: NaN },
      { a: 1.5, b: NaN },
      { a: 1, b: 1 },
      { a: 0.9, b: NaN },
    ])
      strategy.epochEnded?.(losses)
    const { weights } = balancing(strategy, UNCERTAIN)(given({ a: 1, b: 1 }))
    const wanted = averageWeights({ a: 0.9, b: 1 }, { a: 1, b: 2 }, 2)
    for (const task of ['a', 'b'] as const) expect(weights[task].item()).toBeCloseTo(wanted[task], 6)
  })
})

const ROWS = 40
/** Labels of b in every n-th row only. */
const rare = (every: number) => {
  const features = [denseFeature('x')]
  const columns = { x: Array.from({ length: ROWS }, (_, row) => Math.sin(7 * row)) }
  const labels = {
    a: Array.from({ length: ROWS }, (_, row) => (row % 3 === 0 ? 1 : 0)),
    b: Array.from({ length: ROWS }, (_, row) => (row % every === every - 1 ? row % 2 : NaN)),
  }
  return dataset({ features, columns, labels })
}
const modelOn = (features: ReturnType<typeof rare>['features']): SharedBottom =>
  new SharedBottom({
    features,
    taskNames: ['a', 'b'],
    taskTypes: ['binary', 'binary'],
    bottomDnnHiddenUnits: [4],
    towerDnnHiddenUnits: [],
  })

describe('training', () => {
  it('goes on for 4,000 steps in which a task never occurs, and its weight stays', async () => {
    const data = rare(Infinity)
    const { epochs } = await fit(modelOn(data.features), { data, batchSize: 4, epochs: 400, strategy: uncertainty() })
    expect(epochs[399].losses.b).toBeNaN()
    expect(epochs[399].weights.b).toBeNaN()
    expect(epochs[399].losses.a).toBeLessThan(0.7)
  })

  it('tells the mean weight of a task over the steps that had rows of it', async () => {
    const data = rare(20)
    const told: Progress[] = []
    const onBatch = (progress: Progress): void => void told.push(progress)
    const options = { data, batchSize: 4, shuffle: false, strategy: gradNorm(), onBatch }
    const { epochs } = await fit(modelOn(data.features), options)
    expect(told.map(({ losses }) => losses.b > 0)).toEqual(told.map((_, at) => at % 5 === 4))
    expect(epochs[0].weights.b).toBeCloseTo((told[4].weights.b + told[9].weights.b) / 2, 6)
  })

  it('of several batches in a step counts the weights of those that had rows', async () => {
    const data = rare(20)
    const told: Progress[] = []
    const onBatch = (progress: Progress): void => void told.push(progress)
    const twice = reconciling('twice', (_, __, tasks) => tasks.map(() => 2))
    await fit(modelOn(data.features), { data, batchSize: 4, accumulate: 5, shuffle: false, strategy: twice, onBatch })
    expect(told.map(({ weights }) => weights)).toEqual([
      { a: 2, b: 2 },
      { a: 2, b: 2 },
    ])
  })

  it.each([
    ['uncertainty', uncertainty],
    ['GradNorm', gradNorm],
  ])('on a device comes to the weights of the CPU: %s', async (_, make) => {
    const backend = await gpujs({ mode: 'webasm' })
    const data = rare(20)
    const weights = async (on: Backend) => {
      const options = { data, batchSize: 4, epochs: 3, shuffle: false, strategy: make(), backend: on }
      return (await fit(modelOn(data.features), options)).epochs.map((epoch) => epoch.weights)
    }
    const [there, here] = [await weights(backend), await weights(cpu)]
    await backend.release()
    here.forEach((epoch, at) => {
      for (const task of ['a', 'b'] as const) expect(there[at][task]).toBeCloseTo(epoch[task], 4)
    })
    expect(here[2].b).not.toBe(1)
  })
})

/** Ids that somebody wrote to after they were made: refused before anything is read or written with them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  RowSparse,
  add,
  addCotangents,
  gather,
  gatherPresent,
  gradients,
  scatterAdd,
  segmentMax,
  square,
  sum,
} from '../../src/autograd/index.ts'
import { cpu } from '../../src/kernels/index.ts'
import { wasm } from '../../src/kernels/wasm/index.ts'
import { PLE, parameters } from '../../src/models/index.ts'
import { compile } from '../../src/program/index.ts'
import { Parameter, ids, ones, tensor } from '../../src/tensor/index.ts'
import type { Ids, Tensor } from '../../src/tensor/index.ts'
import { adagrad, adam, compilePredictor, fit, sgd } from '../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed } from '../models/feed.ts'
import { EVERYWHERE } from './everyBackend.ts'
import type { Anywhere } from './everyBackend.ts'

const OUTSIDE = [4, 1000, -1, 2 ** 31 - 1, -(2 ** 31)]

describe.each(Object.keys(EVERYWHERE))('on %s', (name) => {
  let on: Anywhere['on']
  let close: Anywhere['close']
  beforeAll(async () => {
    ;({ on, close } = await EVERYWHERE[name]())
  })
  afterAll(() => close())

  it('a sparse step by ids that have changed is refused, and no parameter has moved', async () => {
    const table = new Parameter(ones([4, 8]))
    const bystander = new Parameter(ones([64]))
    const optimizer = adagrad()
    const run = on(({ user }: { readonly user: Ids }) => {
      const loss = sum(square(gather(table, user)))
      optimizer.step([table, bystander], gradients(loss, [table, bystander], { sparse: true }))
      return loss
    })
    const array = Int32Array.from([1, 2, 2])
    const user = ids(array)
    await run({ user })
    await run({ user })
    if ('fetch' in run) await (run as unknown as { fetch(): Promise<void> }).fetch()
    const before = [[...table.values], [...bystander.values], optimizer.steps]
    for (const stray of OUTSIDE) {
      array[1] = stray
      await expect((async () => run({ user }))()).rejects.toThrow(
        new RangeError(`program: expected ids of 'user' in [0, 4) but got ${stray} at position 1`),
      )
      expect([[...table.values], [...bystander.values], optimizer.steps]).toEqual(before)
    }
    // What lies in the table is as good as before, and larger than any id that there was.
    array[1] = 3
    await run({ user })
    await run.release()
    expect(table.values[3 * 8]).toBeLessThan(1)
  })

  it('ids that the step itself keeps are looked at too', async () => {
    const kept = ids(Int32Array.from([0, 3]))
    const table = tensor([[1], [2], [3], [4]])
    const run = on(() => gather(table, kept))
    expect([...(await run(undefined)).values]).toEqual([1, 4])
    kept.values[1] = 4
    await expect((async () => run(undefined))()).rejects.toThrow(
      'program: expected ids of the step itself in [0, 4) but got 4 at position 1',
    )
    await run.release()
  })
})

describe('a program with memory at hand', () => {
  it('looks at ids that were written to its inputs, by path and place', () => {
    const table = ones([10, 2])
    const step = compile(
      ({ at }: { at: { user: Ids; seen: Ids } }) => [gather(table, at.user), gather(table, at.seen)],
      { backend: wasm({ bytes: 2 ** 20 }) },
    )
    const program = step.program({ at: { user: ids([0, 0]), seen: ids([0, 0, 0, 0], [2, 2]) } })
    const { seen } = program.inputs.at
    seen.values.set([1, 2, 9, 10])
    expect(() => {
      program.run()
    }).toThrow("program: expected ids of 'at.seen' in [0, 10) but got 10 at position 3")
    seen.values[3] = 9
    program.run()
  })

  it('is held to the smallest table that the ids are used for, and to none where they are not used', () => {
    const [large, small] = [ones([10, 2]), ones([3, 2])]
    const step = compile(({ a, b }: { a: Ids; b: Ids }) => [gather(large, a), gather(small, a), b])
    const program = step.program({ a: ids([0]), b: ids([0]) })
    program.inputs.b.values[0] = 1000
    program.run()
    program.inputs.a.values[0] = 3
    expect(() => {
      program.run()
    }).toThrow("program: expected ids of 'a' in [0, 3) but got 3 at position 0")
  })

  it('takes an id below 0 for nobody’s where all that use it do, as ops do', () => {
    const run = (step: (input: { at: Ids; x: Tensor }) => Tensor, id: number): readonly number[] => {
      const program = compile(step).program({ at: ids([0, 1]), x: ones([2, 1]) })
      program.inputs.x.values.fill(1)
      program.inputs.at.values[1] = id
      program.run()
      return [...program.outputs.values]
    }
    const both = ({ at, x }: { at: Ids; x: Tensor }): Tensor =>
      add(scatterAdd(x, at, { v: 2 }), gather(ones([2, 1]), at))
    expect(run(({ at, x }) => scatterAdd(x, at, { v: 3 }), -1)).toEqual([1, 0, 0])
    expect(run(({ at }) => gatherPresent(ones([3, 1]), at), -1)).toEqual([1, 0])
    expect(() => run(({ at, x }) => scatterAdd(x, at, { v: 3 }), -2)).toThrow("ids of 'at' in [-1, 3) but got -2")
    expect(() => run(({ at, x }) => scatterAdd(x, at, { v: 3 }), 3)).toThrow("ids of 'at' in [-1, 3) but got 3")
    expect(() => run(both, -1)).toThrow("ids of 'at' in [0, 2) but got -1")
  })

  it('looks at ids in the middle of memory of any length', () => {
    const kept = ids(new Int32Array(new ArrayBuffer(18), 4, 2))
    const step = compile(() => gather(ones([3, 1]), kept))
    step(undefined)
    kept.values[1] = 3
    expect(() => step(undefined)).toThrow('of the step itself in [0, 3) but got 3 at position 1')
  })

  it('looks at ids that are joined before they are used', () => {
    const table = new Parameter(ones([4, 1]))
    const step = compile(({ a, b, rows }: { a: Ids; b: Ids; rows: Tensor }) => {
      sgd().step([table], [addCotangents(new RowSparse(rows, a, 4), new RowSparse(rows, b, 4))])
    })
    const program = step.program({ a: ids([0]), b: ids([0]), rows: ones([1, 1]) })
    program.inputs.b.values[0] = 4
    expect(() => {
      program.run()
    }).toThrow("program: expected ids of 'b' in [-1, 4) but got 4")
  })
})

describe.each([
  ['cpu', cpu],
  ['wasm', wasm({ bytes: 2 ** 20 })],
] as const)('op by op on %s', (_, backend) => {
  const changed = (stray: number): Ids => {
    const made = ids([0, 1, 2], [3], backend)
    made.values[1] = stray
    return made
  }

  it.each(OUTSIDE)('id %d is refused by every op that trusts ids', (stray) => {
    expect(() => gather(ones([4, 2], backend), changed(stray))).toThrow(
      `gather: expected ids in input 1 in [0, 4) but got ${stray} at position 1`,
    )
    expect(() => segmentMax(ones([3, 2], backend), changed(stray), { v: 4 })).toThrow('segmentMax: expected ids')
    if (stray >= 0)
      expect(() => scatterAdd(ones([3, 2], backend), changed(stray), { v: 4 })).toThrow('scatterAdd: expected ids')
  })

  it.each([sgd(), adam(), adagrad()])('$name refuses it before anything moves', (optimizer) => {
    const [table, other] = [new Parameter(ones([4, 2], backend)), new Parameter(ones([2], backend))]
    const named = ids([0, 1, 2], [3], backend)
    const sparse = new RowSparse(ones([3, 2], backend), named, 4)
    named.values[2] = 4
    expect(() => optimizer.step([other, table], [ones([2], backend), sparse])).toThrow(
      `${optimizer.name}: expected ids of gradient 1 in [-1, 4) but got 4 at position 2`,
    )
    expect([[...other.values], [...table.values], optimizer.steps]).toEqual([[1, 1], Array(8).fill(1), 0])
  })
})

describe.each([
  ['cpu', cpu],
  ['wasm', wasm({ bytes: 2 ** 24 })],
] as const)('a model on %s', (_, backend) => {
  const modelOf = (): PLE =>
    new PLE({
      features: FEATURES,
      taskNames: TASKS,
      taskTypes: TYPES,
      expertDnnHiddenUnits: [4],
      towerDnnHiddenUnits: [3],
    })

  it.each([5, 1000, -1])('scores no batch with id %d, which its table has not', (stray) => {
    const predictor = compilePredictor(modelOf(), { backend })
    const user = predictor.batch.ids.user.values
    predictor.run()
    const before = predictor.predictions.click[0]
    user[0] = stray
    expect(() => {
      predictor.run()
    }).toThrow(`program: expected ids of 'ids.user' in [0, 5) but got ${stray} at position 0`)
    user[0] = 0
    predictor.run()
    expect(predictor.predictions.click[0]).toBe(before)
    predictor.release()
  })

  it.each([true, false])('learns from no dataset whose ids were written to, compiled: %s', async (compiled) => {
    const [model, data] = [modelOf(), feed(8)]
    data.ids.history[22] = 7
    const before = Object.values(parameters(model)).map(({ values }) => [...values])
    await expect(fit(model, { data, epochs: 1, batchSize: 8, backend, compiled })).rejects.toThrow(
      /expected ids .*in \[0, 7\) but got 7 at position \d+$/,
    )
    expect(Object.values(parameters(model)).map(({ values }) => [...values])).toEqual(before)
  })
})

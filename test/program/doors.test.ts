/** What docs/memory.md says of each door of the engine: whether numbers are copied there or shared. */
import ndarray from 'ndarray'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { add, gradients, mul, neg, reshape, sum } from '../../src/autograd/index.ts'
import { dataset, denseFeature, sparseFeature } from '../../src/data/index.ts'
import { cpu, cpu64 } from '../../src/kernels/index.ts'
import { wasm } from '../../src/kernels/wasm/index.ts'
import { PLE } from '../../src/models/index.ts'
import { compile } from '../../src/program/index.ts'
import { Parameter, detach, fromNdarray, fromValues, ids, ones, tensor, toNdarray } from '../../src/tensor/index.ts'
import type { Ids, Tensor } from '../../src/tensor/index.ts'
import { compilePredictor, sgd } from '../../src/training/index.ts'
import { EVERYWHERE } from './everyBackend.ts'
import type { Anywhere } from './everyBackend.ts'

const numbersOf = async ({ backend, buffer }: Tensor | Ids): Promise<number[]> => [...(await backend.read(buffer))]

describe.each(Object.keys(EVERYWHERE))('on %s', (name) => {
  let backend: Anywhere['backend']
  let on: Anywhere['on']
  let close: Anywhere['close']
  beforeAll(async () => {
    ;({ backend, on, close } = await EVERYWHERE[name]())
  })
  afterAll(() => close())

  it('arrays are shared where the backend sees all memory, and copied where it does not', async () => {
    const shared = backend === cpu
    const [floats, whole] = [Float32Array.of(1, 2), Int32Array.of(1, 2)]
    const made = [
      tensor(floats, [2], backend),
      fromValues(floats, [2], backend),
      fromNdarray(ndarray(floats, [2]), backend),
      ids(whole, [2], backend),
    ]
    floats[0] = whole[0] = 9
    for (const each of made) expect(await numbersOf(each)).toEqual([shared ? 9 : 1, 2])
  })

  it('lists, arrays of other kinds and strided views are copied', async () => {
    const lists = {
      numbers: [1, 2],
      doubles: Float64Array.of(1, 2),
      longer: Float32Array.of(2, 1),
      bytes: Uint8Array.of(1, 2),
    }
    const made = [
      tensor(lists.numbers, [2], backend),
      tensor(lists.doubles, [2], backend),
      fromNdarray(ndarray(lists.longer, [2], [-1], 1), backend),
      ids(lists.bytes, [2], backend),
      ids(lists.numbers, [2], backend),
    ]
    for (const list of Object.values(lists)) list.fill(9)
    for (const each of made) expect(await numbersOf(each)).toEqual([1, 2])
  })

  it('a parameter has memory of its own, whatever it is made of and assigned', async () => {
    const [start, values] = [Float32Array.of(1, 2), Float32Array.of(3, 4)]
    const made = tensor(start, [2], backend)
    const [w, other] = [new Parameter(made), new Parameter(made)]
    w.assign(values)
    start.fill(9)
    values.fill(9)
    expect(await numbersOf(w)).toEqual([3, 4])
    expect(await numbersOf(other)).toEqual([1, 2])
    expect(await numbersOf(new Parameter(w))).toEqual([3, 4])
  })

  it('what is read is a copy', async () => {
    const made = tensor([1, 2], [2], backend)
    const copy = await made.read()
    copy.fill(9)
    expect(await numbersOf(made)).toEqual([1, 2])
  })

  it('a step copies what it is given when it is called', async () => {
    const run = on(({ x, at }: { readonly x: Tensor; readonly at: Ids }) => ({ y: neg(x), at }))
    const [x, at] = [tensor([1, 2]), ids([3])]
    const running = run({ x, at })
    if (!(running instanceof Promise)) {
      x.values.fill(9)
      at.values.fill(9)
    }
    const { y, at: same } = await running
    expect([...y.values, ...same.values]).toEqual([-1, -2, 3])
    y.values.fill(7)
    same.values.fill(7)
    const again = await run({ x: tensor([1, 2]), at: ids([3]) })
    expect([...again.y.values, ...again.at.values]).toEqual([-1, -2, 3])
    await run.release()
    expect([...again.y.values, ...again.at.values]).toEqual([-1, -2, 3])
  })

  it('a step reads what it captured anew on every run, resident parameters as they were assigned', async () => {
    const resident = name === 'gpujs, kernel by kernel'
    const [captured, w] = [tensor([1, 2]), new Parameter(tensor([10, 20]))]
    const run = on(() => add(captured, w))
    expect([...(await run(undefined)).values]).toEqual([11, 22])
    captured.values[0] = 3
    w.assign([30, 20])
    expect([...(await run(undefined)).values]).toEqual([resident ? 31 : 33, 22])
    if ('fetch' in run) await (run as unknown as { fetch(): Promise<void> }).fetch()
    expect([...(await run(undefined)).values]).toEqual([33, 22])
    await run.release()
  })

  it('parameters are readable and writable at home before, between and after runs', async () => {
    const w = new Parameter(tensor([1]))
    const run = on(() => sgd({ learningRate: 1 }).step([w], [ones([1])]))
    for (const value of [5, 7]) {
      w.assign([value])
      expect([...w.values]).toEqual([value])
      await run(undefined)
      if ('fetch' in run) await (run as unknown as { fetch(): Promise<void> }).fetch()
      expect([...w.values]).toEqual([value - 1])
    }
    await run.release()
    expect([...w.values]).toEqual([6])
  })
})

describe.each([
  ['cpu', cpu],
  ['wasm', wasm({ bytes: 2 ** 20 })],
] as const)('with memory at hand, on %s', (_, backend) => {
  it('values, detach, reshape and toNdarray are the memory itself; ops make their own', () => {
    const x = tensor([1, 2], [2], backend)
    const [same, copy] = [
      [detach(x), reshape(x, [1, 2])],
      [neg(neg(x)), add(x, 0)],
    ]
    const view = toNdarray(x, ndarray)
    x.values[0] = 9
    for (const each of same) expect([...each.values]).toEqual([9, 2])
    for (const each of copy) expect([...each.values]).toEqual([1, 2])
    expect([view.get(0), view.get(1)]).toEqual([9, 2])
  })

  it('buffers that the backend allocated are shared, parts of them copied but on the CPU', () => {
    const own = backend.allocate(4).fill(1)
    const [whole, part] = [fromValues(own, [4], backend), fromValues(own.subarray(1, 3), [2], backend)]
    const row = backend.allocateIds(2).fill(1)
    const named = ids(row, [2], backend)
    own.fill(9)
    row.fill(5)
    expect([...whole.values]).toEqual([9, 9, 9, 9])
    expect([...part.values]).toEqual(backend === cpu ? [9, 9] : [1, 1])
    expect([...named.values]).toEqual([5, 5])
  })

  it('gradients are nobody else’s: writing to one changes no tensor, parameter or program', () => {
    const [x, w] = [tensor([1, 2], [2], backend), new Parameter(tensor([3, 4], [2], backend))]
    const [byW, byX] = gradients(sum(mul(x, w)), [w, x])
    for (const each of [byW, byX]) each.values.fill(9)
    expect([...x.values, ...w.values]).toEqual([1, 2, 3, 4])
  })

  it('inputs and outputs of a program are its own memory: the next run overwrites what it gave', () => {
    const program = compile((x: Tensor) => ({ y: neg(x) }), { backend }).program(ones([2]))
    program.inputs.values.set([1, 2])
    program.run()
    const { values } = program.outputs.y
    expect([...values]).toEqual([-1, -2])
    program.inputs.values.set([3, 4])
    program.run()
    expect([...values]).toEqual([-3, -4])
  })
})

it('a predictor that was released writes no row to memory that others have then', () => {
  const backend = wasm({ bytes: 2 ** 22 })
  const model = new PLE({
    features: [sparseFeature('user', { vocabularySize: 5, dimension: 3 }), denseFeature('age')],
    taskNames: ['a', 'b'],
    taskTypes: ['binary', 'binary'],
    expertDnnHiddenUnits: [4],
  })
  const predictor = compilePredictor(model, { backend })
  const row = { user: 4, age: 9 }
  predictor.score(row)
  predictor.release()
  const before = backend.freeBytes()
  const others: Float32Array[] = []
  for (let free = before; free > 2 ** 12; free = backend.freeBytes()) others.push(backend.allocate(free >> 4).fill(3))
  expect(() => predictor.score(row)).toThrow('program: expected one that is alive but it was released')
  expect(() => predictor.scoreAll([row])).toThrow('it was released')
  for (const other of others) expect(other.every((value) => value === 3)).toBe(true)
})

it('arrays of float64 are shared in float64', () => {
  const numbers = Float64Array.of(1, 2)
  const [same, copy] = [tensor(numbers, [2], cpu64), tensor(Float32Array.of(1, 2), [2], cpu64)]
  numbers[0] = 9
  expect([...same.values]).toEqual([9, 2])
  expect([...copy.values]).toEqual([1, 2])
})

it('a dataset copies its columns and labels', () => {
  const [x, y] = [Float32Array.of(1, 2), Float32Array.of(0, 1)]
  const data = dataset({ features: [denseFeature('x')], columns: { x }, labels: { y } })
  x.fill(9)
  y.fill(9)
  expect([[...data.numbers.x], [...data.labels.y]]).toEqual([
    [1, 2],
    [0, 1],
  ])
})

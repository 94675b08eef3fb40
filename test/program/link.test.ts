/** Memory for programs: parameters move in and out, and where there is not enough, everything is as it was. */
import { describe, expect, it } from 'vitest'
import { add, exp, gather, matmul, mul, neg, sum } from '../../src/autograd/index.ts'
import { cpu } from '../../src/kernels/index.ts'
import { compile } from '../../src/program/index.ts'
import { Ids, Parameter, ids, tensor } from '../../src/tensor/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { sgd } from '../../src/training/index.ts'
import { device } from '../laws/device.ts'
import { separate } from './separate.ts'

const parameter = (...values: readonly number[]): Parameter => new Parameter(tensor(Float32Array.from(values)))

describe('a parameter', () => {
  it('moves into the memory of the backend, where everyone sees it, and out again', () => {
    const backend = separate()
    const w = parameter(1, 2)
    const outside = w.buffer
    const step = compile((x: Tensor) => mul(x, w), { backend })
    expect([...step(tensor([3, 4])).values]).toEqual([3, 8])
    expect(w.buffer).not.toBe(outside)
    expect([...w.values]).toEqual([1, 2])

    w.assign([10, 20])
    expect([...step(tensor([3, 4])).values]).toEqual([30, 80])
    expect([...mul(w, 2).values]).toEqual([20, 40])

    const inside = w.buffer
    step.release()
    expect(w.buffer).not.toBe(inside)
    expect([...w.values]).toEqual([10, 20])
    expect(backend.inUse()).toBe(0)
  })

  it('stays where it is on a backend that reaches everything', () => {
    const w = parameter(1, 2)
    const { buffer } = w
    const step = compile((x: Tensor) => mul(x, w))
    step(tensor([3, 4]))
    expect(w.buffer).toBe(buffer)
    step.release()
    expect(w.buffer).toBe(buffer)
  })

  it('is shared by programs, and moves out with the last', () => {
    const backend = separate()
    const w = parameter(1, 2)
    const optimizer = sgd({ learningRate: 1 })
    const train = compile((g: Tensor) => optimizer.step([w], [g]), { backend })
    const read = compile((x: Tensor) => mul(x, w), { backend })
    train(tensor([1, 1]))
    expect([...read(tensor([1, 1])).values]).toEqual([0, 1])
    train.release()
    train.release()
    expect([...read(tensor([2, 2])).values]).toEqual([0, 2])
    w.assign([5, 6])
    expect([...read(tensor([1, 1])).values]).toEqual([5, 6])
    read.release()
    expect([...w.values]).toEqual([5, 6])
    expect(backend.inUse()).toBe(0)
  })

  it('moves with what the optimizer keeps beside it, which goes on where it was', () => {
    const [w, same] = [parameter(1, 2), parameter(1, 2)]
    const [compiledSgd, eagerSgd] = [0, 1].map(() => sgd({ learningRate: 0.5, momentum: 0.5 }))
    const g = tensor([1, -1])
    for (const backend of [separate(), separate(), cpu]) {
      const train = compile((g: Tensor) => compiledSgd.step([w], [g]), { backend })
      for (let step = 0; step < 3; step++) {
        train(g)
        eagerSgd.step([same], [g])
      }
      train.release()
    }
    expect([...w.values]).toEqual([...same.values])
  })

  it.each([
    [
      'another memory',
      separate({ name: 'first' }),
      separate({ name: 'second' }),
      'on first: because second has another memory',
    ],
    [
      'a memory, after a program that found it outside',
      cpu,
      separate({ name: 'second' }),
      'on cpu: because second has another memory',
    ],
    ['outside, while it is in a memory', separate({ name: 'first' }), cpu, 'on first: because cpu has another memory'],
  ])('refuses to be wanted in %s', (_, first, second, message) => {
    const w = parameter(1, 2)
    const before = compile((x: Tensor) => mul(x, w), { backend: first })
    const after = compile((x: Tensor) => mul(x, w), { backend: second })
    before(tensor([3, 4]))
    const { buffer } = w
    expect(() => after(tensor([3, 4]))).toThrow(
      `compile: expected a parameter that is free but got one of a program ${message}`,
    )
    expect(w.buffer).toBe(buffer)
    expect([...before(tensor([5, 5])).values]).toEqual([5, 10])
    before.release()
    expect([...after(tensor([3, 4])).values]).toEqual([3, 8])
    after.release()
  })
})

describe('a program that does not fit', () => {
  const step = (w: Parameter, v: Parameter) => (x: Tensor) => exp(add(matmul(x, w), matmul(x, v)))
  const matrix = (seed: number): Parameter => new Parameter(tensor(Float32Array.of(seed, 2, 3, 4), [2, 2]))

  it.each([0, 31, 33, 37, 38, 41])('leaves parameters where they are and keeps nothing, with room for %i', (room) => {
    const backend = separate({ room })
    const [w, v] = [matrix(1), matrix(5)]
    const buffers = [w.buffer, v.buffer]
    const compiled = compile(step(w, v), { backend })
    expect(() => compiled(tensor([[1, 1]]))).toThrow('expected room for')
    expect(backend.inUse()).toBe(0)
    expect([...w.values, ...v.values]).toEqual([1, 2, 3, 4, 5, 2, 3, 4])
    if (room < 38) expect([w.buffer, v.buffer]).toEqual(buffers)
    // They are free again.
    compile(step(w, v), { backend: separate() })(tensor([[1, 1]]))
  })

  it('fits with one element more', () => {
    const backend = separate({ room: 42 })
    expect(compile(step(matrix(1), matrix(5)), { backend })(tensor([[0, 0]])).size).toBe(2)
  })
})

describe('captured memory', () => {
  it('is read anew on every run, on a backend of its own memory too', () => {
    for (const backend of [cpu, separate()]) {
      const numbers = Float32Array.of(1, 2)
      const [c, named] = [tensor(numbers), Int32Array.of(1, 0)]
      const picked = new Ids([2], named, 2)
      const w = new Parameter(tensor([[10], [20]]))
      const run = compile((x: Tensor) => [mul(x, c), gather(w, picked)], { backend })
      const values = (): number[] => run(tensor([1, 1])).flatMap((tensor) => [...tensor.values])
      expect(values()).toEqual([1, 2, 20, 10])
      numbers.set([5, 6])
      named.set([0, 0])
      expect(values()).toEqual([5, 6, 10, 10])
      run.release()
    }
  })

  it('is never written: what the step returns of it is itself', () => {
    const c = tensor([1, 2])
    const run = compile((x: Tensor) => ({ c, same: x, made: neg(c) }))
    const { c: returned, made } = run(tensor([0]))
    expect(returned).toBe(c)
    expect([...made.values]).toEqual([-1, -2])
  })
})

describe('link refuses', () => {
  it('a backend whose memory is not at hand', () => {
    const x = tensor([1, 2])
    expect(() => compile((x: Tensor) => neg(x), { backend: device })(x)).toThrow(
      `compile: expected a backend with memory at hand but got ${device.name}: because a program lays out its own memory`,
    )
  })

  it.each<readonly [string, (kept: Tensor, x: Tensor) => Tensor]>([
    ['a result', (kept) => kept],
    ['what is made of one', (kept, x) => sum(add(kept, x))],
  ])('%s of another recording', (_, use) => {
    let kept: Tensor | undefined
    const step = compile((x: Tensor) => (kept ? use(kept, x) : (kept = exp(x))))
    step(tensor([1]))
    expect(() => step(tensor([1, 2])) && step(tensor([[1]]))).toThrow(
      'compile: expected tensors that this step was given or made but got one of (1) from another recording: because the step kept it',
    )
  })

  it('an input of another recording', () => {
    let kept: Tensor | undefined
    const step = compile((x: Tensor) => neg((kept ??= x)))
    step(tensor([1]))
    expect(() => step(tensor([1, 2]))).toThrow('from another recording')
  })
})

it('ids that are returned are of the program', () => {
  const run = compile((x: { named: Ids }) => x.named)
  const given = ids([3, 1])
  const returned = run({ named: given })
  expect(returned).toBeInstanceOf(Ids)
  expect([...returned.values]).toEqual([3, 1])
  expect(returned.bound).toBe(4)
})

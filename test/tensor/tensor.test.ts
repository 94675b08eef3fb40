/** Tensors, parameters and ids themselves: what they hold, give out and refuse. */
import { describe, expect, it } from 'vitest'
import { Ids, Parameter, RowSparse, Tensor, cpu, ids, tensor, zeros } from '../../src/index.ts'
import { showShape, sizeOf } from '../../src/tensor/index.ts'
import type { Backend } from '../../src/index.ts'

/** A backend whose memory is out of reach. */
const device: Backend = {
  ...cpu,
  name: 'device',
  view: () => undefined,
  viewIds: () => undefined,
  adopt: () => undefined,
}

describe('a shape', () => {
  it('is shown with its extents, and has as many values as their product', () => {
    expect(showShape([32, 64])).toBe('(32×64)')
    expect(showShape([])).toBe('()')
    expect(sizeOf([2, 3, 4])).toBe(24)
    expect(sizeOf([])).toBe(1)
    expect(sizeOf([2, 0])).toBe(0)
  })
})

describe('a tensor', () => {
  it('is younger than what was made before it', () => {
    const [first, second] = [zeros([1]), zeros([1])]
    expect(second.birth).toBeGreaterThan(first.birth)
  })

  it('gives its one value, if it has one', () => {
    expect(tensor([[5]]).item()).toBe(5)
    expect(() => tensor([1, 2]).item()).toThrow(new RangeError('Tensor.item: expected one value but got shape (2)'))
    expect(() => tensor([]).item()).toThrow('expected one value but got shape (0)')
  })

  it('reads a copy, whereas its values are the numbers themselves', async () => {
    const x = tensor([1, 2])
    const copy = await x.read()
    copy[0] = 9
    expect(x.values[0]).toBe(1)
    x.values[0] = 7
    expect(x.item.call(tensor(x.values.subarray(0, 1), []))).toBe(7)
  })

  it('says where its values are if they are not at hand, and still reads them', async () => {
    const x = tensor([1, 2], [2], device)
    expect(() => x.values).toThrow('Tensor.values: expected memory at hand but it is on device: await read()')
    expect([...(await x.read())]).toEqual([1, 2])
    expect(() => ids([1], [1], device).values).toThrow('Ids.values: expected memory at hand but it is on device')
  })

  it('refuses a buffer of another size, and a shape that is none', () => {
    expect(() => new Tensor([2, 2], new Float32Array(3))).toThrow(
      new RangeError('Tensor: expected 4 values for shape (2×2) but got 3'),
    )
    expect(() => new Tensor([-2], new Float32Array(2))).toThrow(
      'expected a shape of non-negative integers but got (-2)',
    )
    expect(() => new Ids([2], new Int32Array(3), 1)).toThrow('Ids: expected 2 ids for shape (2) but got 3')
  })
})

describe('a parameter', () => {
  it('has initial numbers of its own, is trainable and without decay by default', () => {
    const initial = zeros([2])
    const parameter = new Parameter(initial)
    expect(parameter.buffer).toEqual(initial.buffer)
    expect(parameter.buffer).not.toBe(initial.buffer)
    expect(new Parameter(initial, { copy: false }).buffer).toBe(initial.buffer)
    expect([parameter.l2, parameter.trainable]).toEqual([0, true])
    expect(new Parameter(initial, { l2: 0.1, trainable: false })).toMatchObject({ l2: 0.1, trainable: false })
  })

  it('has no history, whatever it was made of', () => {
    expect(new Parameter(new Tensor([1], new Float32Array(1), cpu, zeros([1]).origin)).origin).toBeUndefined()
  })

  it('takes new numbers in place', () => {
    const parameter = new Parameter(zeros([2, 2]))
    const { buffer } = parameter
    parameter.assign([1, 2, 3, 4])
    expect(parameter.buffer).toBe(buffer)
    expect([...parameter.values]).toEqual([1, 2, 3, 4])
  })

  it('refuses another number of them before it writes one', () => {
    const parameter = new Parameter(zeros([2, 2]))
    for (const values of [
      [1, 2, 3],
      [1, 2, 3, 4, 5],
    ])
      expect(() => parameter.assign(values)).toThrow(
        new RangeError(`Parameter.assign: expected 4 values for shape (2×2) but got ${values.length}`),
      )
    expect([...parameter.values]).toEqual([0, 0, 0, 0])
  })
})

describe('a sparse gradient', () => {
  it('does not claim distinct rows unless it is told so', () => {
    expect(new RowSparse(zeros([1, 2]), ids([0]), 5).distinct).toBe(false)
    expect(new RowSparse(zeros([1, 2]), ids([0]), 5, true)).toMatchObject({ count: 5, distinct: true })
  })
})

/** The door to ndarray, with the real package behind it. */
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { cpu, cpu64, mul, tensor, zeros } from '../../src/index.ts'
import { fromNdarray, toNdarray } from '../../src/ndarray.ts'
import type { Backend } from '../../src/index.ts'
import type { NdarrayLike } from '../../src/ndarray.ts'

/** 0 … n − 1. */
const counting = (n: number): Float32Array => Float32Array.from({ length: n }, (_, index) => index)

describe('fromNdarray', () => {
  it('shares contiguous data of its own dtype', () => {
    const data = counting(6)
    const x = fromNdarray(ndarray(data, [2, 3]))
    expect(x.shape).toEqual([2, 3])
    x.values[5] = 50
    expect(data[5]).toBe(50)
    const exact = new Float64Array(4)
    expect(fromNdarray(ndarray(exact, [4]), cpu64).values.buffer).toBe(exact.buffer)
  })

  it('shares a contiguous part, from its offset', () => {
    const data = counting(12)
    const rows = fromNdarray(ndarray(data, [4, 3]).lo(1).hi(2))
    expect([...rows.values]).toEqual([3, 4, 5, 6, 7, 8])
    rows.values[0] = 30
    expect(data[3]).toBe(30)
  })

  it.each<[string, (x: ndarray.NdArray<Float32Array>) => NdarrayLike, number[], number[]]>([
    ['transposed', (x) => x.transpose(1, 0), [3, 2], [0, 3, 1, 4, 2, 5]],
    ['stepped', (x) => x.step(1, 2), [2, 2], [0, 2, 3, 5]],
    ['reversed', (x) => x.step(-1, -1), [2, 3], [5, 4, 3, 2, 1, 0]],
    ['picked', (x) => x.pick(-1, 1), [2], [1, 4]],
    ['cut in its last axis', (x) => x.hi(2, 2), [2, 2], [0, 1, 3, 4]],
    ['cut from the front', (x) => x.lo(0, 1), [2, 2], [1, 2, 4, 5]],
  ])('reads a %s view into order, into memory of its own', (_, view, shape, values) => {
    const data = counting(6)
    const x = fromNdarray(view(ndarray(data, [2, 3])))
    expect(x.shape).toEqual(shape)
    expect([...x.values]).toEqual(values)
    x.values[0] = 99
    expect(data).toEqual(counting(6))
  })

  it('reads scalars, empty views and axes of extent 1, whatever their strides', () => {
    expect(fromNdarray(ndarray(counting(1), [])).item()).toBe(0)
    expect(fromNdarray(ndarray(counting(6), [2, 3]).hi(0)).shape).toEqual([0, 3])
    expect([...fromNdarray({ data: counting(3), shape: [1, 3], stride: [77, 1], offset: 0 }).values]).toEqual([0, 1, 2])
    expect([...fromNdarray({ data: counting(3), shape: [2, 2], stride: [0, 1], offset: 1 }).values]).toEqual([
      1, 2, 1, 2,
    ])
  })

  it('reads numbers of any kind, copied', () => {
    const doubles = new Float64Array([1, 2])
    const x = fromNdarray(ndarray(doubles, [2]))
    expect(x.backend).toBe(cpu)
    expect([...x.values]).toEqual([1, 2])
    expect([...fromNdarray(ndarray(new Uint8Array([1, 255]), [2])).values]).toEqual([1, 255])
    expect([...fromNdarray(ndarray([1, 2, 3, 4], [2, 2]).transpose(1, 0)).values]).toEqual([1, 3, 2, 4])
  })

  it('reads data behind get and set', () => {
    const squares = { get: (index: number) => index * index, set: () => 0, length: 6 }
    expect([...fromNdarray(ndarray(squares, [2, 3]).transpose(1, 0)).values]).toEqual([0, 9, 1, 16, 4, 25])
  })

  it('refuses a view that reaches outside its data', () => {
    const data = counting(6)
    expect(() => fromNdarray(ndarray(data, [3, 3]))).toThrow(
      new RangeError('fromNdarray: expected a view within 6 values but it spans 0 … 8'),
    )
    expect(() => fromNdarray({ data, shape: [3], stride: [-1], offset: 1 })).toThrow(
      'expected a view within 6 values but it spans -1 … 1',
    )
    expect(() => fromNdarray({ data, shape: [2, 2], stride: [1, 1], offset: 5 })).toThrow('it spans 5 … 7')
    expect(fromNdarray({ data, shape: [0, 9], stride: [9, 1], offset: 100 }).size).toBe(0)
  })
})

describe('toNdarray', () => {
  it('shares memory both ways', () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
    const view = toNdarray(x, (data, shape) => ndarray(data, shape))
    expect(view.shape).toEqual([2, 3])
    expect(view.get(1, 0)).toBe(4)
    view.set(1, 0, 40)
    expect(x.values[3]).toBe(40)
  })

  it('takes the package’s own constructor', () => {
    const view: ndarray.NdArray<Float32Array | Float64Array> = toNdarray(zeros([2], cpu64), ndarray)
    expect(view.dtype).toBe('float64')
  })

  it('comes back the same', () => {
    const x = mul(
      tensor([
        [1, 2],
        [3, 4],
      ]),
      2,
    )
    const back = fromNdarray(toNdarray(x, ndarray))
    expect(back.shape).toEqual(x.shape)
    expect(back.values.buffer).toBe(x.values.buffer)
  })

  it('refuses numbers on a device', () => {
    const device: Backend = { ...cpu, name: 'device', view: () => undefined }
    expect(() => toNdarray(zeros([1], device), ndarray)).toThrow('expected memory at hand but it is on device')
  })
})

/** Making tensors and ids: what is inferred, what is shared and what is refused. */
import { describe, expect, it } from 'vitest'
import {
  Parameter,
  cpu,
  cpu64,
  detach,
  full,
  ids,
  mul,
  normal,
  onHost,
  ones,
  stream,
  tensor,
  uniform,
  zeros,
} from '../../src/index.ts'
import { fromNdarray, toNdarray } from '../../src/ndarray.ts'
import { fromValues } from '../../src/tensor/index.ts'
import { poisoned } from '../../src/testing.ts'

describe('tensor', () => {
  it('takes its shape from nested arrays', () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(x.shape).toEqual([2, 3])
    expect([...x.values]).toEqual([1, 2, 3, 4, 5, 6])
    expect(tensor(7).shape).toEqual([])
    expect(tensor([]).shape).toEqual([0])
    expect(tensor([[], []]).shape).toEqual([2, 0])
    expect(tensor([[[1]], [[2]]]).shape).toEqual([2, 1, 1])
  })

  it('takes flat numbers with a shape, by default one axis', () => {
    expect(tensor(new Float32Array(6), [2, 3]).shape).toEqual([2, 3])
    expect(tensor(new Float32Array(6)).shape).toEqual([6])
    expect(tensor([1, 2, 3, 4], [2, 2]).shape).toEqual([2, 2])
    expect(tensor(new Uint8Array([1, 255]), [2]).values).toEqual(new Float32Array([1, 255]))
    expect(tensor(new Float32Array([5]), []).item()).toBe(5)
  })

  it('takes rows that are typed arrays, and whatever else has a length and numbers', () => {
    expect(String(tensor([Float32Array.of(1, 2), Int8Array.of(3, 4)]))).toBe(
      String(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
    )
    expect(tensor([[Float64Array.of(1)], [Float64Array.of(2)]]).shape).toEqual([2, 1, 1])
    expect([...tensor({ length: 2, 0: 5, 1: 6 }).values]).toEqual([5, 6])
    expect(() => tensor([Float32Array.of(1, 2), Float32Array.of(3)])).toThrow(
      'tensor: expected length 2 at depth 1 but got length 1: because the first elements have shape (2×2)',
    )
  })

  it('shares a typed array of the backend’s own dtype, and copies any other', () => {
    const [single, double] = [new Float32Array([1, 2]), new Float64Array([1, 2])]
    expect(tensor(single, [2]).values).toBe(single)
    expect(tensor(double, [2], cpu64).values).toBe(double)
    expect(tensor(double, [2]).values).toBeInstanceOf(Float32Array)
    expect(tensor(single, [2], cpu64).values).toBeInstanceOf(Float64Array)
  })

  it('writes everything it allocates', () => {
    expect([...tensor([1, 2], [2], poisoned(cpu)).values]).toEqual([1, 2])
    expect([...zeros([2], poisoned(cpu64)).values]).toEqual([0, 0])
  })

  it.each<[string, () => unknown, string]>([
    [
      'a ragged array',
      () => tensor([[1, 2], [3]]),
      'tensor: expected length 2 at depth 1 but got length 1: because the first elements have shape (2×2)',
    ],
    [
      'a number among arrays',
      () => tensor([[1, 2], 3]),
      'tensor: expected length 2 at depth 1 but got a number: because the first elements have shape (2×2)',
    ],
    [
      'an array among numbers',
      () => tensor([1, [2]]),
      'tensor: expected a number at depth 1 but got length 1: because the first elements have shape (2)',
    ],
    ['too few values', () => tensor([1, 2, 3], [2, 2]), 'tensor: expected 4 values for shape (2×2) but got 3'],
    [
      'too many values',
      () => tensor(new Float32Array(5), [2, 2]),
      'tensor: expected 4 values for shape (2×2) but got 5',
    ],
    ['a negative extent', () => zeros([-1]), 'zeros: expected a shape of non-negative integers but got (-1)'],
    [
      'a fractional extent',
      () => tensor([1], [0.5]),
      'tensor: expected a shape of non-negative integers but got (0.5)',
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(new RangeError(message))
  })
})

/** As JavaScript calls it. */
const untyped = (f: unknown): ((...args: readonly unknown[]) => unknown) => f as never

const cyclic: unknown[] = []
cyclic.push(cyclic)

describe('what plain JavaScript may hand over', () => {
  const [make, name, constant, drawn] = [tensor, ids, full, normal].map(untyped)
  const random = stream(5)

  it.each<[string, () => unknown, string]>([
    ['strings', () => make(['1', '2']), "tensor: expected a number at depth 1 but got '1': pass Number of it"],
    ['a string', () => make('123'), "tensor: expected numbers but got '123': pass Number of it"],
    ['flags', () => make([[true]]), 'tensor: expected a number at depth 2 but got true: pass Number of it'],
    ['null', () => make([null]), 'tensor: expected a number at depth 1 but got null'],
    ['nothing', () => make(), 'tensor: expected numbers but got undefined'],
    ['a hole', () => make([1, , 3]), 'tensor: expected a number at depth 1 but got undefined'], // eslint-disable-line no-sparse-arrays
    ['a set', () => make(new Set([1])), 'tensor: expected numbers but got a Set'],
    ['raw bytes', () => make(new DataView(new ArrayBuffer(8))), 'tensor: expected numbers but got a DataView'],
    ['big integers', () => make([1n]), 'tensor: expected a number at depth 1 but got 1n: pass Number of it'],
    ['an array of them', () => make(BigInt64Array.of(1n)), 'tensor: expected a number at depth 1 but got 1n'],
    ['tensors', () => make([tensor(1), tensor(2)]), 'tensor: expected a number at depth 1 but got a Tensor'],
    ['a list in itself', () => make(cyclic), 'tensor: expected lists of at most 64 levels but got more'],
    ['flat strings', () => untyped(fromValues)(['1'], [1]), "tensor: expected numbers but got '1' at position 0"],
    ['no list', () => untyped(fromValues)(5, [1]), 'tensor: expected a list of numbers but got 5'],
    ['a length for a shape', () => make([1, 2], 2), 'tensor: expected a shape, which is a list, but got 2'],
    [
      'a shape of strings',
      () => make([1, 2], ['2']),
      "tensor: expected a shape of non-negative integers but got ('2')",
    ],
    ['a string for a shape', () => untyped(zeros)('2'), "zeros: expected a shape, which is a list, but got '2'"],
    ['extents by position', () => untyped(ones)(2, 3), 'ones: expected a shape, which is a list, but got 2'],
    ['half an extent', () => constant([1.5], 0), 'full: expected a shape of non-negative integers but got (1.5)'],
    ['an endless extent', () => constant([Infinity], 0), 'full: expected a shape of non-negative integers'],
    [
      'more than memory holds',
      () => untyped(zeros)([1e6, 1e6]),
      'zeros: expected a shape of at most 4294967295 values but got (1000000×1000000)',
    ],
    ['no value to be full of', () => constant([2]), 'full: expected value to be a number but got undefined'],
    ['a string to be full of', () => constant([2], '3'), "full: expected value to be a number but got '3'"],
    [
      'options for a backend',
      () => untyped(zeros)([2], { backend: cpu64 }),
      'zeros: expected backend to be a backend but got an object of backend',
    ],
    ['the name of a backend', () => make([1], [1], 'cpu'), "tensor: expected backend to be a backend but got 'cpu'"],
    [
      'a seed for a stream',
      () => drawn([2], 5),
      'normal: expected stream to be a random stream but got 5: pass stream(5)',
    ],
    [
      'options for a stream',
      () => untyped(uniform)([2], { low: 1 }),
      'uniform: expected stream to be a random stream but got an object of low',
    ],
    [
      'ends that float32 has not',
      () => untyped(uniform)([2], random, { high: 1e39 }),
      'uniform: expected low below high, and float32 between them, but got 0 and 1e+39',
    ],
    ['ids that are strings', () => name(['1']), "ids: expected a number at depth 1 but got '1': pass Number of it"],
    ['big ids beyond int32', () => name(BigInt64Array.of(2n ** 40n)), 'but got 1099511627776 at position 0'],
    [
      'numbers for a parameter',
      () => new (Parameter as never as new (x: unknown) => unknown)([1]),
      'Parameter: expected a tensor but got a list of 1',
    ],
    [
      'options of a parameter',
      () => new Parameter(tensor(1), { decay: 1 } as object),
      "Parameter: expected options among l2, trainable, least, copy but got 'decay'",
    ],
    [
      'an l2 below 0',
      () => new Parameter(tensor(1), { l2: -1 }),
      'Parameter: expected l2 to be a number in [0, ∞) but got -1',
    ],
    [
      'strings to assign',
      () =>
        untyped((values: never) => {
          new Parameter(tensor([1])).assign(values)
        })(['1']),
      "Parameter.assign: expected numbers but got '1' at position 0: pass Number of it",
    ],
    ['a number to detach', () => untyped(detach)(5), 'detach: expected a tensor but got 5'],
    ['no ndarray', () => untyped(fromNdarray)([1]), 'fromNdarray: expected view to be an ndarray but got a list of 1'],
    ['no constructor', () => untyped(toNdarray)(tensor(1)), 'toNdarray: expected ndarray to be a function'],
    [
      'no work for the host',
      () => untyped(onHost)(null, [], []),
      'onHost: expected compute to be a function but got null',
    ],
    ['no list for the host', () => untyped(onHost)(() => 0, tensor(1), []), 'onHost: expected inputs to be a list'],
    [
      'a length for the host',
      () => untyped(onHost)(() => 0, [], [2]),
      'onHost: expected a shape, which is a list, but got 2',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(RangeError)
    expect(call).toThrow(message)
  })
})

describe('ids', () => {
  it('may be big integers', () => {
    expect([...ids(BigInt64Array.of(3n, 0n)).values]).toEqual([3, 0])
    expect(ids([[1n], [2n]]).shape).toEqual([2, 1])
    expect(ids(BigUint64Array.of(7n)).bound).toBe(8)
  })

  it('know the least bound above all of them', () => {
    expect(ids([3, 0, 7]).bound).toBe(8)
    expect(ids([]).bound).toBe(0)
    expect(ids([[0], [0]]).shape).toEqual([2, 1])
  })

  it('share an Int32Array', () => {
    const values = Int32Array.of(1, 2)
    expect(ids(values, [2]).values).toBe(values)
    expect([...ids(new Float64Array([1, 2])).values]).toEqual([1, 2])
  })

  it.each<[string, number]>([
    ['a negative id', -1],
    ['a fractional one', 0.5],
    ['one beyond 2³¹ − 1', 2 ** 31],
    ['one that is not a number', NaN],
  ])('refuse %s, with its position', (_, id) => {
    expect(() => ids([0, 1, id])).toThrow(
      new RangeError(`ids: expected integers from 0 to 2147483647 but got ${id} at position 2`),
    )
  })

  it('refuse ragged arrays and other lengths, as tensors do', () => {
    expect(() => ids([[1], [1, 2]])).toThrow('ids: expected length 1 at depth 1 but got length 2')
    expect(() => ids([1, 2, 3], [2])).toThrow('ids: expected 2 values for shape (2) but got 3')
  })
})

describe('constants and random tensors', () => {
  it('have their shape, value and backend', () => {
    expect([...full([2, 2], 3).values]).toEqual([3, 3, 3, 3])
    expect([...ones([2], cpu64).values]).toEqual([1, 1])
    expect(zeros([2], cpu64).backend).toBe(cpu64)
    expect(zeros([0, 3]).size).toBe(0)
  })

  it('draw number j of the stream for element j, so that a longer one begins the same', () => {
    const random = stream(5)
    const [short, long] = [normal([3], random, {}, cpu64), normal([2, 4], random, {}, cpu64)]
    expect([...long.values.slice(0, 3)]).toEqual([...short.values])
    expect(short.values[2]).toBe(random.normal(2))
  })

  it('have the mean and deviation, or the ends, that were asked for', () => {
    const random = stream(5)
    const shifted = [...normal([10_000], random, { mean: 4, deviation: 0.5 }, cpu64).values]
    const mean = shifted.reduce((sum, x) => sum + x, 0) / 1e4
    expect(mean).toBeCloseTo(4, 1)
    const within = uniform([10_000], random, { low: -3, high: -1 }).values
    expect(Math.min(...within)).toBeGreaterThanOrEqual(-3)
    expect(Math.max(...within)).toBeLessThan(-1)
    // Float32 has no other numbers from 1000 on below 1000.0001 than these two.
    const coarse = uniform([1000], random, { low: 1000, high: 1000.0001 }).values
    expect(new Set(coarse)).toEqual(new Set([1000, Math.fround(1000.00006)]))
  })

  it('refuse ends and deviations that are none', () => {
    const random = stream(5)
    expect(() => uniform([1], random, { low: 1, high: 1 })).toThrow(
      'uniform: expected low below high, and float32 between them, but got 1 and 1',
    )
    expect(() => uniform([1], random, { high: Infinity })).toThrow('uniform: expected high to be a finite number')
    expect(() => normal([1], random, { deviation: -1 })).toThrow('normal: expected deviation to be a number in [0, ∞)')
    expect(() => normal([1], random, { std: 1 } as object)).toThrow(
      "normal: expected options among mean, deviation but got 'std'",
    )
  })
})

describe('detach', () => {
  it('shares the numbers and forgets the history', () => {
    const y = mul(tensor([1, 2]), 3)
    expect(detach(y).buffer).toBe(y.buffer)
    expect(y.origin?.op).toBe('mul')
    expect(detach(y).origin).toBeUndefined()
  })
})

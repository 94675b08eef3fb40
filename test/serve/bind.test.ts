/** A call of a file is given its memory where it fits, and refused where a kernel would leave it. */
import { describe, expect, it } from 'vitest'
import { FORWARD } from '../../src/kernels/index.ts'
import { bind } from '../../src/serve/bind.ts'

/** Parts of these lengths: floats, and ids that stay below so much. */
const partsOf = (floats: readonly number[], ids: readonly (readonly [length: number, below?: number])[] = []) => ({
  floats: floats.map((length) => new Float32Array(length)),
  ids: ids.map(([length]) => new Int32Array(length)),
  below: ids.map(([, below]) => below),
})

/** The lengths of what a call is given, and its numbers. */
const shown = (bound: readonly unknown[]): unknown =>
  bound.map((each) =>
    ArrayBuffer.isView(each) ? (each as Float32Array).length : Array.isArray(each) ? shown(each) : each,
  )

type Case = readonly [verb: string, args: readonly unknown[], parts: ReturnType<typeof partsOf>]

describe('a call that fits', () => {
  it.each<readonly [...Case, expected: unknown]>([
    ['neg', [0, 1, 5], partsOf([5, 5]), [5, 5, 5]],
    ['matmul', [0, 1, 2, 2, 3, 4], partsOf([6, 12, 8]), [6, 12, 8, 2, 3, 4]],
    ['clip', [0, 1, 5, '-Infinity', 'Infinity'], partsOf([5, 5]), [5, 5, 5, -Infinity, Infinity]],
    ['scaleShift', [0, 1, 5, '-0', -1.5], partsOf([5, 5]), [5, 5, 5, -0, -1.5]],
    ['slice', [0, 1, 2, 5, 3, 1, 2], partsOf([10, 6]), [10, 6, 2, 5, 3, 1, 2]],
    ['pad', [0, 1, 2, 3, 5, 1, 2], partsOf([6, 10]), [6, 10, 2, 3, 5, 1, 2]],
    ['concat', [[0, 1], 2, 2, [1, 3], 1], partsOf([2, 6, 8]), [[2, 6], 8, 2, [1, 3], 1]],
    ['mix', [0, [1, 2], 3, 4, 2, 3], partsOf([8, 12, 12, 12]), [8, [12, 12], 12, 4, 2, 3]],
    [
      'denseEach',
      [0, [1, 2], [3, null], [4, 5], 2, 3, [1, 2], [true, false]],
      partsOf([6, 3, 6, 1, 2, 4]),
      [6, [3, 6], [1, null], [2, 4], 2, 3, [1, 2], [true, false]],
    ],
    ['gather', [0, 0, 1, 2, 3], partsOf([30, 6], [[2, 10]]), [30, 2, 6, 2, 3]],
    [
      'gatherEach',
      [[0, 1], [0, null], 2, 2, [3, 1]],
      partsOf([30, 2, 8], [[2, 10]]),
      [[30, 2], [2, null], 8, 2, [3, 1]],
    ],
    ['nonzeroMask', [0, 0, 4], partsOf([4], [[4, 9]]), [4, 4, 4]],
  ])('%s of %j', (verb, args, parts, expected) => {
    expect(shown(bind(FORWARD[verb], args, parts))).toEqual(expected)
  })

  it('bounds the ids that it makes by those that it reads', () => {
    const parts = partsOf([30, 12], [[4, 10], [4]])
    bind(FORWARD.presentIds, [0, 1, 4], parts)
    expect(parts.below).toEqual([10, 10])
    expect(shown(bind(FORWARD.gather, [0, 1, 1, 4, 3], parts))).toEqual([30, 4, 12, 4, 3])
  })
})

describe('a call that does not fit is refused', () => {
  it.each<readonly [why: string, ...Case]>([
    ['too few arguments', 'neg', [0, 1], partsOf([5, 5])],
    ['too many', 'neg', [0, 1, 5, 5], partsOf([5, 5])],
    ['an input that is short', 'neg', [0, 1, 5], partsOf([4, 5])],
    ['an input that is long', 'neg', [0, 1, 5], partsOf([6, 5])],
    ['an output that is short', 'neg', [0, 1, 5], partsOf([5, 4])],
    ['no size', 'neg', [0, 1, 0], partsOf([0, 0])],
    ['a size below 0', 'matmul', [0, 1, 2, -2, -3, 4], partsOf([6, 12, 8])],
    ['half a size', 'matmul', [0, 1, 2, 0.5, 12, 1], partsOf([6, 12, 1])],
    ['a size as text', 'neg', [0, 1, '5'], partsOf([5, 5])],
    ['a number as text', 'leakyRelu', [0, 1, 5, '0.1'], partsOf([5, 5])],
    ['a number that is none', 'leakyRelu', [0, 1, 5, null], partsOf([5, 5])],
    ['a list for a number', 'leakyRelu', [0, 1, 5, [0.1]], partsOf([5, 5])],
    ['a number for a list', 'concat', [[0, 1], 2, 2, 4, 1], partsOf([2, 6, 8])],
    ['a list of half sizes', 'concat', [[0, 1], 2, 2, [0.5, 3.5], 1], partsOf([1, 7, 8])],
    ['a part for a list', 'concat', [0, 2, 2, [1], 1], partsOf([2, 6, 2])],
    ['a list for a part', 'neg', [[0], 1, 5], partsOf([5, 5])],
    ['a flag that is none', 'denseEach', [0, [1], [null], [2], 2, 3, [1], ['yes']], partsOf([6, 3, 2])],
    ['no part where one must be', 'denseEach', [0, [null], [null], [1], 2, 3, [1], [false]], partsOf([6, 2])],
    ['fewer parts than sizes', 'concat', [[0], 1, 2, [1, 3], 1], partsOf([2, 8])],
    ['fewer ids than tables', 'gatherEach', [[0, 1], [0], 2, 2, [3, 1]], partsOf([30, 2, 8], [[2, 10]])],
    ['fewer experts than weights', 'mix', [0, [1, 2], 3, 4, 3, 3], partsOf([12, 12, 12, 12])],
    ['a sum of widths that is another', 'concat', [[0, 1], 2, 2, [1, 3], 1], partsOf([2, 6, 10])],
    ['a part that there is not', 'neg', [9, 1, 5], partsOf([5, 5])],
    ['a start behind the end', 'slice', [0, 1, 2, 5, 3, 1, 3], partsOf([10, 6])],
    ['a start before the beginning', 'slice', [0, 1, 2, 5, 3, 1, -1], partsOf([10, 6])],
    ['half a start', 'slice', [0, 1, 2, 5, 3, 1, 0.5], partsOf([10, 6])],
    ['padding behind the end', 'pad', [0, 1, 2, 3, 5, 1, 3], partsOf([6, 10])],
    ['a table of half a row', 'gather', [0, 0, 1, 2, 3], partsOf([31, 6], [[2, 10]])],
    ['ids beyond the table', 'gather', [0, 0, 1, 2, 3], partsOf([27, 6], [[2, 10]])],
    ['ids that nothing wrote', 'gather', [0, 0, 1, 2, 3], partsOf([30, 6], [[2]])],
    [
      'ids that are written again',
      'presentIds',
      [0, 1, 4],
      partsOf(
        [],
        [
          [4, 9],
          [4, 9],
        ],
      ),
    ],
    ['fewer plain rows than others', 'gatherEach', [[0, 1], [0, null], 2, 2, [3, 1]], partsOf([30, 1, 8], [[2, 10]])],
    ['a part by another number', 'neg', [0.5, 1, 5], partsOf([5, 5])],
    ['a part by name', 'neg', ['length', 1, 5], partsOf([5, 5])],
  ])('for %s', (_, verb, args, parts) => {
    expect(() => bind(FORWARD[verb], args, parts)).toThrow(
      `loadProgram: expected a call of ${verb} within its memory but got ${JSON.stringify(args).slice(0, 100)}`,
    )
  })
})

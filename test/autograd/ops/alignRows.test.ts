/** Sparse gradients of one table side by side: each is what it was, and row b of one belongs to row b of the others. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RowSparse, addCotangents, alignRows, toDense, usedBy } from '../../../src/autograd/index.ts'
import { exp, mul, sum } from '../../../src/autograd/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { fromValues, ids, tensor } from '../../../src/tensor/index.ts'
import { seedOfRun } from '../../laws/everyOp.ts'

const COUNT = 5
const WIDTH = 2
const sparse = (picked: readonly number[]): RowSparse => {
  const values = Float64Array.from({ length: picked.length * WIDTH }, (_, at) => Math.sin(1 + at + 7 * picked.length))
  return new RowSparse(fromValues(values, [picked.length, WIDTH], cpu64), ids(picked, undefined, cpu64), COUNT)
}
const picks = fc.array(fc.array(fc.nat(COUNT - 1), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 })
const close = (a: ArrayLike<number>, b: ArrayLike<number>): void =>
  Array.from(a).forEach((value, at) => expect(value).toBeCloseTo(b[at], 12))

describe('aligned rows', () => {
  it('are the same gradients at the same rows, each of which is named once', () => {
    fc.assert(
      fc.property(picks, (lists) => {
        const parts = lists.map(sparse)
        const aligned = alignRows(parts)
        aligned.forEach((part, at) => {
          close(toDense(part).values, toDense(parts[at]).values)
          expect(part.distinct).toBe(true)
          expect(part.ids.values).toEqual(aligned[0].ids.values)
        })
        // A dot product of rows is that of tables only if no row is split in two.
        const product = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
          Array.from(a).reduce((total, value, at) => total + value * b[at], 0)
        for (const [a, one] of aligned.entries())
          for (const [b, other] of aligned.entries())
            expect(product(one.rows.values, other.rows.values)).toBeCloseTo(
              product(toDense(parts[a]).values, toDense(parts[b]).values),
              10,
            )
      }),
      { seed: seedOfRun(), numRuns: 200 },
    )
  })

  it('by the same ids are as many as before', () => {
    const one = sparse([3, 1, 3])
    const other = new RowSparse(exp(one.rows), one.ids, COUNT)
    const [a, b] = alignRows([one, other])
    expect(a.rows.shape).toEqual([3, WIDTH])
    close(toDense(b).values, toDense(other).values)
  })
})

describe('the sum of two gradients', () => {
  it('is row-sparse if both are, and else dense, and the sum of the tables', () => {
    const [a, b] = [sparse([0, 2, 2]), sparse([2, 4])]
    const whole = toDense(b)
    const wanted = Array.from(toDense(a).values, (value, at) => value + whole.values[at])
    expect(addCotangents(a, b)).toBeInstanceOf(RowSparse)
    close(toDense(addCotangents(a, b)).values, wanted)
    for (const mixed of [addCotangents(a, whole), addCotangents(whole, a)]) {
      expect(mixed).not.toBeInstanceOf(RowSparse)
      close(toDense(mixed).values, wanted)
    }
  })
})

describe('what a loss reaches', () => {
  it('is what it was computed from, in the order asked for, whatever else is younger or older', () => {
    const [a, b, c] = [tensor([1]), tensor([2]), tensor([3])]
    const loss = sum(mul(exp(b), a))
    mul(loss, c)
    expect(usedBy(loss, [c, b, a])).toEqual([b, a])
    expect(usedBy(loss, [c])).toEqual([])
    expect(usedBy(loss, [])).toEqual([])
    expect(usedBy(loss, [loss])).toEqual([loss])
  })
})

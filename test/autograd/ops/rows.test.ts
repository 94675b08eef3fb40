/** Rows gathered and added, sparse or dense, and pooled by segment. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  checkGradients,
  distinctRows,
  gather,
  gradients,
  matmul,
  mul,
  nonzeroMask,
  scatterAdd,
  segmentMax,
  segmentMean,
  segmentSum,
  square,
  sum,
  toDense,
} from '../../../src/autograd/index.ts'
import { RowSparse, cpu64, ids, tensor } from '../../../src/index.ts'
import type { SparseRows } from '../../../src/tensor/index.ts'
import type { Ids, Tensor } from '../../../src/index.ts'
import { tensors } from '../../../src/testing.ts'
import { holds } from '../naive.ts'
import type { Claim } from '../naive.ts'
import { joinRows } from '../../../src/autograd/ops/rows.ts'
import { seedOfRun } from '../../laws/everyOp.ts'

const seed = seedOfRun()

const drawn = fc
  .record({ b: fc.nat(9), v: fc.integer({ min: 1, max: 5 }), d: fc.integer({ min: 1, max: 4 }) })
  .chain(({ b, v, d }) => {
    const names = fc
      .array(fc.nat(v - 1), { minLength: b, maxLength: b })
      .map((list) => ids(Int32Array.from(list), [b], cpu64))
    return fc.record({
      v: fc.constant(v),
      d: fc.constant(d),
      rows: tensors([b, d]),
      table: tensors([v, d]),
      names,
      others: names,
    })
  })

/** The values in one column of the rows of one segment. */
const members = (rows: Tensor, names: Ids, segment: number, column: number): number[] =>
  [...names.values].flatMap((id, row) => (id === segment ? [rows.values[row * rows.shape[1] + column]] : []))

const total = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0)

type Pool = (rows: Tensor, names: Ids, options: { count: number }) => Tensor

describe('segments', () => {
  it.each<[string, Pool, (values: number[]) => number]>([
    ['segmentSum', segmentSum, total],
    ['segmentMean', segmentMean, (values) => (values.length === 0 ? 0 : total(values) / values.length)],
    [
      'segmentMax',
      (rows, names, { count }) => segmentMax(rows, names, { v: count }),
      (values) => (values.length === 0 ? 0 : Math.max(...values)),
    ],
  ])('%s pools the rows of each, and gives 0 where there are none', (_, pool, fold) => {
    const claim = drawn.map(({ v, d, rows, names }): Claim => ({
      f: (moved) => pool(moved, names, { count: v }),
      inputs: [rows],
      shape: [v, d],
      value: ([segment, column]) => fold(members(rows, names, segment, column)),
    }))
    holds(claim, seed)
  })
})

describe('the gradient of a gathered table', () => {
  it('is sparse where asked, and then the same as dense', () => {
    fc.assert(
      fc.property(drawn, ({ table, names }) => {
        const loss = sum(square(gather(table, names)))
        const [sparse] = gradients(loss, [table], { sparse: true })
        const [dense] = gradients(loss, [table])
        expect(sparse).toBeInstanceOf(RowSparse)
        expect(toDense(sparse).values).toEqual(dense.values)
      }),
      { seed },
    )
  })

  it('joins what two gathers of the table give, at order 2 as well', () => {
    const twice = drawn.map(({ v, d, table, names, others }): Claim => ({
      f: (moved) => mul(gather(moved, names), square(gather(moved, others))),
      inputs: [table],
      shape: [names.size, d],
      value: ([row, column]) => {
        const [first, second] = [names, others].map(({ values }) => table.values[values[row] * d + column])
        return v > 0 ? first * second ** 2 : 0
      },
    }))
    holds(twice, seed)
  })

  it('is sparse after joining, with the rows of both', () => {
    const table = tensor([1, 2, 3, 4], [4, 1], cpu64)
    const [one, other] = [ids([0, 2], [2], cpu64), ids([2, 3], [2], cpu64)]
    const loss = add(sum(gather(table, one)), sum(mul(gather(table, other), 10)))
    const [found] = gradients(loss, [table], { sparse: true }) as SparseRows[]
    expect([...found.ids.values].sort()).toEqual([0, 2, 2, 3])
    expect(found.ids.bound).toBe(4)
    expect([...toDense(found).values]).toEqual([1, 0, 11, 10])
    const distinct = distinctRows(found)
    expect(distinct.distinct).toBe(true)
    expect([...distinct.ids.values].sort()).toEqual([-1, 0, 2, 3])
    expect([...toDense(distinct).values]).toEqual([1, 0, 11, 10])
    expect(distinctRows(distinct)).toBe(distinct)
  })

  it('is dense where the table is used otherwise too', () => {
    const table = tensor([1, 2, 3, 4], [2, 2], cpu64)
    const rows = ids([1, 1], [2], cpu64)
    const loss = (moved: Tensor): Tensor => add(sum(square(gather(moved, rows))), sum(matmul(moved, moved)))
    const [found] = gradients(loss(table), [table], { sparse: true })
    expect(found).not.toBeInstanceOf(RowSparse)
    checkGradients(loss, [table], { seed })
  })

  it('keeps the history of sparse rows only where asked', () => {
    const table = tensor([1, 2, 3, 4], [2, 2], cpu64)
    const loss = sum(square(gather(table, ids([1, 1], [2], cpu64))))
    const [plain] = gradients(loss, [table], { sparse: true }) as SparseRows[]
    const [kept] = gradients(loss, [table], { sparse: true, differentiable: true }) as SparseRows[]
    expect(plain.rows.origin).toBeUndefined()
    expect(kept.rows.origin).toBeDefined()
  })
})

/** That no id comes twice, and that rows which lost theirs to an earlier one are zeros. */
function expectDistinct({ distinct, ids: { values: names }, rows }: SparseRows): void {
  expect(distinct).toBe(true)
  const named = [...names].filter((id) => id >= 0)
  expect(new Set(named).size).toBe(named.length)
  const width = rows.shape[1]
  names.forEach((id, row) => {
    if (id >= 0) return
    expect(id).toBe(-1)
    expect([...rows.values.subarray(row * width, (row + 1) * width)]).toEqual(new Array(width).fill(0))
  })
}

describe('distinctRows', () => {
  it('adds up rows of equal id where it comes first, of as many rows as before', () => {
    fc.assert(
      fc.property(drawn, ({ v, rows, names }) => {
        const before = rows.values.slice()
        const distinct = distinctRows(new RowSparse(rows, names, v))
        expectDistinct(distinct)
        expect(distinct.rows.shape).toEqual(rows.shape)
        expect([...distinct.ids.values].filter((id) => id >= 0)).toEqual([...new Set(names.values)])
        expect(distinct.count).toBe(v)
        expect(distinct.ids.bound).toBe(names.bound)
        expect(rows.values).toEqual(before)
        const expected = scatterAdd(rows, names, { v }).values
        toDense(distinct).values.forEach((value, index) => expect(value).toBeCloseTo(expected[index], 12))
      }),
      { seed },
    )
  })

  it('does so again where distinct gradients were joined, whose ids below 0 are nobody’s', () => {
    fc.assert(
      fc.property(drawn, ({ v, rows, names, others }) => {
        const halves = [names, others].map((each) => distinctRows(new RowSparse(rows, each, v)))
        const joined = joinRows(halves[0], halves[1])
        expect(joined.distinct).toBe(false)
        const distinct = distinctRows(joined)
        expectDistinct(distinct)
        const [first, second] = halves.map((half) => toDense(half).values)
        toDense(distinct).values.forEach((value, at) => expect(value).toBeCloseTo(first[at] + second[at], 12))
      }),
      { seed },
    )
  })

  it('has no history', () => {
    const table = tensor([1, 2, 3, 4], [2, 2], cpu64)
    const loss = sum(square(gather(table, ids([1, 1], [2], cpu64))))
    const [kept] = gradients(loss, [table], { sparse: true, differentiable: true }) as SparseRows[]
    expect(kept.rows.origin).toBeDefined()
    expect(distinctRows(kept).rows.origin).toBeUndefined()
  })
})

describe('nonzeroMask', () => {
  it('is 1 where an id is not padding, of the shape and on the backend of the ids, and carries no gradient', () => {
    const present = nonzeroMask(
      ids(
        [
          [3, 0, 1],
          [0, 0, 2],
        ],
        undefined,
        cpu64,
      ),
    )
    expect(present.shape).toEqual([2, 3])
    expect([...present.values]).toEqual([1, 0, 1, 0, 0, 1])
    expect(present.backend).toBe(cpu64)
    expect(present.origin).toBeUndefined()
  })
})

/** Tables are gathered into one matrix, and row gradients merged out of one, without a copy in between. */
import { describe, expect, it } from 'vitest'
import {
  RowSparse,
  concat,
  distinctRows,
  gather,
  gradients,
  mul,
  neg,
  reshape,
  slice,
  square,
  sum,
} from '../../../src/autograd/index.ts'
import { cpu } from '../../../src/kernels/index.ts'
import { gatherColumns } from '../../../src/program/passes/gatherColumns.ts'
import { ids } from '../../../src/tensor/index.ts'
import type { Ids, SparseRows, Tensor } from '../../../src/tensor/index.ts'
import { sgd } from '../../../src/training/index.ts'
import { across, drawn, expectUntouched, parameter } from './across.ts'

const [user, item] = [parameter('user', 5, 2), parameter('item', 7, 3)]
const parameters = { user, item }
const example = { u: ids([4, 0, 4]), i: ids([6, 1, 2]), age: drawn('age', 3, 1) }
type Example = typeof example
const flat = (x: Tensor): Tensor => reshape(x, [1, x.size])
const side = (xs: readonly Tensor[]): Tensor => concat(xs, { axis: 1 })

describe('gathering columns', () => {
  it('gathers tables side by side', () => {
    const step = ({ u, i }: Example): Tensor => side([gather(user, u), gather(item, i)])
    expect(across(gatherColumns, step, example, { parameters })).toEqual({
      before: [
        '%1 = gather(user, u, 3, 2)',
        '%2 = gather(item, i, 3, 3)',
        '%3 = concat([%1 %2], 3, [2 3], 1)',
        'return %3',
      ],
      after: ['%3 = gatherEach([user item], [u i], 3, [2 3])', 'return %3'],
    })
  })

  it('puts plain columns between them', () => {
    const step = ({ u, i, age }: Example): Tensor => side([gather(user, u), neg(age), gather(item, i), age])
    expect(across(gatherColumns, step, example, { parameters }).after).toEqual([
      '%2 = neg(age, 3)',
      '%4 = gatherEach([user %2 item age], [u null i null], 3, [2 1 3 1])',
      'return %4',
    ])
  })

  it('copies rows that others read too', () => {
    const step = ({ u, i }: Example): Tensor[] => {
      const rows = gather(user, u)
      return [rows, side([rows, gather(item, i), gather(user, i)])].slice(0, 2)
    }
    const { after } = across(gatherColumns, step, { ...example, i: ids([4, 1, 2]) }, { parameters })
    expect(after).toEqual([
      '%1 = gather(user, u, 3, 2)',
      '%4 = gatherEach([%1 item user], [null i i], 3, [2 3 2])',
      'return %1, %4',
    ])
  })

  it.each<readonly [string, (all: Example) => unknown]>([
    ['a single table', ({ u, age }) => side([gather(user, u), age])],
    [
      'tables below one another',
      ({ u }) => concat([gather(user, u), neg(gather(user, u)), gather(user, u)], { axis: 0 }),
    ],
    ['rows that stand there twice', ({ u }) => [gather(user, u)].map((rows) => side([rows, rows]))],
    ['rows in another shape', ({ u, i }) => side([flat(gather(user, u)), flat(gather(item, i))])],
  ])('leaves %s', (_, step) => {
    expectUntouched(across(gatherColumns, step, example, { parameters }))
  })

  it('leaves rows of a table that moves before they are put together', () => {
    const optimizer = sgd({ learningRate: 0.1 })
    const step = ({ u, i }: Example): Tensor => {
      const early = gather(user, u)
      optimizer.step([user], [drawn('g', 5, 2)])
      const late = gather(user, u)
      return side([early, gather(item, i), late])
    }
    expectUntouched(across(gatherColumns, step, example, { parameters }))
  })

  it('leaves all of them where the backend does not offer the call', () => {
    const step = ({ u, i }: Example): Tensor => side([gather(user, u), gather(item, i)])
    expectUntouched(across(gatherColumns, step, example, { parameters, backend: cpu }))
  })
})

describe('merging rows out of columns', () => {
  const loss = ({ u, i }: Example): Tensor => sum(square(side([gather(user, u), gather(item, i)])))
  const byTables = (all: Example): SparseRows[] =>
    gradients(loss(all), [user, item], { sparse: true }).map((sparse) => distinctRows(sparse as SparseRows))

  it.each([cpu, undefined])('reads them where they are', (backend) => {
    const step = (all: Example): (Tensor | Ids)[] => byTables(all).flatMap(({ rows, ids: named }) => [rows, named])
    const { before, after } = across(gatherColumns, step, example, { parameters, ...(backend && { backend }) })
    const merges = (lines: readonly string[]): readonly string[] => lines.filter((line) => /mergeRows|slice/.test(line))
    expect(merges(before)).toHaveLength(4)
    expect(merges(after)).toEqual([
      expect.stringMatching(/mergeRows\(%\d+, u, 3, 2, 5, 0, 8\)$/),
      expect.stringMatching(/mergeRows\(%\d+, i, 3, 3, 5, 2, 8\)$/),
    ])
  })

  it.each<readonly [string, (x: Tensor) => unknown]>([
    ['columns that others read', (x) => [slice(x, { axis: 1, end: 2 })].map((part) => mul(merged(part), part))],
    ['rows of a matrix', (x) => merged(slice(x, { axis: 0, start: 1 }))],
    ['columns in another shape', (x) => merged(reshape(slice(x, { axis: 1, end: 3 }), [3, 4]))],
  ])('leaves %s', (_, step) => {
    expectUntouched(across(gatherColumns, step, drawn('x', 4, 5)))
  })
})

/** The rows of a gradient with every id named once. */
function merged(rows: Tensor): Tensor {
  const named = Array.from({ length: rows.shape[0] }, (_, row) => row % 2)
  return distinctRows(new RowSparse(rows, ids(named), 2)).rows
}

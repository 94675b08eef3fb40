/** Tables give what `dataset` makes of the same columns given as arrays, for every type that is taken. */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { crossedFeature, dataset, denseFeature, fitVocabulary, sparseFeature, varLenFeature } from '../../src/index.ts'
import { fitScaling, quantileBins } from '../../src/encoding.ts'
import { openTable, tableDataset } from '../../src/tables.ts'
import type { Table } from '../../src/tables.ts'
import { contents } from './contents.ts'
import { DRAWN, drawnColumn, queryOf } from './drawn.ts'

let last: Table | undefined
const open = async (sql: string): Promise<Table> => {
  last?.close()
  return (last = await openTable({ sql, threads: 1 }))
}
afterAll(() => last?.close())

const ROWS = 40
const RUNS = 4

describe.each(DRAWN.map((drawn) => [drawn.type, drawn] as const))('a column of %s', (_, drawn) => {
  it.runIf(drawn.category)('is categories, as an array of them is', async () => {
    await fc.assert(
      fc.asyncProperty(drawnColumn(drawn, ROWS), async ({ sql, categories }) => {
        const table = await open(queryOf({ x: sql, y: sql }))
        const { training } = await tableDataset({
          from: table,
          features: [
            { kind: 'sparse', name: 'x', vocabulary: { minCount: 2, maxSize: 5 } },
            { kind: 'sparse', name: 'z', column: 'x', hashBuckets: 7 },
            { kind: 'crossed', columns: ['x', 'y'], hashBuckets: 11 },
          ],
        })
        const expected = dataset({
          features: [
            sparseFeature('x', { vocabulary: fitVocabulary(categories, { minCount: 2, maxSize: 5 }) }),
            sparseFeature('z', { hashBuckets: 7 }),
            crossedFeature(['x', 'y'], { hashBuckets: 11 }),
          ],
          columns: { x: categories, y: categories, z: categories },
        })
        expect(contents(training)).toEqual(contents(expected))
      }),
      { numRuns: RUNS },
    )
  })

  it.runIf(drawn.number)('is numbers, as an array of them is', async () => {
    await fc.assert(
      fc.asyncProperty(drawnColumn(drawn, ROWS), async ({ sql, numbers }) => {
        fc.pre(numbers.some((x) => !Number.isNaN(x)))
        const table = await open(queryOf({ x: sql, y: sql }))
        const missing = {
          missing: 'mean',
          indicator: true,
          clipQuantiles: [0.1, 0.9],
          log: true,
          standardise: true,
        } as const
        const { training } = await tableDataset({
          from: table,
          features: [
            { kind: 'dense', name: 'a', column: 'x', ...missing },
            { kind: 'sparse', name: 'b', column: 'x', bins: 4 },
            { kind: 'sparse', name: 'c', column: 'x', edges: [-1, 0, 2.5] },
          ],
          labels: { task: 'y' },
          tasks: { task: 'regression' },
        })
        const expected = dataset({
          features: [
            denseFeature('a', { scaling: fitScaling(numbers, missing) }),
            sparseFeature('b', { edges: quantileBins(numbers, 4) }),
            sparseFeature('c', { edges: [-1, 0, 2.5] }),
          ],
          columns: { a: numbers, b: numbers, c: numbers },
          labels: { task: [...numbers] },
          tasks: { task: 'regression' },
        })
        expect(contents(training)).toEqual(contents(expected))
      }),
      { numRuns: RUNS },
    )
  })

  it.runIf(drawn.category)('is lists of categories, as an array of lists is', async () => {
    const cells = fc.array(fc.array(fc.option(drawn.values, { freq: 5 }), { maxLength: 5 }), {
      minLength: 3,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(cells, async (rows) => {
        const lists = rows.map((row) => row.map((cell) => cell?.[1] ?? null))
        const sql = rows.map(
          (row) =>
            `CAST([${row.map((cell) => (cell ? `CAST(${cell[0]} AS ${drawn.type})` : 'NULL')).join(', ')}] AS ${drawn.type}[])`,
        )
        const table = await open(`${queryOf({ x: sql })} UNION ALL SELECT CAST(NULL AS ${drawn.type}[])`)
        const { training } = await tableDataset({
          from: table,
          features: [
            { kind: 'varLen', name: 'x', maxLength: 3 },
            { kind: 'varLen', name: 'y', column: 'x', hashBuckets: 7, maxLength: 4 },
          ],
        })
        const columns = { x: [...lists, null], y: [...lists, null] }
        const expected = dataset({
          features: [
            varLenFeature('x', { vocabulary: fitVocabulary([...lists, null]), maxLength: 3 }),
            varLenFeature('y', { hashBuckets: 7, maxLength: 4 }),
          ],
          columns,
        })
        expect(contents(training)).toEqual(contents(expected))
      }),
      { numRuns: RUNS },
    )
  })
})

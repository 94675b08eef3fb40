/**
 * Census-income as three tasks, of which one has classes: income above 50,000, never married, and education. It refuses to
 * use what tells a label: education and marital status are in no feature.
 */
import { PLE, adam, evaluate, fit } from '../../src/index.ts'
import type { Model, Scores } from '../../src/index.ts'
import { inferFeatures, openTable, tableDataset } from '../../src/tables.ts'
import type { OpenOptions } from '../../src/tables.ts'
import { multiclass } from '../../src/tasks.ts'

/** Classes of education, as few as tell lives apart, and how the column's values fall into them. */
export const EDUCATION = ['child', 'school', 'high school', 'college', 'degree'] as const
const CLASS = `CASE WHEN education = 'Children' THEN 'child' WHEN education = 'High-school-graduate' THEN 'high school'
  WHEN education ILIKE '%college%' OR education ILIKE 'associates%' THEN 'college'
  WHEN education ILIKE '%degree%' THEN 'degree' ELSE 'school' END`

/** Of `data`, which has the columns of the nominal files. */
const SQL = `SELECT * EXCLUDE (education, marital_stat, income_50k), income_50k = '50000+.' AS income,
  marital_stat = 'Never-married' AS "neverMarried", ${CLASS} AS education FROM data`

/** What came of it. */
export interface Census {
  readonly model: Model
  readonly rows: number
  readonly leftOut: readonly string[]
  /** Over the rows that validate, by task and metric. */
  readonly scores: Scores
}

/** Trains on a table with the columns of the census, by features that are proposed; a tenth of the rows validates. */
export async function census(from: OpenOptions['from'], { epochs = 2 } = {}): Promise<Census> {
  const tasks = { income: 'binary', neverMarried: 'binary', education: multiclass([...EDUCATION]) } as const
  const table = await openTable({ ...(from !== undefined && { from }), sql: SQL })
  try {
    const { features: proposed, leftOut } = await inferFeatures(table, { labels: Object.keys(tasks) })
    const { features, training, validation } = await tableDataset({
      ...{ from: table, features: proposed, tasks },
      split: { by: 'random', validation: 0.1 },
    })
    const model = new PLE({ features, taskNames: Object.keys(tasks), taskTypes: Object.values(tasks) })
    await fit(model, { data: training, epochs, batchSize: 256, optimizer: adam() })
    return {
      model,
      rows: training.rows,
      leftOut: leftOut.map(({ column, why }) => `${column}: ${why}`),
      scores: evaluate(model, validation!),
    }
  } finally {
    table.close()
  }
}

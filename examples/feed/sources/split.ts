/** What loaders share: one dataset of all rows, split in three, its vocabularies fitted on rows to train on alone. */
import { dataset, fitVocabulary, sparseFeature } from '../../../src/index.ts'
import type { Columns, DatasetOptions, Feature, Vocabulary } from '../../../src/index.ts'
import type { Feed } from '../../../cli/compare/feed.ts'

/** Which rows are for what. */
export type Rows = Readonly<Record<'train' | 'validation' | 'test', Int32Array>>

/** A feed whose rows belong to users, as `gauc` asks. */
export interface UserFeed extends Feed {
  readonly users: Readonly<Record<keyof Rows, readonly string[]>>
}

/** The vocabulary of the rows to train on. */
export const trainVocabulary = (column: readonly (string | readonly string[])[], { train }: Rows): Vocabulary =>
  fitVocabulary(Array.from(train, (row) => column[row]))

/** A feature for each column of categories. */
export const categories = (
  columns: Readonly<Record<string, readonly string[]>>,
  rows: Rows,
  dimension: number,
): readonly Feature[] =>
  Object.entries(columns).map(([name, column]) =>
    sparseFeature(name, { vocabulary: trainVocabulary(column, rows), dimension }),
  )

export interface Unsplit {
  readonly name: string
  readonly tasks: Feed['tasks']
  readonly features: readonly Feature[]
  readonly subjects?: NonNullable<Feed['subjects']>
  readonly columns: Columns
  readonly labels: NonNullable<DatasetOptions['labels']>
}

export function split({ columns, labels, ...feed }: Unsplit, rows: Rows): Feed {
  const all = dataset({ features: feed.features, columns, labels, tasks: feed.tasks })
  const [train, validation, test] = [rows.train, rows.validation, rows.test].map((chosen) => all.select(chosen))
  return { ...feed, train, validation, test }
}

/** The users of each part's rows. */
export function usersOf(users: readonly string[], { train, validation, test }: Rows): UserFeed['users'] {
  const pick = (rows: Int32Array): readonly string[] => Array.from(rows, (row) => users[row])
  return { train: pick(train), validation: pick(validation), test: pick(test) }
}

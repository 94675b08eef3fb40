/** A data card: what a feed holds, in counts and rates. It refuses to show a single row. */
import type { Dataset } from '../../src/index.ts'
import type { Feed } from './feed.ts'

/** The rows of a task's sample space, and the mean of their labels: the rate of positives where binary. */
export interface LabelCount {
  readonly rows: number
  readonly mean: number
}

export interface Split {
  readonly name: string
  readonly rows: number
  readonly labels: Readonly<Record<string, LabelCount>>
}

export interface Card {
  readonly name: string
  readonly splits: readonly Split[]
  readonly features: readonly {
    readonly name: string
    readonly kind: string
    readonly dimension: number
    readonly vocabularySize?: number
  }[]
}

function count(labels: Float32Array): LabelCount {
  const inside = labels.filter((label) => !Number.isNaN(label))
  return { rows: inside.length, mean: inside.reduce((total, label) => total + label, 0) / inside.length }
}

const splitOf = (name: string, { rows, labels }: Dataset, tasks: readonly string[]): Split => ({
  name,
  rows,
  labels: Object.fromEntries(tasks.map((task) => [task, count(labels[task])])),
})

export const describe = ({ name, tasks, features, train, validation, test }: Feed): Card => ({
  name,
  splits: Object.entries({ train, validation, test }).map(([split, data]) => splitOf(split, data, Object.keys(tasks))),
  features: features.map((feature) => ({
    name: feature.name,
    kind: feature.kind,
    dimension: feature.dimension,
    ...('vocabularySize' in feature && { vocabularySize: feature.vocabularySize }),
  })),
})

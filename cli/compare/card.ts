/** A data card: what a feed holds, in counts and rates. It refuses to show a single row. */
import { kindOf } from '../../src/models/index.ts'
import type { Dataset, TaskType } from '../../src/index.ts'
import type { About, Feed } from './feed.ts'

/** The rows of a task's sample space, and the mean of their labels: the rate of positives where they are of 0 and 1. */
export interface LabelCount {
  readonly rows: number
  readonly mean: number
}

export interface Split {
  readonly name: string
  readonly rows: number
  readonly labels: Readonly<Record<string, LabelCount>>
}

export interface Card extends About {
  readonly name: string
  readonly splits: readonly Split[]
  readonly features: readonly {
    readonly name: string
    readonly kind: string
    readonly dimension: number
    readonly vocabularySize?: number
  }[]
}

/** A row of several labels is there if any of them is. */
function count(labels: Float32Array, type: TaskType): LabelCount {
  const width = kindOf(type).labelWidth
  const inside = labels.filter((label) => !Number.isNaN(label))
  let rows = 0
  for (let at = 0; at < labels.length; at += width)
    if (labels.subarray(at, at + width).some((label) => !Number.isNaN(label))) rows++
  return { rows, mean: inside.reduce((total, label) => total + label, 0) / inside.length }
}

const splitOf = (name: string, { rows, labels }: Dataset, tasks: Feed['tasks']): Split => ({
  name,
  rows,
  labels: Object.fromEntries(Object.entries(tasks).map(([task, type]) => [task, count(labels[task], type)])),
})

export const describe = ({
  name,
  tasks,
  features,
  train,
  validation,
  test,
  meanings,
  notes,
  reference,
}: Feed): Card => ({
  name,
  ...(meanings && { meanings }),
  ...(notes && { notes }),
  ...(reference && { reference }),
  splits: Object.entries({ train, validation, test }).map(([split, data]) => splitOf(split, data, tasks)),
  features: features.map((feature) => ({
    name: feature.name,
    kind: feature.kind,
    dimension: feature.dimension,
    ...('vocabularySize' in feature && { vocabularySize: feature.vocabularySize }),
  })),
})

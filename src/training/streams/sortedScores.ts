/**
 * Scores of rows that come part by part, of which no more than one is held: means are summed, and an AUC is taken of rows that
 * someone else sorts. It refuses metrics that are neither, by saying so.
 */
import type { Dataset } from '../../data/index.ts'
import {
  accuracy,
  ascendingArea,
  auc,
  logLoss,
  meanAbsoluteError,
  meanPoissonDeviance,
  meanSquaredError,
  multiclassLogLoss,
  rootMeanSquaredError,
  scoredRows,
} from '../../metrics/index.ts'
import type { Metric } from '../../metrics/index.ts'
import { byTask } from '../byTask.ts'
import { measuredOn, metricsBy } from '../scoring/evaluate.ts'
import type { Scores } from '../scoring/evaluate.ts'
import type { ScoresAsked } from '../step/source.ts'

/** Rows of one task: a score each, a label of 0 or 1, and what they count for, 1 where there are no weights. */
export interface SortedRows {
  readonly scores: Float32Array
  readonly labels: Float32Array
  readonly weights?: Float32Array
}

/** Keeps rows where there is room, and gives them back sorted. */
export interface Sorter {
  append(rows: SortedRows): void | Promise<void>
  /** All rows, some at a time, in ascending order of their scores. */
  ascending(): AsyncIterable<SortedRows>
  close(): void
}

/** Begins a sorter. */
export type Sort = () => Promise<Sorter>

/** Metrics that are power means of what parts have: (Σ w·v^p / Σ w)^(1/p). */
const POWERS: ReadonlyMap<Metric['compute'], number> = new Map([
  ...[accuracy, logLoss, meanAbsoluteError, meanPoissonDeviance, meanSquaredError, multiclassLogLoss].map(
    (compute): readonly [Metric['compute'], number] => [compute, 1],
  ),
  [rootMeanSquaredError, 2],
])

/** Σ w over the numbers of labels that there are. */
function counted(labels: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < labels.length; at++) if (!Number.isNaN(labels[at])) sum += weights ? weights[at] : 1
  return sum
}

/** A metric that takes rows as they come. */
interface Measure {
  readonly name: string
  take(...on: ReturnType<typeof measuredOn>): void | Promise<void>
  value(): number | Promise<number>
}

function meanOfParts(name: string, compute: Metric['compute'], power: number): Measure {
  let sum = 0
  let total = 0
  return {
    name,
    take(predicted, labels, options) {
      const weight = counted(labels, options.weights)
      // What a metric refuses, it refuses of rows that count for nothing, too.
      const value = compute(predicted, labels, options)
      if (weight > 0) sum += weight * value ** power
      total += weight
    },
    value: () => (sum / total) ** (1 / power),
  }
}

const areaOfSorted = (name: string, sorter: Sorter): Measure => ({
  name,
  take: (predicted, labels, { weights }) => sorter.append(scoredRows(name, predicted, labels, weights)),
  async value() {
    const area = ascendingArea()
    for await (const { scores, labels, weights } of sorter.ascending())
      for (let row = 0; row < scores.length; row++) area.add(scores[row], labels[row], weights ? weights[row] : 1)
    return area.value()
  },
})

/** The scores of parts; nothing where one of the metrics needs all rows at once. */
export async function sortedScores(
  parts: () => AsyncIterable<Dataset>,
  sort: Sort,
  { model, predict, metrics, tasks }: ScoresAsked,
): Promise<Scores | undefined> {
  const asked = metricsBy(model, metrics, tasks)
  const known = Object.values(asked).flat()
  if (!known.every(({ compute }) => compute === auc || POWERS.has(compute))) return undefined
  const sorters: Sorter[] = []
  const measures: Record<string, Measure[]> = byTask(Object.keys(asked), () => [])
  try {
    for (const [task, all] of Object.entries(asked))
      for (const { name, compute } of all) {
        const power = POWERS.get(compute)
        if (power === undefined) {
          const sorter = await sort()
          sorters.push(sorter)
          measures[task].push(areaOfSorted(name, sorter))
        } else measures[task].push(meanOfParts(name, compute, power))
      }
    for await (const part of parts()) {
      const predictions = predict(part)
      for (const [task, all] of Object.entries(measures)) {
        const on = measuredOn(model, task, predictions, part)
        for (const measure of all) await measure.take(...on)
      }
    }
    const scores: Record<string, Record<string, number>> = byTask(Object.keys(asked), () => ({}))
    for (const [task, all] of Object.entries(measures))
      for (const measure of all) scores[task][measure.name] = await measure.value()
    return scores
  } finally {
    for (const sorter of sorters) sorter.close()
  }
}

/**
 * Has a model begin where its tasks' base rates are, so that what is rare is predicted to be rare from the first step on.
 * It refuses a task that has labels of one class only, whose bias would be infinite.
 */
import type { Dataset } from '../data/index.ts'
import type { Model } from '../models/index.ts'
import { byTask } from './byTask.ts'
import type { ByTask } from './byTask.ts'
import { checkModel, checkSet } from './dataChecks.ts'
import { scoringOnce } from './scoring/predict.ts'

const WHO = 'startAtBaseRates'

/** Rows, evenly spaced, over which predictions are averaged: enough for a mean to be right within a per cent or two. */
const ENOUGH = 2 ** 15
/** As near in logits as a mean of float32 tells. */
const NEAR = 1e-6
const MOST_STEPS = 50
/** Keeps a step from going far where predictions hardly move any more. */
const LEAST_SLOPE = 0.05

/** The mean over rows, each by what it counts for. */
function meanOf(values: ArrayLike<number>, weightOf: (row: number) => number, rows: Iterable<number>): number {
  let sum = 0
  let total = 0
  for (const row of rows) {
    sum += weightOf(row) * values[row]
    total += weightOf(row)
  }
  return sum / total
}

/** What rows count for in a task: 0 outside of its sample space. */
const weightsIn =
  ({ labels, sampleWeights }: Dataset, task: string) =>
  (row: number): number =>
    Number.isNaN(labels[task][row]) ? 0 : (sampleWeights?.[task]?.[row] ?? 1)

const logitOf = (share: number): number => Math.log(share / (1 - share))

/** The rows in a task's sample space, or so many of them, evenly spaced. */
function sampleOf(data: Dataset, inside: readonly number[]): Dataset {
  const apart = Math.max(1, inside.length / ENOUGH)
  return data.select(
    Array.from({ length: Math.floor(inside.length / apart) }, (_, at) => inside[Math.floor(at * apart)]),
  )
}

/**
 * Sets the bias of each task's prediction so that the mean prediction over the rows of its sample space is the mean label
 * there, each row by its sample weight: the base rate of a binary task, the mean of a regression (Lin et al., ICCV 2017, Section 4.1, for rare classes).
 * Without it a model begins at ½, and spends its first steps on unlearning that. Nothing else is changed; the biases
 * learn on from there. For a model that has not learned yet.
 * @returns the mean label of each task.
 * @throws RangeError, before anything changes, where data do not fit the model, a task has no rows or, of a binary one, rows
 * of one class only, or the model is one of one's own without `biases`.
 */
export function startAtBaseRates(model: Model, data: Dataset): ByTask<number> {
  const tasks = Object.keys(model.tasks)
  checkModel(WHO, model)
  checkSet(WHO, 'data', model, data, tasks)
  const { biases } = model
  if (!biases) throw new RangeError(`${WHO}: expected a model with biases but got none: because they are what is set`)
  const inside = byTask(tasks, (task) => {
    const weightOf = weightsIn(data, task)
    return [...data.labels[task].keys()].filter((row) => weightOf(row) > 0)
  })
  const rates = byTask(tasks, (task) => meanOf(data.labels[task], weightsIn(data, task), inside[task]))
  for (const [task, rate] of Object.entries(rates))
    if (!(model.tasks[task] === 'binary' ? rate > 0 && rate < 1 : Number.isFinite(rate)))
      throw new RangeError(
        `${WHO}: expected labels of '${task}' that a bias follows from but got a mean of ${rate} over ${inside[task].length} rows`,
      )
  scoringOnce(model, {}, (scorer) => {
    // In order: what follows from a task before it is predicted by way of that one.
    for (const task of tasks) {
      const sample = sampleOf(data, inside[task])
      const onLogits = model.tasks[task] === 'binary' ? logitOf : (value: number) => value
      const predicted = (): number =>
        meanOf(scorer.predict(sample)[task], weightsIn(sample, task), sample.labels[task].keys())
      const gapOf = (): number => onLogits(rates[task]) - onLogits(predicted())
      // A bias moves the mean by as much, or by less where it is one factor of two: then by the secant.
      let gap = gapOf()
      let slope = 1
      for (let step = 0; step < MOST_STEPS && Math.abs(gap) > NEAR * Math.max(1, Math.abs(rates[task])); step++) {
        const move = gap / slope
        biases[task].assign([biases[task].values[0] + move])
        const next = gapOf()
        slope = Math.min(1, Math.max(LEAST_SLOPE, (gap - next) / move))
        gap = next
      }
    }
  })
  return rates
}

/**
 * Has a model begin where its tasks' base rates are, so that what is rare is predicted to be rare from the first step on.
 * It refuses a task that has labels of one class only, whose bias would be infinite.
 */
import type { Dataset } from '../data/index.ts'
import { kindOf, outputsOf } from '../models/index.ts'
import type { Model, TaskKind, TaskType } from '../models/index.ts'
import { byTask } from './byTask.ts'
import type { ByTask } from './byTask.ts'
import { checkModel, checkSet } from './dataChecks.ts'
import { scoringOnce } from './scoring/predict.ts'

const WHO = 'startAtBaseRates'

/** Rows, evenly spaced, over which predictions are averaged: enough for a mean to be right within a per cent or two. */
const ENOUGH = 2 ** 15
/** As near in logits, or what else the link makes of a mean, as one of float32 tells. */
const NEAR = 1e-6
const MOST_STEPS = 50
/** Keeps a step from going far where predictions hardly move any more. */
const LEAST_SLOPE = 0.05

/** What labels and logits of the types that go by name have to do with each other. */
const BY_NAME: Readonly<Record<'binary' | 'regression', Pick<TaskKind, 'link' | 'outcome'>>> = {
  binary: { link: (share) => Math.log(share / (1 - share)), outcome: (labels, row) => labels[row] },
  regression: { link: (mean) => mean, outcome: (labels, row) => labels[row] },
}

const rulesOf = (type: TaskType): Pick<TaskKind, 'link' | 'outcome'> =>
  typeof type === 'string' ? BY_NAME[type] : type

/** A number of each row for an output of a task. */
type OfRow = (row: number, output: number) => number

/** What a row counts for, beside what an output predicts of it: NaN outside of the sample space. */
const outcomesOf = ({ labels, sampleWeights }: Dataset, task: string, type: TaskType) => {
  const { labelWidth } = kindOf(type)
  const { outcome } = rulesOf(type)
  const outcomeOf: OfRow = (row, output) => outcome(labels[task], row, output)
  const weightOf: OfRow = (row, output) =>
    sampleWeights?.[task]?.[row * labelWidth + Math.min(output, labelWidth - 1)] ?? 1
  return { outcomeOf, weightOf }
}

/** The mean of what `valueOf` says of the rows in the sample space of each output, each by what it counts for. */
const meansOf = (
  data: Dataset,
  task: string,
  type: TaskType,
  valueOf: (outcome: number, row: number, output: number) => number,
): number[] => {
  const { outcomeOf, weightOf } = outcomesOf(data, task, type)
  return outputsOf(task, type).map((_, output) => {
    let sum = 0
    let total = 0
    for (let row = 0; row < data.rows; row++) {
      const [outcome, weight] = [outcomeOf(row, output), weightOf(row, output)]
      if (Number.isNaN(outcome) || weight === 0) continue
      sum += weight * valueOf(outcome, row, output)
      total += weight
    }
    return sum / total
  })
}

/** The rows in a task's sample space. */
function insideOf(data: Dataset, task: string, type: TaskType): number[] {
  const { outcomeOf, weightOf } = outcomesOf(data, task, type)
  const outputs = [...outputsOf(task, type).keys()]
  return Array.from({ length: data.rows }, (_, row) => row).filter((row) =>
    outputs.some((output) => !Number.isNaN(outcomeOf(row, output)) && weightOf(row, output) > 0),
  )
}

/** The rows in a task's sample space, or so many of them, evenly spaced. */
function sampleOf(data: Dataset, inside: readonly number[]): Dataset {
  const apart = Math.max(1, inside.length / ENOUGH)
  return data.select(
    Array.from({ length: Math.floor(inside.length / apart) }, (_, at) => inside[Math.floor(at * apart)]),
  )
}

/**
 * Sets the biases of each task so that the mean prediction over the rows of its sample space is the mean label there, each
 * row by its sample weight: the base rate of a binary task, the mean of a regression, the share of each class (Lin et al.,
 * ICCV 2017, Section 4.1, for rare classes). Without it a model begins at ½, and spends its first steps on unlearning
 * that. Nothing else is changed; the biases learn on from there. For a model that has not learned yet.
 * @returns the mean label of each output, which is a task, or one of its classes.
 * @throws RangeError, before anything changes, where data do not fit the model, a task has no rows or, of classes, rows
 * of which one has none or all, or the model is one of one's own without `biases`.
 */
export function startAtBaseRates(model: Model, data: Dataset): ByTask<number> {
  const tasks = Object.entries(model.tasks)
  checkModel(WHO, model)
  checkSet(WHO, 'data', model, data, Object.keys(model.tasks))
  const { biases } = model
  if (!biases) throw new RangeError(`${WHO}: expected a model with biases but got none: because they are what is set`)
  const rates = byTask(Object.keys(model.tasks), (task) => meansOf(data, task, model.tasks[task], (outcome) => outcome))
  const rateOf = Object.fromEntries(
    tasks.flatMap(([task, type]) => outputsOf(task, type).map((output, at) => [output, rates[task][at]])),
  )
  for (const [task, type] of tasks)
    for (const output of outputsOf(task, type))
      if (!Number.isFinite(rulesOf(type).link(rateOf[output])))
        throw new RangeError(
          `${WHO}: expected labels of '${output}' that a bias follows from but got a mean of ${rateOf[output]} over ${insideOf(data, task, type).length} rows`,
        )
  scoringOnce(model, {}, (scorer) => {
    // In order: what follows from a task before it is predicted by way of that one.
    for (const [task, type] of tasks) {
      const sample = sampleOf(data, insideOf(data, task, type))
      const outputs = outputsOf(task, type)
      const { link } = rulesOf(type)
      const gapsOf = (): number[] => {
        const predicted = scorer.predict(sample)
        const means = meansOf(sample, task, type, (_, row, at) => predicted[outputs[at]][row])
        return means.map((mean, at) => link(rates[task][at]) - link(mean))
      }
      // A bias moves the mean by as much, or by less where it is one factor of two: then by the secant. Classes share a
      // probability of 1, so that each moves the others: there every step is a whole one.
      let gaps = gapsOf()
      let slope = 1
      const far = (gap: number, at: number): boolean => Math.abs(gap) > NEAR * Math.max(1, Math.abs(rates[task][at]))
      for (let step = 0; step < MOST_STEPS && gaps.some(far); step++) {
        const [gap] = gaps
        const move = gap / slope
        const bias = biases[task]
        bias.assign(Array.from(bias.values, (value, at) => value + (gaps[at] ?? 0) / slope))
        gaps = gapsOf()
        if (outputs.length === 1) slope = Math.min(1, Math.max(LEAST_SLOPE, (gap - gaps[0]) / move))
      }
    }
  })
  return rateOf
}

/**
 * Metrics of tasks with several outputs a row, classes or labels: predictions (rows outputs) lie row by row in one list.
 * They refuse a list that is no whole number of rows, and classes that have no output.
 */
import { checkValue, having, show } from '../checks/index.ts'
import { auc } from './auc.ts'
import { checkList, checkMetric, numbersOf } from './rows.ts'
import type { Labels, MetricOptions } from './rows.ts'

/** As in log loss of two classes: about the least 1 − p that float32 tells from 0. */
const EPSILON = 1e-7

/** Rows in the sample space, checked, each with its class and what it counts for. */
interface Classed {
  readonly classes: number
  readonly rows: readonly number[]
  readonly labels: ArrayLike<number>
  readonly weightOf: (row: number) => number
}

function classed(
  who: string,
  predictions: ArrayLike<number>,
  given: Labels,
  options: MetricOptions,
  probabilities: boolean,
): Classed {
  checkMetric(who, options)
  checkValue(who, 'predictions', predictions, having('a list', 'length'))
  const labels = numbersOf(given)
  const classes = predictions.length / labels.length
  if (labels.length > 0 && !(Number.isInteger(classes) && classes > 1))
    throw new RangeError(
      `${who}: expected predictions of at least 2 classes for each of ${labels.length} labels but got ${predictions.length}: because they lie row by row`,
    )
  const { weights } = options
  if (weights) checkList(who, 'weights', weights, labels.length)
  const weightOf = (row: number): number => weights?.[row] ?? 1
  const refuse = (expected: string, got: unknown, row: number): never => {
    throw new RangeError(`${who}: expected ${expected} but got ${show(got)} at row ${row}`)
  }
  const rows = Array.from(labels, (_, row) => row).filter((row) => {
    const label = labels[row]
    if (Number.isNaN(label)) return false
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      refuse(`a class from 0 to ${classes - 1}, or NaN`, label, row)
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      const fits = probabilities ? predictions[at] >= 0 && predictions[at] <= 1 : !Number.isNaN(predictions[at])
      if (!fits) refuse(probabilities ? 'probabilities in [0, 1]' : 'scores', predictions[at], row)
    }
    const weight = weightOf(row)
    if (!(weight >= 0 && weight < Infinity)) refuse('a finite weight of at least 0', weight, row)
    return weight > 0
  })
  return { classes, rows, labels, weightOf }
}

/** Σ w·value / Σ w; NaN without a row. */
function meanOver({ rows, weightOf }: Classed, valueOf: (row: number) => number): number {
  let sum = 0
  let total = 0
  for (const row of rows) {
    sum += weightOf(row) * valueOf(row)
    total += weightOf(row)
  }
  return sum / total
}

/** The class that is predicted of a row: the first of the likeliest. */
function likeliest(predictions: ArrayLike<number>, row: number, classes: number): number {
  let best = 0
  for (let each = 1; each < classes; each++)
    if (predictions[row * classes + each] > predictions[row * classes + best]) best = each
  return best
}

/**
 * The share of rows whose likeliest class, of several the first, is their own; higher is better.
 *
 * `predictions` (rows classes) are probabilities or logits, row by row; `labels` the class of each row, from 0, NaN to leave
 * it out. NaN if no row is left.
 * @throws RangeError where predictions are no whole number of rows, a label is no class, or a weight is negative.
 */
export function accuracy(predictions: ArrayLike<number>, labels: Labels, options: MetricOptions = {}): number {
  const given = classed('accuracy', predictions, labels, options, false)
  return meanOver(given, (row) => Number(likeliest(predictions, row, given.classes) === given.labels[row]))
}

/**
 * −mean(ln p of the row's own class), in nats; lower is better. A probability is raised to at least 1e-7.
 *
 * `probabilities` (rows classes) lie row by row; `labels` are the class of each row, from 0, NaN to leave it out. Good,
 * Rational Decisions, JRSS B 14 (1952).
 * @throws RangeError as `accuracy` does, and for what is no probability.
 */
export function multiclassLogLoss(
  probabilities: ArrayLike<number>,
  labels: Labels,
  options: MetricOptions = {},
): number {
  const given = classed('multiclassLogLoss', probabilities, labels, options, true)
  return meanOver(given, (row) => -Math.log(Math.max(probabilities[row * given.classes + given.labels[row]], EPSILON)))
}

/**
 * How often which class is taken for which: by true class, and in it by predicted class, the sum of what rows count for. As
 * scikit-learn's `confusion_matrix`.
 * @throws RangeError as `accuracy` does.
 */
export function confusionMatrix(
  predictions: ArrayLike<number>,
  labels: Labels,
  options: MetricOptions = {},
): readonly (readonly number[])[] {
  const given = classed('confusionMatrix', predictions, labels, options, false)
  const { classes, rows, weightOf } = given
  const matrix = Array.from({ length: rows.length > 0 ? classes : 0 }, () => new Array<number>(classes).fill(0))
  for (const row of rows) matrix[given.labels[row]][likeliest(predictions, row, classes)] += weightOf(row)
  return matrix
}

/** The mean of what outputs are by themselves, of those that it is defined for. */
function macro(outputs: number, of: (output: number) => number): number {
  const defined = Array.from({ length: outputs }, (_, output) => of(output)).filter((value) => !Number.isNaN(value))
  return defined.reduce((sum, value) => sum + value, 0) / defined.length
}

/** Every `width`-th of a list, from one on. */
const columnOf = (list: ArrayLike<number>, width: number, column: number): Float64Array =>
  Float64Array.from({ length: list.length / width }, (_, row) => list[row * width + column])

/**
 * The mean over classes of the AUC of one against the rest, each class counting alike, as scikit-learn's `roc_auc_score` by
 * 'ovr' and 'macro'; higher is better. Classes that no row has, or all have, are left out of the mean; NaN if none is left.
 *
 * `predictions` (rows classes) lie row by row; `labels` are the class of each row, from 0, NaN to leave it out.
 * @throws RangeError as `accuracy` does.
 */
export function macroAuc(predictions: ArrayLike<number>, labels: Labels, options: MetricOptions = {}): number {
  const { classes, labels: numbers } = classed('macroAuc', predictions, labels, options, false)
  return macro(classes || 0, (each) =>
    auc(
      columnOf(predictions, classes, each),
      Array.from(numbers, (label) => (Number.isNaN(label) ? NaN : Number(label === each))),
      options,
    ),
  )
}

/**
 * The mean over labels of each one's AUC, of several a row; higher is better. Labels of one class alone are left out.
 *
 * `predictions`, `labels` and weights (rows outputs) lie row by row, with so many outputs a row; NaN leaves one label out.
 * @throws RangeError where lengths differ, and as `auc` does.
 */
export function multilabelAuc(
  outputs: number,
  predictions: ArrayLike<number>,
  labels: Labels,
  options: MetricOptions = {},
): number {
  const numbers = numbersOf(labels)
  checkList('multilabelAuc', 'predictions', predictions, labels.length)
  const { weights } = options
  return macro(outputs, (each) =>
    auc(
      columnOf(predictions, outputs, each),
      columnOf(numbers, outputs, each),
      weights ? { weights: columnOf(weights, outputs, each) } : {},
    ),
  )
}

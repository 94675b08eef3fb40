/** Tasks of which each row is in one of several classes: softmax, learned by cross-entropy from logits. */
import { equal, logSoftmax, mul, neg, reshape, scaleShift, softmax, sum, where } from '../../autograd/index.ts'
import { checkOptions, listOf, real } from '../../checks/index.ts'
import { accuracy, macroAuc, metricNamed, multiclassLogLoss } from '../../metrics/index.ts'
import { fromValues } from '../../tensor/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { classesOf, columnsOf, joined } from './classes.ts'
import type { Classes } from './classes.ts'
import type { TaskKind } from './kind.ts'

/** What `softmaxCrossEntropy` takes. */
export interface SoftmaxCrossEntropyOptions {
  /** w, what rows of each class count for, by class. Default 1. */
  readonly classWeights?: readonly number[]
  /** ε, how far labels move towards 1/C in each of C classes. Default 0. */
  readonly labelSmoothing?: number
}

/**
 * −Σ w·t·ln softmax(z) over the C classes, t = (1 − ε)·y + ε/C of the one-hot y of the row's class (Szegedy et al., CVPR
 * 2016, Section 7), for `fit`'s `losses`. From logits (b C) and classes (b) to the loss of each row (b), as PyTorch's
 * `cross_entropy` by `reduction='none'`; a task's mean is over rows, not over weights.
 * @throws RangeError when made unless w > 0 is finite and 0 ≤ ε < 1; when run, for weights of other than C classes.
 */
export function softmaxCrossEntropy(
  options: SoftmaxCrossEntropyOptions = {},
): (logits: Tensor, labels: Tensor) => Tensor {
  const who = 'softmaxCrossEntropy'
  checkOptions(who, options, { classWeights: listOf(real('(0, ∞)'), 2), labelSmoothing: real('[0, 1)') })
  const { classWeights, labelSmoothing = 0 } = options
  return (logits, labels) => {
    const [rows, classes] = logits.shape
    const row = (values: readonly number[]): Tensor => fromValues(values, [1, classes], logits.backend)
    if (classWeights && classWeights.length !== classes)
      throw new RangeError(`${who}: expected a weight for each of ${classes} classes but got ${classWeights.length}`)
    const all = logSoftmax(logits)
    const logs = classWeights ? mul(all, row(classWeights)) : all
    const hit = equal(reshape(labels, [rows, 1]), row(Array.from({ length: classes }, (_, index) => index)))
    // Chosen where nothing is smoothed, and not multiplied: 0·∞ of a class that is ruled out is not a number.
    const share = scaleShift(hit, { factor: 1 - labelSmoothing, shift: labelSmoothing / classes })
    return neg(sum(labelSmoothing === 0 ? where(hit, logs, 0) : mul(share, logs), { axis: 1 }))
  }
}

/**
 * A task of C classes, of which each row is in one: C logits, probabilities by softmax, one output for each class, called
 * `task.class`. Labels are numbers of classes from 0, or their names where `classes` has some; NaN leaves a row out.
 * Learned by `softmaxCrossEntropy()`; measured by 'auc' (`macroAuc`), 'logLoss' and 'accuracy'.
 * @throws RangeError for fewer than two classes, and for names that are empty or not distinct.
 */
export function multiclass(classes: Classes): TaskKind {
  const names = classesOf('multiclass', classes)
  const isClass = (label: number): boolean => Number.isInteger(label) && label >= 0 && label < names.length
  return {
    kind: 'multiclass',
    width: names.length,
    classes: names,
    labelWidth: 1,
    labelsAre: `${typeof classes === 'number' ? '' : `'${names.join("', '")}', `}a class from 0 to ${names.length - 1}, or NaN`,
    encode(label) {
      if (typeof label === 'string' && typeof classes !== 'number') {
        const index = names.indexOf(label)
        return index < 0 ? undefined : index
      }
      return typeof label === 'number' && (Number.isNaN(label) || isClass(label)) ? label : undefined
    },
    learned: { expected: `to be classes from 0 to ${names.length - 1}`, fits: isClass },
    share: 1,
    loss: softmaxCrossEntropy(),
    predictions: (logits) => columnsOf(softmax(logits)),
    joined,
    link: Math.log,
    outcome: (labels, row, output) => (Number.isNaN(labels[row]) ? NaN : Number(labels[row] === output)),
    metrics: {
      auc: metricNamed('auc', macroAuc),
      logLoss: metricNamed('logLoss', multiclassLogLoss),
      accuracy: metricNamed('accuracy', accuracy),
    },
    defaultMetrics: ['auc', 'logLoss', 'accuracy'],
    toJSON: () => ({ kind: 'multiclass', classes }),
  }
}

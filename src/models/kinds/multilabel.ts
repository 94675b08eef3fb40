/** Tasks of which each row has any of several labels: a logit for each, learned by cross-entropy, and masked by itself. */
import { binaryCrossEntropy, sigmoid } from '../../autograd/index.ts'
import { logLoss, metricNamed, multilabelAuc } from '../../metrics/index.ts'
import { classesOf, columnsOf, joined } from './classes.ts'
import type { Classes } from './classes.ts'
import { isClass, isProbability } from './kind.ts'
import type { TaskKind } from './kind.ts'

/**
 * A task of L labels, of which each row has any: L logits, and one output for each, called `task.label`. A row's label is
 * a list of L numbers, each 0, 1 or NaN, which leaves that one out; NaN instead of a list leaves out all; or, where `labels`
 * has names, a list of those that the row has. The loss is a mean over all labels that are there. Measured by 'auc', the
 * mean of each label's, and 'logLoss'.
 * @throws RangeError for fewer than two labels, and for names that are empty or not distinct.
 */
export function multilabel(labels: Classes): TaskKind {
  const names = classesOf('multilabel', labels)
  const width = names.length
  const fits = (value: unknown): boolean => value === 0 || value === 1 || Number.isNaN(value)
  return {
    kind: 'multilabel',
    width,
    classes: names,
    labelWidth: width,
    labelsAre: `lists of ${width} numbers, each 0, 1 or NaN${typeof labels === 'number' ? '' : `, or of names among '${names.join("', '")}'`}, or NaN`,
    encode(label) {
      if (Number.isNaN(label)) return new Array<number>(width).fill(NaN)
      if (!Array.isArray(label)) return undefined
      if (label.length === width && label.every(fits)) return label as number[]
      const named = typeof labels !== 'number' && label.every((each) => names.includes(each as string))
      return named ? names.map((name) => Number(label.includes(name))) : undefined
    },
    learned: isProbability,
    scored: isClass,
    share: 1,
    loss: binaryCrossEntropy,
    predictions: (logits) => columnsOf(sigmoid(logits)),
    joined,
    link: (share) => Math.log(share / (1 - share)),
    outcome: (given, row, output) => given[row * width + output],
    metrics: {
      auc: metricNamed('auc', (...args) => multilabelAuc(width, ...args)),
      logLoss: metricNamed('logLoss', logLoss),
    },
    defaultMetrics: ['auc', 'logLoss'],
    toJSON: () => ({ kind: 'multilabel', classes: labels }),
  }
}

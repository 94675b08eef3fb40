/**
 * The kinds of tasks: what a task's logits say, what they cost, and how it is measured, each declared once. Binary and
 * regression are here, and go by name; those of plegrad/tasks are given as themselves, so that nobody downloads them unasked.
 */
import { binaryCrossEntropy, sigmoid, squaredError } from '../../autograd/index.ts'
import type { LabelCoding } from '../../data/index.ts'
import { METRICS } from '../../metrics/index.ts'
import type { Metric } from '../../metrics/index.ts'
import type { Tensor } from '../../tensor/index.ts'

/** What labels may be, in words and as a test. */
export interface LabelRange {
  /** Reads on from the name of the task: `of 0 or 1`. */
  readonly expected: string
  readonly fits: (label: number) => boolean
}

/** A kind of task: what plegrad/tasks makes, or one's own. */
export interface TaskKind extends LabelCoding {
  readonly kind: string
  /** How many logits a row has, w. */
  readonly width: number
  /** Names of the outputs, where there is one for each of several classes; else the task's own is the only one. */
  readonly classes?: readonly string[]
  /** What numbers of labels may be; NaN is not asked about. Default any. */
  readonly learned?: LabelRange
  /** The same where a model is scored by them. Default as where it learns. */
  readonly scored?: LabelRange
  /**
   * What a loss counts for at σ = 1 where it is weighed by its uncertainty. A Gaussian label has −log p = L/(2σ²) + log σ, L
   * the squared error; a class drawn from a softmax of logits/σ² has −log p ≈ L/σ² + log σ, L the cross-entropy (Kendall et
   * al., CVPR 2018, Eq. 5 and 10).
   */
  readonly share: number
  /** The loss of each row from logits (b), or (b w) where w is not 1, and labels: of the shape of the labels. Made of ops. */
  readonly loss: (logits: Tensor, labels: Tensor) => Tensor
  /** What is predicted, for each output (b): a probability, or a value. Made of ops. */
  readonly predictions: (logits: Tensor) => readonly Tensor[]
  /** What a logit is for a mean prediction to be so much: of a probability ln(p/(1 − p)). */
  readonly link: (mean: number) => number
  /** The number that an output predicts of a row, of the labels of all: NaN outside of the sample space. */
  readonly outcome: (labels: ArrayLike<number>, row: number, output: number) => number
  /** The predictions of several outputs as one list (rows outputs), row by row. */
  readonly joined?: (columns: readonly Float32Array[]) => Float32Array
  /** By name. They take predictions (rows outputs), row by row, and labels and weights as a dataset has them. */
  readonly metrics: Readonly<Record<string, Metric>>
  /** Which of them are reported unless others are asked for; the first is what training stops by. */
  readonly defaultMetrics: readonly string[]
  /** What a file has of it. */
  toJSON(): unknown
}

/** Binary: a logit, learned by cross-entropy. Regression: the value itself, learned by squared error. Others as themselves. */
export type TaskType = 'binary' | 'regression' | TaskKind

const { mse, mae, rmse } = METRICS

export const isProbability: LabelRange = { expected: 'in [0, 1]', fits: (label) => label >= 0 && label <= 1 }
export const isClass: LabelRange = { expected: 'of 0 or 1', fits: (label) => label === 0 || label === 1 }

/** A kind, but for what only datasets, base rates and files ask. */
type Rules = Omit<TaskKind, 'kind' | 'labelsAre' | 'encode' | 'link' | 'outcome' | 'toJSON'>

const BY_NAME: Readonly<Record<'binary' | 'regression', Rules>> = {
  binary: {
    width: 1,
    labelWidth: 1,
    learned: isProbability,
    scored: isClass,
    share: 1,
    loss: binaryCrossEntropy,
    predictions: (logits) => [sigmoid(logits)],
    metrics: METRICS,
    defaultMetrics: ['auc', 'logLoss'],
  },
  regression: {
    width: 1,
    labelWidth: 1,
    share: 0.5,
    loss: squaredError,
    predictions: (logits) => [logits],
    metrics: { mse, mae, rmse },
    defaultMetrics: ['mse', 'mae'],
  },
}

/** What a type says; an output that no task has, which follows from two, is binary. */
export const kindOf = (type: TaskType = 'binary'): Rules => (typeof type === 'string' ? BY_NAME[type] : type)

export const nameOf = (type: TaskType): string => (typeof type === 'string' ? type : type.kind)

/** The names of what is predicted of a task: its own, or those of its classes behind it, as in `genre.comedy`. */
export const outputsOf = (task: string, type?: TaskType): readonly string[] =>
  kindOf(type).classes?.map((each) => `${task}.${each}`) ?? [task]

/** Probabilities and values (b), by output, of the logits of tasks. */
export const predictionsOf = (
  tasks: Readonly<Record<string, TaskType>>,
  logits: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(logits).flatMap(([task, logit]) => {
      const predicted = kindOf(tasks[task]).predictions(logit)
      return outputsOf(task, tasks[task]).map((output, index) => [output, predicted[index]])
    }),
  )

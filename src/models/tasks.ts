/** What models share: the names and kinds of tasks, the options that all have, and what a forward pass returns. */
import {
  callable,
  checkValue,
  either,
  flag,
  having,
  integer,
  listOf,
  needed,
  oneOf,
  text,
  whole,
} from '../checks/index.ts'
import type { Check, Checks } from '../checks/index.ts'
import type { Backend } from '../kernels/index.ts'
import type { Batch, Dataset, Feature } from '../data/index.ts'
import { BACKEND } from '../tensor/index.ts'
import type { Parameter, Tensor } from '../tensor/index.ts'
import { ACTIVATION } from './layers/activation.ts'
import type { ActivationFunction, ActivationName } from './layers/activation.ts'
import { L2, RATE, UNITS } from './layers/dense.ts'
import type { DenseOptions } from './layers/dense.ts'
import { FEATURES } from './layers/embedding.ts'
import type { EmbeddingOptions } from './layers/embedding.ts'
import { SHARED } from './extraction.ts'
import type { ByGroup } from './extraction.ts'
import { EPSILON, MOMENTUM } from './layers/normalization.ts'
import type { ForwardOptions } from './forward.ts'
import { outputsOf } from './kinds/index.ts'
import type { TaskType } from './kinds/index.ts'

/** What every model takes, with DeepCTR's defaults. */
export interface ModelOptions {
  readonly features: readonly Feature[]
  readonly taskNames: readonly string[]
  readonly taskTypes: readonly TaskType[]
  /** Default [64]. */
  readonly towerDnnHiddenUnits?: readonly number[]
  /** L2 of embedding tables, on the rows that a batch touches. Default 1e-5. */
  readonly l2RegEmbedding?: number
  /** L2 of the weights of experts, gates' networks and towers. Default 0. */
  readonly l2RegDnn?: number
  /** The standard deviation that embeddings start with. Default 1e-4. */
  readonly initStd?: number
  /** Default 1024. */
  readonly seed?: number
  /** Default 0. */
  readonly dnnDropout?: number
  /** By name, or a function of a tensor (b units) to another: see `ActivationFunction`. Default 'relu'. */
  readonly dnnActivation?: ActivationName | ActivationFunction
  /** Batch normalisation in all layers but gates' softmax and towers' last. Default false. */
  readonly dnnUseBn?: boolean
  /** Added to the variance by batch normalisation. Default 1e-5; TensorFlow's is 1e-3. Dice has 1e-9 of its own. */
  readonly batchNormEpsilon?: number
  /** The share of a new batch in the running statistics of batch normalisation and of dice. Default 0.1; TensorFlow's is 0.01. */
  readonly batchNormMomentum?: number
  /** Where the parameters live. Default cpu, in float32. */
  readonly backend?: Backend
}

/** What a forward pass returns. */
export interface ModelOutput {
  /**
   * For each task that was wanted (b): a logit, or the value where the task is regression; of a kind of several logits
   * (b width).
   */
  readonly logits: Readonly<Record<string, Tensor>>
  /** For each level and each gate that was needed: its weights (b experts). None where a model has no gates. */
  readonly gates: readonly ByGroup<Tensor>[]
}

/** A multi-task model, as training sees it. */
export interface Model {
  readonly features: readonly Feature[]
  /** The tasks that have labels and a loss. */
  readonly tasks: Readonly<Record<string, TaskType>>
  /** Outputs that have no labels of their own: of the rows in which one task's label is 1, they predict another's. */
  readonly derived?: Readonly<Record<string, { readonly of: string; readonly where: string }>>
  /** The bias of each task's logits (width), where a model has one. */
  readonly biases?: Readonly<Record<string, Parameter>>
  forward(batch: Batch, options?: ForwardOptions): ModelOutput
  /** Throws a RangeError, in the words of `who`, for labels of `tasks` that make no sense beside each other. */
  checkLabels?(who: string, labels: Dataset['labels'], tasks: readonly string[]): void
  /** The experts that a gate weighs, in the order of its weights, where there are gates. */
  voices?(level: number, listener: string): readonly string[]
}

/**
 * Names key records, so they are none that every object has, and no digits alone, which records would put first. They may
 * hold dots, by which paths of parameters are joined: `parameters` refuses two paths that come out the same.
 */
export const TASK_NAME: Check = {
  expected: `to be a non-empty string that is not '${SHARED}', not digits alone and not an object's own`,
  fits: (name) =>
    typeof name === 'string' && name !== '' && name !== SHARED && !/^\d+$/.test(name) && !(name in Object.prototype),
}

export const MODEL: Checks<ModelOptions> = {
  features: needed(FEATURES),
  taskNames: needed(listOf(TASK_NAME)),
  taskTypes: needed(listOf(either(oneOf('binary', 'regression'), having('a kind of plegrad/tasks', 'loss')))),
  towerDnnHiddenUnits: UNITS,
  l2RegEmbedding: L2,
  l2RegDnn: L2,
  initStd: L2,
  seed: integer,
  dnnDropout: RATE,
  dnnActivation: ACTIVATION,
  dnnUseBn: flag,
  batchNormEpsilon: EPSILON,
  batchNormMomentum: MOMENTUM,
  backend: BACKEND,
}

/** What models are built by and learn by, of a kind: one's own may lack it. */
const KIND = { kind: text, width: whole(1), labelWidth: whole(1), loss: callable, predictions: callable }

/**
 * The tasks by name, of names and types that are each by itself as they may be.
 * @throws RangeError if there are fewer than `minimum`, not as many types, a kind lacks what it must say, or a name is given twice.
 */
export function tasksOf(
  who: string,
  { taskNames, taskTypes }: Pick<ModelOptions, 'taskNames' | 'taskTypes'>,
  minimum: number,
): Readonly<Record<string, TaskType>> {
  if (taskNames.length < minimum)
    throw new RangeError(
      `${who}: expected at least ${minimum} ${minimum === 1 ? 'task' : 'tasks'} but got ${taskNames.length}`,
    )
  if (taskTypes.length !== taskNames.length)
    throw new RangeError(
      `${who}: expected a type for each of ${taskNames.length} tasks but got ${taskTypes.length} types`,
    )
  taskTypes.forEach((type, index) => {
    if (typeof type !== 'string')
      for (const [part, check] of Object.entries(type.classes ? { ...KIND, joined: callable } : KIND))
        checkValue(who, `${part} of the kind of '${taskNames[index]}'`, Reflect.get(type, part), check)
  })
  // A task may be called as no class of another is, of which there is an output.
  const names = taskNames.flatMap((name, index) => [...new Set([name, ...outputsOf(name, taskTypes[index])])])
  const known = new Set<string>()
  for (const name of names)
    if (known.size === known.add(name).size)
      throw new RangeError(`${who}: expected distinct task names but got '${name}' twice`)
  return Object.fromEntries(taskNames.map((name, index) => [name, taskTypes[index]]))
}

export const denseOptions = ({
  dnnActivation: activation = 'relu',
  dnnDropout: dropout = 0,
  dnnUseBn: batchNorm = false,
  l2RegDnn: l2 = 0,
  batchNormEpsilon,
  batchNormMomentum,
  backend,
}: Omit<ModelOptions, 'features' | 'taskNames' | 'taskTypes'>): DenseOptions => ({
  activation,
  dropout,
  batchNorm,
  batchNormEpsilon,
  batchNormMomentum,
  l2,
  ...(backend && { backend }),
})

export const embeddingOptions = ({
  l2RegEmbedding,
  initStd,
  backend,
}: Pick<ModelOptions, 'l2RegEmbedding' | 'initStd' | 'backend'>): EmbeddingOptions => ({
  l2RegEmbedding,
  initStd,
  backend,
})

/** What models share: the names and kinds of tasks, the options that all have, and what a forward pass returns. */
import { cpu } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'
import type { Batch, Feature } from '../data/index.ts'
import type { Tensor } from '../tensor/index.ts'
import type { ActivationName } from './activation.ts'
import type { DenseOptions } from './dense.ts'
import { SHARED } from './extraction.ts'
import type { ByGroup } from './extraction.ts'
import type { Pass } from './pass.ts'

/** Binary: a logit, learned by cross-entropy. Regression: the value itself, learned by squared error. */
export type TaskType = 'binary' | 'regression'

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
  /** Default 'relu'. */
  readonly dnnActivation?: ActivationName
  /** Default false. */
  readonly dnnUseBn?: boolean
  /** Where the parameters live. Default cpu, in float32. */
  readonly backend?: Backend
}

/** What a forward pass returns. */
export interface Forward {
  /** For each output that was wanted (b): a logit, or the value where the task is regression. */
  readonly logits: Readonly<Record<string, Tensor>>
  /** For each level and each gate that was needed: its weights (b experts). None where a model has no gates. */
  readonly gates: readonly ByGroup<Tensor>[]
}

/** A multi-task model, as training sees it. */
export interface Model {
  readonly features: readonly Feature[]
  /** The tasks that have labels and a loss. */
  readonly tasks: Readonly<Record<string, TaskType>>
  /** Tasks that happen only where another one does, by name, and that other: ctcvr and ctr. Labels must have it so. */
  readonly follows?: Readonly<Record<string, string>>
  forward(batch: Batch, pass?: Pass): Forward
  /** The experts that a gate weighs, in the order of its weights, where there are gates. */
  voices?(level: number, listener: string): readonly string[]
}

/** Names become parts of parameter paths and keys of records, so they are identifiers that no object already has. */
const isName = (name: unknown): boolean =>
  typeof name === 'string' && /^[A-Za-z_][\w-]*$/.test(name) && !(name in Object.prototype) && name !== SHARED

/**
 * The tasks by name.
 *
 * @throws RangeError if there are fewer than `minimum`, a type is unknown, or a name is reserved or given twice.
 */
export function tasksOf(
  who: string,
  { taskNames, taskTypes }: Pick<ModelOptions, 'taskNames' | 'taskTypes'>,
  minimum: number,
): Readonly<Record<string, TaskType>> {
  if (taskNames.length < minimum)
    throw new RangeError(`${who}: expected at least ${minimum} tasks but got ${taskNames.length}`)
  if (taskTypes.length !== taskNames.length)
    throw new RangeError(
      `${who}: expected a type for each of ${taskNames.length} tasks but got ${taskTypes.length} types`,
    )
  taskNames.forEach((name, index) => {
    if (!isName(name))
      throw new RangeError(
        `${who}: expected task names of letters, digits, _ and -, not '${SHARED}' nor an object's own, but got '${name}'`,
      )
    if (taskNames.indexOf(name) !== index)
      throw new RangeError(`${who}: expected distinct task names but got '${name}' twice`)
    const type: unknown = taskTypes[index]
    if (type !== 'binary' && type !== 'regression')
      throw new RangeError(`${who}: expected task '${name}' to be binary or regression but got '${String(type)}'`)
  })
  return Object.fromEntries(taskNames.map((name, index) => [name, taskTypes[index]]))
}

/** The options of a model's layers. */
export const denseOptions = (options: ModelOptions): DenseOptions => ({
  activation: options.dnnActivation ?? 'relu',
  dropout: options.dnnDropout ?? 0,
  batchNorm: options.dnnUseBn ?? false,
  l2: options.l2RegDnn ?? 0,
  backend: options.backend ?? cpu,
})

/**
 * The entire-space multi-task model (Ma et al., SIGIR 2018): click-through and conversion learned over all impressions
 * by way of pCTCVR = pCTR·pCVR, so that conversion is never learned on clicked rows alone. Embeddings are shared.
 */
import { add, neg, logSumExp, stack } from '../autograd/index.ts'
import { checkOptions } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import type { Batch, Dataset, Feature } from '../data/index.ts'
import { stream } from '../tensor/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { FeatureEmbedding } from './layers/embedding.ts'
import { INFERENCE, wantedTasks } from './forward.ts'
import type { ForwardOptions } from './forward.ts'
import type { TaskType } from './kinds/index.ts'
import { MODEL, TASK_NAME, denseOptions, embeddingOptions, tasksOf } from './tasks.ts'
import type { Model, ModelOptions, ModelOutput } from './tasks.ts'
import { Tower } from './layers/tower.ts'

/** What `ESMM` takes. */
export interface ESMMOptions extends Omit<ModelOptions, 'taskNames' | 'taskTypes'> {
  /** The click and the click-and-conversion task, both binary. Default ['ctr', 'ctcvr']. */
  readonly taskNames?: readonly [string, string]
  /** The name of the third output, conversion after a click, which has no label. Default 'cvr'. */
  readonly conversionName?: string
  /** The layers of each of the two networks. Default [256, 128]. */
  readonly towerDnnHiddenUnits?: readonly number[]
}

/**
 * The logit of σ(a)·σ(b), exactly: 1/p − 1 = e⁻ᵃ + e⁻ᵇ + e⁻ᵃ⁻ᵇ, so ln(p/(1 − p)) = −logSumExp(−a, −b, −a−b). It stays finite
 * where the product of the probabilities would round to 0 or 1.
 */
export const productLogit = (a: Tensor, b: Tensor): Tensor =>
  neg(logSumExp(stack([neg(a), neg(b), neg(add(a, b))]), { axis: 0 }))

const { taskTypes: _, ...SHARED_BY_ALL } = MODEL

export const ESMM_OPTIONS: Checks<ESMMOptions> = {
  ...SHARED_BY_ALL,
  taskNames: { ...MODEL.taskNames, needed: false },
  conversionName: TASK_NAME,
}

/** Click-through and conversion over all impressions (Ma et al., SIGIR 2018). */
export class ESMM implements Model {
  readonly features: readonly Feature[]
  readonly tasks: Readonly<Record<string, TaskType>>
  /** Conversion after a click is click and conversion together, of the rows with a click. */
  readonly derived: Readonly<Record<string, { readonly of: string; readonly where: string }>>
  readonly embedding: FeatureEmbedding
  readonly click: Tower
  readonly conversion: Tower
  readonly options: ESMMOptions
  readonly #names: readonly [click: string, both: string, conversion: string]

  /** @throws RangeError naming the option that does not fit. */
  constructor(options: ESMMOptions) {
    if ('taskTypes' in options)
      throw new RangeError(
        'ESMM: expected no taskTypes but got some: because both of its tasks are binary, for a conversion is a product of probabilities',
      )
    checkOptions('ESMM', options, ESMM_OPTIONS)
    const { features, taskNames = ['ctr', 'ctcvr'], conversionName = 'cvr' } = options
    const { towerDnnHiddenUnits = [256, 128], seed = 1024 } = options
    this.options = options
    this.features = features
    if (taskNames.length !== 2) throw new RangeError(`ESMM: expected two tasks but got ${taskNames.length as number}`)
    const names = [...taskNames, conversionName]
    tasksOf('ESMM', { taskNames: names, taskTypes: ['binary', 'binary', 'binary'] }, 3)
    this.tasks = tasksOf('ESMM', { taskNames, taskTypes: ['binary', 'binary'] }, 2)
    this.derived = { [conversionName]: { of: taskNames[1], where: taskNames[0] } }
    this.#names = [taskNames[0], taskNames[1], conversionName]
    const dense = denseOptions(options)
    const root = stream(seed)
    this.embedding = new FeatureEmbedding(features, root.stream('embedding'), embeddingOptions(options))
    this.click = new Tower(this.embedding.width, towerDnnHiddenUnits, root.stream('click'), dense)
    this.conversion = new Tower(this.embedding.width, towerDnnHiddenUnits, root.stream('conversion'), dense)
  }

  get biases() {
    const [click, both] = this.#names
    return { [click]: this.click.bias, [both]: this.conversion.bias }
  }

  /** Click and conversion together come of a click: throws a RangeError for a row with the one label and not the other. */
  checkLabels(who: string, labels: Dataset['labels'], tasks: readonly string[]): void {
    const [first, task] = this.#names
    const [before, after] = [labels[first], labels[task]]
    const row = tasks.includes(task) && before ? after.findIndex((label, at) => label > before[at]) : -1
    if (row >= 0)
      throw new RangeError(
        `${who}: expected labels of '${task}' no higher than those of '${first}' but got ${after[row]} and ` +
          `${before[row]} at row ${row}: because '${task}' happens only where '${first}' does`,
      )
  }

  /**
   * A batch of b rows to the logits (b) of click, of click and conversion, and of conversion after a click. The last
   * comes with the one before, of which it is a part.
   * @throws RangeError if tasks are wanted that there are not.
   */
  forward(batch: Batch, options: ForwardOptions = INFERENCE): ModelOutput {
    const [click, both, conversion] = this.#names
    const wanted = wantedTasks('ESMM', [click, both], options)
    const x = this.embedding.forward(batch)
    const clicked = this.click.forward(x, options)
    const first = wanted.includes(click) ? { [click]: clicked } : {}
    if (!wanted.includes(both)) return { logits: first, gates: [] }
    const converted = this.conversion.forward(x, options)
    return { logits: { ...first, [both]: productLogit(clicked, converted), [conversion]: converted }, gates: [] }
  }
}

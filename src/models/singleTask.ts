/** Single-task learning: a network of its own for each task, nothing shared. The twin that gains are measured against. */
import { checkOptions } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import type { Batch, Feature } from '../data/index.ts'
import { stream } from '../tensor/index.ts'
import type { Stream, Tensor } from '../tensor/index.ts'
import { SOME_UNITS } from './layers/dense.ts'
import type { DenseOptions } from './layers/dense.ts'
import { FeatureEmbedding } from './layers/embedding.ts'
import { Expert } from './layers/expert.ts'
import { byGroup } from './extraction.ts'
import { INFERENCE, wantedTasks } from './forward.ts'
import type { ForwardOptions } from './forward.ts'
import { kindOf } from './kinds/index.ts'
import type { TaskType } from './kinds/index.ts'
import { MODEL, denseOptions, embeddingOptions, tasksOf } from './tasks.ts'
import type { Model, ModelOptions, ModelOutput } from './tasks.ts'
import { Tower } from './layers/tower.ts'

/** What `SingleTask` takes. */
export interface SingleTaskOptions extends ModelOptions {
  /** The layers below each tower. Default [256]. */
  readonly bottomDnnHiddenUnits?: readonly number[]
}

export const SINGLE_TASK: Checks<SingleTaskOptions> = { ...MODEL, bottomDnnHiddenUnits: SOME_UNITS }

/** Embeddings, layers and tower of one task. */
export class SingleTaskNetwork {
  readonly embedding: FeatureEmbedding
  readonly bottom: Expert
  readonly tower: Tower

  constructor(options: SingleTaskOptions, dense: DenseOptions, root: Stream, logits = 1) {
    const { features, bottomDnnHiddenUnits = [256], towerDnnHiddenUnits = [64] } = options
    this.embedding = new FeatureEmbedding(features, root.stream('embedding'), embeddingOptions(options))
    this.bottom = new Expert(this.embedding.width, bottomDnnHiddenUnits, root.stream('bottom'), dense)
    const width = bottomDnnHiddenUnits[bottomDnnHiddenUnits.length - 1]
    this.tower = new Tower(width, towerDnnHiddenUnits, root.stream('tower'), dense, logits)
  }

  /** A batch of b rows to its logit (b), or logits (b width). */
  forward(batch: Batch, options: ForwardOptions): Tensor {
    return this.tower.forward(this.bottom.forward(this.embedding.forward(batch), options), options)
  }
}

/** A network for each task, which shares nothing. */
export class SingleTask implements Model {
  readonly features: readonly Feature[]
  readonly tasks: Readonly<Record<string, TaskType>>
  readonly networks: Readonly<Record<string, SingleTaskNetwork>>
  readonly options: SingleTaskOptions

  /** @throws RangeError naming the option that does not fit. */
  constructor(options: SingleTaskOptions) {
    checkOptions('SingleTask', options, SINGLE_TASK)
    this.options = options
    this.features = options.features
    this.tasks = tasksOf('SingleTask', options, 1)
    const root = stream(options.seed ?? 1024)
    this.networks = byGroup(
      options.taskNames,
      (task) =>
        new SingleTaskNetwork(
          options,
          denseOptions(options),
          root.stream(`networks.${task}`),
          kindOf(this.tasks[task]).width,
        ),
    )
  }

  get biases() {
    return byGroup(Object.keys(this.tasks), (task) => this.networks[task].tower.bias)
  }

  /** A batch of b rows to the logits of each task. Throws a RangeError if tasks are wanted that there are not. */
  forward(batch: Batch, options: ForwardOptions = INFERENCE): ModelOutput {
    const wanted = wantedTasks('SingleTask', Object.keys(this.tasks), options)
    return { logits: byGroup(wanted, (task) => this.networks[task].forward(batch, options)), gates: [] }
  }
}

/** Shared-bottom (Caruana 1997): one network for all tasks, a tower for each. No experts, no gates. */
import { checkOptions } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import type { Batch, Feature } from '../data/index.ts'
import { stream } from '../tensor/index.ts'
import { MODEL, denseOptions, embeddingOptions, tasksOf } from './tasks.ts'
import type { Model, ModelOptions, ModelOutput } from './tasks.ts'
import { SOME_UNITS } from './layers/dense.ts'
import { FeatureEmbedding } from './layers/embedding.ts'
import { Expert } from './layers/expert.ts'
import { byGroup } from './extraction.ts'
import { INFERENCE, wantedTasks } from './forward.ts'
import type { ForwardOptions } from './forward.ts'
import { kindOf } from './kinds/index.ts'
import type { TaskType } from './kinds/index.ts'
import { Tower } from './layers/tower.ts'

/** What `SharedBottom` takes. */
export interface SharedBottomOptions extends ModelOptions {
  /** Default [256, 128]. */
  readonly bottomDnnHiddenUnits?: readonly number[]
}

export const SHARED_BOTTOM: Checks<SharedBottomOptions> = { ...MODEL, bottomDnnHiddenUnits: SOME_UNITS }

/** One network for all tasks, a tower for each (Caruana 1997). */
export class SharedBottom implements Model {
  readonly features: readonly Feature[]
  readonly tasks: Readonly<Record<string, TaskType>>
  readonly embedding: FeatureEmbedding
  readonly bottom: Expert
  readonly towers: Readonly<Record<string, Tower>>
  readonly options: SharedBottomOptions

  /** @throws RangeError naming the option that does not fit. */
  constructor(options: SharedBottomOptions) {
    checkOptions('SharedBottom', options, SHARED_BOTTOM)
    const { features, bottomDnnHiddenUnits = [256, 128], towerDnnHiddenUnits = [64], seed = 1024 } = options
    this.options = options
    this.features = features
    this.tasks = tasksOf('SharedBottom', options, 2)
    const dense = denseOptions(options)
    const root = stream(seed)
    this.embedding = new FeatureEmbedding(features, root.stream('embedding'), embeddingOptions(options))
    this.bottom = new Expert(this.embedding.width, bottomDnnHiddenUnits, root.stream('bottom'), dense)
    const width = bottomDnnHiddenUnits[bottomDnnHiddenUnits.length - 1]
    this.towers = byGroup(
      options.taskNames,
      (task) =>
        new Tower(width, towerDnnHiddenUnits, root.stream(`towers.${task}`), dense, kindOf(this.tasks[task]).width),
    )
  }

  get biases() {
    return byGroup(Object.keys(this.tasks), (task) => this.towers[task].bias)
  }

  /** A batch of b rows to a logit (b) per task. Throws a RangeError if tasks are wanted that there are not. */
  forward(batch: Batch, options: ForwardOptions = INFERENCE): ModelOutput {
    const wanted = wantedTasks('SharedBottom', Object.keys(this.tasks), options)
    const signal = this.bottom.forward(this.embedding.forward(batch), options)
    return { logits: byGroup(wanted, (task) => this.towers[task].forward(signal, options)), gates: [] }
  }
}

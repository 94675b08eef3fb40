/**
 * Wide & Deep (Cheng et al. 2016): beside a network on embeddings, a linear model that remembers single ids and their
 * combinations, see `crossedFeature`. It refuses features of one name that differ, since data has one of each name.
 */
import { add } from '../autograd/index.ts'
import { checkOptions } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { checkTogether, sameFeature } from '../data/index.ts'
import type { Batch, Feature } from '../data/index.ts'
import { stream } from '../tensor/index.ts'
import { L2, UNITS, denseStack, stackWidth, throughStack } from './layers/dense.ts'
import type { Dense } from './layers/dense.ts'
import { FeatureEmbedding } from './layers/embedding.ts'
import { byGroup } from './extraction.ts'
import { INFERENCE, wantedTasks } from './forward.ts'
import type { ForwardOptions } from './forward.ts'
import { kindOf } from './kinds/index.ts'
import type { TaskType } from './kinds/index.ts'
import { MODEL, denseOptions, embeddingOptions, tasksOf } from './tasks.ts'
import type { Model, ModelOptions, ModelOutput } from './tasks.ts'
import { Tower } from './layers/tower.ts'
import { Wide } from './layers/wide.ts'
import type { WideOptions } from './layers/wide.ts'

/** What `WideDeep` takes. */
export interface WideDeepOptions extends Omit<ModelOptions, 'features'>, Pick<WideOptions, 'l2RegLinear'> {
  /** What has a weight for each of its ids or numbers. The dimension of their embeddings does not matter here. */
  readonly wideFeatures: readonly Feature[]
  /** What the network reads, embedded. A feature may be in both lists. */
  readonly deepFeatures: readonly Feature[]
  /** The network's layers, which tasks share. Default [256, 128, 64]. */
  readonly bottomDnnHiddenUnits?: readonly number[]
  /** Layers of each task's own, above those that are shared. Default []. */
  readonly towerDnnHiddenUnits?: readonly number[]
}

/** The network: embeddings and layers that tasks share, and a tower for each. */
export interface Deep {
  readonly embedding: FeatureEmbedding
  readonly layers: readonly Dense[]
  readonly towers: Readonly<Record<string, Tower>>
}

const { features: FEATURES, ...SHARED_BY_ALL } = MODEL

export const WIDE_DEEP: Checks<WideDeepOptions> = {
  ...SHARED_BY_ALL,
  wideFeatures: FEATURES,
  deepFeatures: FEATURES,
  bottomDnnHiddenUnits: UNITS,
  l2RegLinear: L2,
}

/** Those of both lists, each once. */
function featuresOf({ wideFeatures, deepFeatures }: WideDeepOptions): readonly Feature[] {
  for (const features of [wideFeatures, deepFeatures]) checkTogether(features)
  const wideOnly = wideFeatures.filter((feature) => {
    const twin = deepFeatures.find(({ name }) => name === feature.name)
    if (twin && !sameFeature(twin, feature))
      throw new RangeError(
        `WideDeep: expected feature '${feature.name}' to be one in wideFeatures and deepFeatures but got two that differ: because both are read from one column`,
      )
    return !twin
  })
  const features = [...deepFeatures, ...wideOnly]
  checkTogether(features)
  return features
}

/** A linear model and a network, added up (Cheng et al. 2016). */
export class WideDeep implements Model {
  /** Those of the network, and then those that are wide only. */
  readonly features: readonly Feature[]
  readonly tasks: Readonly<Record<string, TaskType>>
  /** By task. */
  readonly wide: Readonly<Record<string, Wide>>
  readonly deep: Deep
  readonly options: WideDeepOptions

  /** @throws RangeError naming the option that does not fit. */
  constructor(options: WideDeepOptions) {
    checkOptions('WideDeep', options, WIDE_DEEP)
    const { wideFeatures, deepFeatures, taskNames, bottomDnnHiddenUnits = [256, 128, 64] } = options
    const { towerDnnHiddenUnits = [], seed = 1024, l2RegLinear, backend } = options
    this.options = options
    this.features = featuresOf(options)
    this.tasks = tasksOf('WideDeep', options, 1)
    const dense = denseOptions(options)
    const root = stream(seed)
    this.wide = byGroup(
      taskNames,
      (task) => new Wide(wideFeatures, { l2RegLinear, backend, width: kindOf(this.tasks[task]).width }),
    )
    const embedding = new FeatureEmbedding(deepFeatures, root.stream('embedding'), embeddingOptions(options))
    const width = stackWidth(embedding.width, bottomDnnHiddenUnits)
    this.deep = {
      embedding,
      layers: denseStack('WideDeep', embedding.width, bottomDnnHiddenUnits, root.stream('bottom'), dense),
      towers: byGroup(
        taskNames,
        (task) =>
          new Tower(width, towerDnnHiddenUnits, root.stream(`towers.${task}`), dense, kindOf(this.tasks[task]).width),
      ),
    }
  }

  get biases() {
    return byGroup(Object.keys(this.tasks), (task) => this.deep.towers[task].bias)
  }

  /**
   * A batch of b rows to the logits of each task, the sum of what both parts say and of one bias each, which is the tower's (Eq. 3).
   * @throws RangeError if tasks are wanted that there are not.
   */
  forward(batch: Batch, options: ForwardOptions = INFERENCE): ModelOutput {
    const wanted = wantedTasks('WideDeep', Object.keys(this.tasks), options)
    const { embedding, layers, towers } = this.deep
    const signal = throughStack(layers, embedding.forward(batch), options)
    return {
      logits: byGroup(wanted, (task) => add(towers[task].forward(signal, options), this.wide[task].forward(batch))),
      gates: [],
    }
  }
}

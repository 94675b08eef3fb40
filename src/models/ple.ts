/**
 * Progressive layered extraction (Tang et al., RecSys 2020): levels of extraction, one tower per task on top.
 * With one level it is CGC; without task experts MMoE. It refuses fewer than two tasks: see `SingleTask`.
 */
import { anything, checkOptions, checkValue, recordOf, whole } from '../checks/index.ts'
import type { Check, Checks } from '../checks/index.ts'
import type { Batch, Feature } from '../data/index.ts'
import { stream } from '../tensor/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { SOME_UNITS, UNITS, stackWidth } from './layers/dense.ts'
import { FeatureEmbedding } from './layers/embedding.ts'
import { Extraction, SHARED, byGroup } from './extraction.ts'
import type { ByGroup, Group } from './extraction.ts'
import { INFERENCE, wantedTasks } from './forward.ts'
import type { ForwardOptions } from './forward.ts'
import { kindOf } from './kinds/index.ts'
import type { TaskType } from './kinds/index.ts'
import { MODEL, denseOptions, embeddingOptions, tasksOf } from './tasks.ts'
import type { Model, ModelOptions, ModelOutput } from './tasks.ts'
import { Tower } from './layers/tower.ts'

/** What `PLE` takes. */
export interface PLEOptions extends ModelOptions {
  /** Experts that all tasks hear, in each level. Default 1. */
  readonly sharedExpertNum?: number
  /** Experts of each task's own, in each level: one number for all, or one per task. Default 1. */
  readonly specificExpertNum?: number | Readonly<Record<string, number>>
  /** Default 2. */
  readonly numLevels?: number
  /** Default [256]. */
  readonly expertDnnHiddenUnits?: readonly number[]
  /** Layers in front of each gate's softmax. Default []. */
  readonly gateDnnHiddenUnits?: readonly number[]
}

/** More than anybody mixes, and few enough to be made before anybody can tell how many numbers they have. */
const MOST = 1024

const COUNT = whole(0, MOST)

/** What `PLE` takes; how many experts each task has is looked at by the names of tasks. */
export const PLE_OPTIONS: Checks<PLEOptions> = {
  ...MODEL,
  sharedExpertNum: COUNT,
  specificExpertNum: anything,
  numLevels: whole(1, MOST),
  expertDnnHiddenUnits: SOME_UNITS,
  gateDnnHiddenUnits: UNITS,
}

/** One number for all tasks, or one for each of them by name. */
function countsOf(taskNames: readonly string[]): Check {
  const counts = recordOf(COUNT)
  return {
    ...counts,
    expected: `${COUNT.expected}, or an object with one for each of ${taskNames.join(', ')},`,
    fits: (value) =>
      COUNT.fits(value) ||
      (counts.fits(value) &&
        Object.keys(value as object)
          .sort()
          .join() === [...taskNames].sort().join()),
  }
}

function expertNumsOf({ taskNames, specificExpertNum = 1, sharedExpertNum = 1 }: PLEOptions): ByGroup<number> {
  checkValue('PLE', 'specificExpertNum', specificExpertNum, countsOf(taskNames))
  return byGroup([...taskNames, SHARED], (group) =>
    group === SHARED
      ? sharedExpertNum
      : typeof specificExpertNum === 'number'
        ? specificExpertNum
        : specificExpertNum[group],
  )
}

/** Progressive layered extraction (Tang et al., RecSys 2020). */
export class PLE implements Model {
  readonly features: readonly Feature[]
  readonly tasks: Readonly<Record<string, TaskType>>
  readonly embedding: FeatureEmbedding
  readonly levels: readonly Extraction[]
  readonly towers: Readonly<Record<string, Tower>>
  readonly options: PLEOptions

  /** @throws RangeError naming the option that does not fit. */
  constructor(options: PLEOptions) {
    checkOptions('PLE', options, PLE_OPTIONS)
    const { features, taskNames, numLevels = 2, expertDnnHiddenUnits = [256], gateDnnHiddenUnits = [] } = options
    const { towerDnnHiddenUnits = [64], seed = 1024 } = options
    this.options = options
    this.features = features
    this.tasks = tasksOf('PLE', options, 2)
    const expertNums = expertNumsOf(options)
    const dense = denseOptions(options)
    const root = stream(seed)

    this.embedding = new FeatureEmbedding(features, root.stream('embedding'), embeddingOptions(options))
    const expertWidth = stackWidth(0, expertDnnHiddenUnits)
    this.levels = Array.from({ length: numLevels }, (_, level) => {
      const last = level === numLevels - 1
      const listeners = last || expertNums[SHARED] === 0 ? taskNames : [...taskNames, SHARED]
      const inputs = level === 0 ? this.embedding.width : expertWidth
      const sizes = { expertUnits: expertDnnHiddenUnits, gateUnits: gateDnnHiddenUnits }
      return new Extraction(inputs, { expertNums, listeners, ...sizes, dense }, root.stream(`levels.${level}`))
    })
    this.towers = byGroup(
      taskNames,
      (task) =>
        new Tower(
          expertWidth,
          towerDnnHiddenUnits,
          root.stream(`towers.${task}`),
          dense,
          kindOf(this.tasks[task]).width,
        ),
    )
  }

  get biases() {
    return byGroup(Object.keys(this.tasks), (task) => this.towers[task].bias)
  }

  /**
   * A batch of b rows to a logit (b) per task. The selector of each level is what the gates below passed on (Eq. 6).
   * @throws RangeError if tasks are wanted that there are not.
   */
  forward(batch: Batch, options: ForwardOptions = INFERENCE): ModelOutput {
    const wanted = wantedTasks('PLE', Object.keys(this.tasks), options)
    const listeners = this.#listeners(wanted)
    const x = this.embedding.forward(batch)
    let signals: ByGroup<Tensor> = byGroup([...Object.keys(this.tasks), SHARED], () => x)
    const gates = this.levels.map((level, index) => {
      const heard = level.forward(signals, options, listeners[index])
      signals = heard.signals
      return heard.weights
    })
    return { logits: byGroup(wanted, (task) => this.towers[task].forward(signals[task], options)), gates }
  }

  /** Of each level the gates that these tasks depend on, found from the top down. */
  #listeners(tasks: readonly string[]): readonly (readonly Group[])[] {
    const listeners = [tasks]
    for (let level = this.levels.length - 1; level > 0; level--)
      listeners.unshift(this.levels[level].sources(listeners[0]))
    return listeners
  }

  voices(level: number, listener: string): readonly string[] {
    return this.levels[level].voices(listener)
  }
}

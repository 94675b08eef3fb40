/**
 * What a model's tasks owe to each feature: how far their metrics fall when that feature's values go to other rows. It looks
 * and moves nothing, and refuses features that the model does not read.
 */
import { checkOptions, didYouMean, integer, listOf, recordOf, text, whole } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import type { Dataset, Feature } from '../../data/index.ts'
import type { Model } from '../../models/index.ts'
import { stream } from '../../tensor/index.ts'
import { byTask } from '../byTask.ts'
import type { ByTask } from '../byTask.ts'
import { TASK_METRICS, checkData, checkMetrics, metricsOf } from '../dataChecks.ts'
import type { TaskMetrics } from '../dataChecks.ts'
import { scoresOf } from '../scoring/evaluate.ts'
import type { Scores } from '../scoring/evaluate.ts'
import { multiTaskGain } from '../../metrics/index.ts'
import { PREDICT, scoringOnce } from '../scoring/predict.ts'
import type { PredictOptions } from '../scoring/predict.ts'
import { nextInterval } from './nextInterval.ts'

/** What `permutationImportance` takes. */
export interface ImportanceOptions extends PredictOptions {
  /** Which metrics, by task. Default: AUC and log loss of a binary task, MSE and MAE of a regression. */
  readonly metrics?: TaskMetrics
  /** How often each is shuffled. Default 10. */
  readonly repeats?: number
  /** Of the shuffling. Default 1024. */
  readonly seed?: number
  /** Features that are shuffled together, by a name for them. Default: each feature by itself. */
  readonly groups?: Readonly<Record<string, readonly string[]>>
}

/** How far a metric falls, in its own units: above 0 where the model does worse without. */
export interface Importance {
  /** Over repeats. */
  readonly mean: number
  /**
   * mean ± half is the 95 % interval over repeats: it holds 0 where the rows' own order does no better or worse than one
   * more shuffle would, which is so of 19 in 20 features that have nothing to do with the rest.
   */
  readonly half: number
  /** Of each repeat. */
  readonly falls: readonly number[]
}

/** What tasks owe to features, and how well they do with all. */
export interface Importances {
  /** Nothing shuffled. */
  readonly baseline: Scores
  /** By group, which is a feature where no groups are given; then by task and metric. */
  readonly groups: Readonly<Record<string, ByTask<Readonly<Record<string, Importance>>>>>
}

const OPTIONS: Checks<Omit<ImportanceOptions, keyof PredictOptions>> = {
  metrics: TASK_METRICS,
  repeats: whole(2),
  seed: integer,
  groups: recordOf(listOf(text, 1)),
}

/** What a dataset has of a feature, by name. */
const partsOf = (feature: Feature): readonly string[] =>
  feature.kind === 'varLen' && feature.weights !== undefined ? [feature.name, feature.weights] : [feature.name]

/** The columns of each group. */
function groupsOf(
  { features }: Model,
  groups: ImportanceOptions['groups'],
): Readonly<Record<string, readonly string[]>> {
  const names = features.map(({ name }) => name)
  const each = groups ?? Object.fromEntries(names.map((name) => [name, [name]]))
  const columns = (name: string): readonly string[] => {
    const feature = features.find((known) => known.name === name)
    if (!feature)
      throw new RangeError(
        `permutationImportance: expected groups of features that the model reads but got '${name}'${didYouMean(name, names)}`,
      )
    return partsOf(feature)
  }
  return Object.fromEntries(Object.entries(each).map(([group, members]) => [group, members.flatMap(columns)]))
}

/** The data with some columns of another. */
function withColumns(data: Dataset, columns: readonly string[], other: Dataset): Dataset {
  const swapped = <T>(own: Readonly<Record<string, T>>, others: Readonly<Record<string, T>>) => ({
    ...own,
    ...Object.fromEntries(columns.filter((name) => Object.hasOwn(own, name)).map((name) => [name, others[name]])),
  })
  return { ...data, ids: swapped(data.ids, other.ids), numbers: swapped(data.numbers, other.numbers) }
}

/**
 * How far the metrics of each task fall when a feature's values, or those of a group of features together, are shuffled
 * over the rows: M − M′ where higher is better and M′ − M where lower is, M′ being the shuffled one. The model is not
 * trained again, so this is what it relies on; of two features that say the same it may rely on either.
 *
 * Lists are shuffled whole, with their weights. A crossed feature is shuffled as itself, for data has its combinations and
 * not their parts: `groups: { user: ['user', 'user_x_tab'] }` has whatever is known of the user move together. In a repeat
 * all groups move by one permutation, so that none depends on which others are asked for.
 *
 * To a feature that is random the rows' own order is one like any other. So mean ± half is where the fall of one more shuffle
 * lies, t·s·√(1 + 1/repeats) to either side: an interval of the mean alone would become ever narrower with repeats, and
 * would call noise important that a model has learned by chance.
 *
 * Breiman, “Random Forests”, Machine Learning 45, 2001, §10; Fisher, Rudin and Dominici, “All Models are Wrong, but Many
 * are Useful”, JMLR 20, 2019, Eq. 3.
 * @throws RangeError if data or options do not fit the model, or there are fewer than two rows.
 */
export function permutationImportance(model: Model, data: Dataset, options: ImportanceOptions = {}): Importances {
  const who = 'permutationImportance'
  const tasks = Object.keys(model.tasks)
  checkData(who, model, data, tasks)
  checkOptions(who, options, { ...PREDICT, ...OPTIONS })
  const { metrics = {}, repeats = 10, seed = 1024, groups, ...running } = options
  checkMetrics(who, model, metrics, () => data.rows)
  const columns = groupsOf(model, groups)
  if (data.rows < 2) throw new RangeError(`${who}: expected at least two rows but got ${data.rows}`)
  return scoringOnce(model, running, (once) => {
    const scored = (given: Dataset): Scores => scoresOf(model, once.predict(given), given, metrics)
    const baseline = scored(data)
    const shuffles = Array.from({ length: repeats }, (_, repeat) => {
      const order = stream(seed).stream(`shuffle ${repeat}`).permutation(data.rows)
      const shuffled = data.select(order)
      return Object.fromEntries(
        Object.entries(columns).map(([group, names]) => [group, scored(withColumns(data, names, shuffled))]),
      )
    })
    const importances = (group: string, task: string): Readonly<Record<string, Importance>> =>
      Object.fromEntries(
        metricsOf(model.tasks[task], metrics[task]).map(({ name, direction }) => {
          const fall = (scores: Readonly<Record<string, Scores>>): number =>
            multiTaskGain(baseline[task][name], scores[group][task][name], { direction })
          const falls = shuffles.map(fall)
          return [name, { ...nextInterval(falls), falls }]
        }),
      )
    const outputs = Object.keys(baseline)
    const ofGroup = (group: string) => byTask(outputs, (task) => importances(group, task))
    return { baseline, groups: Object.fromEntries(Object.keys(columns).map((group) => [group, ofGroup(group)])) }
  })
}

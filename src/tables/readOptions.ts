/**
 * What is said of a table that is read: features, tasks, labels, weights, parts. It refuses labels that a feature reads, and
 * features of a model that are not those that are named.
 */
import { checkNames, checkValue, didYouMean, either, having, listOf, recordOf, text } from '../checks/index.ts'
import type { Check } from '../checks/index.ts'
import { LABEL_KINDS } from '../data/index.ts'
import type { Feature, LabelKind } from '../data/index.ts'
import { nameOf } from './featureSpec.ts'
import type { FeatureSpec } from './featureSpec.ts'
import { checkSpecs } from './specSchema.ts'
import type { Split } from './split.ts'

/** What is read of a table, and how. */
export interface ReadOptions {
  /** What features read, and what of them is fitted on training rows. Default those of `fitted`, each of its own column. */
  readonly features?: readonly FeatureSpec[]
  /** Features as a model has them, in the order of `features`: nothing is fitted. */
  readonly fitted?: readonly Feature[]
  /** What labels must be, by task. */
  readonly tasks?: Readonly<Record<string, LabelKind>>
  /**
   * The columns of labels, by task. Default those of the tasks' names. Null is outside of a task's sample space. Of a task of
   * several labels a row it is a column of lists, of numbers or of names, or a column for each label.
   */
  readonly labels?: Readonly<Record<string, string | readonly string[]>>
  /** The column of what a row counts for: of all tasks, or by task. */
  readonly sampleWeights?: string | Readonly<Record<string, string>>
  /** Default all rows are for training. */
  readonly split?: Split
}

/** How many labels a row has of a task. */
export const widthOf = (kind: LabelKind | undefined): number => (typeof kind === 'object' ? kind.labelWidth : 1)

/** The columns of labels, by task. */
export const labelColumns = (
  tasks: object,
  labels: NonNullable<ReadOptions['labels']>,
): NonNullable<ReadOptions['labels']> => ({
  ...Object.fromEntries(Object.keys(tasks).map((task) => [task, task])),
  ...labels,
})

/** The columns of a table that a feature reads. */
const readBy = (spec: FeatureSpec): readonly string[] =>
  spec.kind === 'crossed'
    ? spec.columns
    : [spec.column ?? spec.name, ...(spec.kind === 'varLen' && spec.weights !== undefined ? [spec.weights] : [])]

/** A spec that reads what a feature of a model reads, from a column of its name. */
export const specOf = (feature: Feature): FeatureSpec => {
  const { name } = feature
  if (feature.kind === 'dense') {
    const missing = feature.scaling?.missing?.[0]
    return { kind: 'dense', name, dimension: feature.dimension, ...(missing !== undefined && { missing }) }
  }
  const way = feature.vocabulary
    ? {}
    : feature.hashBuckets !== undefined
      ? { hashBuckets: feature.hashBuckets }
      : feature.edges
        ? { edges: feature.edges }
        : { vocabularySize: feature.vocabularySize }
  if (feature.kind === 'varLen') {
    const { maxLength, weights } = feature
    return { kind: 'varLen', name, maxLength, ...way, ...(weights !== undefined && { weights }) }
  }
  return feature.crosses
    ? { kind: 'crossed', name, columns: feature.crosses, hashBuckets: feature.hashBuckets! }
    : { kind: 'sparse', name, ...way }
}

const OPTIONS: Readonly<Record<Exclude<keyof ReadOptions, 'features' | 'split'>, Check>> = {
  fitted: listOf(having('a feature, as a model has it,', 'kind', 'name'), 1),
  tasks: LABEL_KINDS,
  labels: recordOf(either(text, listOf(text, 1))),
  sampleWeights: either(text, recordOf(text)),
}

/** Throws a RangeError in words unless options are known, and labels are apart from what features read. */
export function checkReading(who: string, options: ReadOptions): void {
  const { features, fitted, tasks = {}, labels = {}, sampleWeights = {} } = options
  checkNames(who, options, [...Object.keys(OPTIONS), 'features', 'split'])
  for (const [name, check] of Object.entries(OPTIONS)) {
    const value = options[name as keyof ReadOptions]
    if (value !== undefined) checkValue(who, name, value, check)
  }
  if (features) checkSpecs(who, 'features', features)
  else if (!fitted)
    throw new RangeError(
      `${who}: expected features, or fitted ones, but got neither: because a row is what its features are`,
    )
  const specs = features ?? fitted!.map(specOf)
  const columns = labelColumns(tasks, labels)
  const refuse = (expected: string, got: string, because: string): never => {
    throw new RangeError(`${who}: expected ${expected} but got ${got}: because ${because}`)
  }
  for (const [task, of] of Object.entries(columns)) {
    const width = widthOf(tasks[task])
    if (typeof of !== 'string' && of.length !== width)
      refuse(
        width > 1 ? `a column for each of ${width} labels of task '${task}'` : `one column for task '${task}'`,
        String(of.length),
        'each is a number of a row',
      )
    const read = typeof of === 'string' ? [of] : of
    if (task === '' || task in Object.prototype)
      refuse('label names that no object already has', `'${task}'`, 'records are keyed by them')
    const reader = specs.find((spec) => nameOf(spec) === task || readBy(spec).some((column) => read.includes(column)))
    if (reader)
      refuse(
        'labels apart from features',
        `'${read.find((column) => readBy(reader).includes(column)) ?? read[0]}' of task '${task}' in feature '${nameOf(reader)}'`,
        'a model would read what it is to predict',
      )
  }
  if (typeof sampleWeights !== 'string')
    for (const task of Object.keys(sampleWeights))
      if (!(task in columns))
        refuse(`labels of task '${task}'`, 'none', `sample weights name it${didYouMean(task, Object.keys(columns))}`)
}

export function checkFitted(who: string, specs: readonly FeatureSpec[], fitted: readonly Feature[]): void {
  const [wanted, given] = [specs.map(nameOf).join(', '), fitted.map(({ name }) => name).join(', ')]
  if (wanted !== given)
    throw new RangeError(
      `${who}: expected fitted features ${wanted} but got ${given}: because each is read as features say`,
    )
}

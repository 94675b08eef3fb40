/**
 * A model as plain JSON and back: its kind, its options, its features with their vocabularies, and its numbers by path.
 * It refuses what it does not know, and holds no function: transforms of dense features are given again on restoring.
 */
import { featuresFromJSON, featuresToJSON } from '../data/index.ts'
import type { DenseFeature, Feature, FeatureJSON } from '../data/index.ts'
import type { Backend } from '../kernels/index.ts'
import { ESMM } from './esmm.ts'
import { loadState, stateOf } from './parameters.ts'
import { PLE } from './ple.ts'
import { SharedBottom } from './sharedBottom.ts'
import { SingleTask } from './singleTask.ts'
import { WideDeep } from './wideDeep.ts'
import type { WideDeepOptions } from './wideDeep.ts'

/** The classes by the name they are saved under. The zoo's other models are PLE with other options. */
const KINDS = { PLE, SharedBottom, SingleTask, ESMM, WideDeep } as const

export type SavableModel = InstanceType<(typeof KINDS)[keyof typeof KINDS]>

export interface SavedModel {
  /** Of this format. */
  readonly version: 1
  readonly kind: keyof typeof KINDS
  /** The constructor's, without backend and features; of lists of features beside `features`, the names. */
  readonly options: Readonly<Record<string, unknown>>
  readonly features: readonly FeatureJSON[]
  readonly parameters: Readonly<Record<string, readonly number[]>>
}

/** The options that list some of a model's features. A file holds each feature once, and these as names. */
const PARTS: readonly string[] = ['wideFeatures', 'deepFeatures'] satisfies (keyof WideDeepOptions)[]

const namesOf = (features: readonly Feature[]): readonly string[] => features.map(({ name }) => name)

/** The feature of each name in a list that a file has under `part`. */
const named = (part: string, names: unknown, features: readonly Feature[]): readonly Feature[] =>
  (names as readonly string[]).map((name) => {
    const feature = features.find((candidate) => candidate.name === name)
    if (feature) return feature
    throw new RangeError(`restoreModel: expected ${part} among ${namesOf(features).join(', ')} but got '${name}'`)
  })

/** All of a model as an object for `JSON.stringify`. Throws a RangeError for a model of one's own: save its `stateOf`. */
export function saveModel(model: SavableModel): SavedModel {
  const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((name) => model instanceof KINDS[name])
  if (!kind) throw new RangeError(`saveModel: expected one of ${Object.keys(KINDS).join(', ')} but got another model`)
  const options = Object.fromEntries(
    Object.entries(model.options)
      .filter(([name]) => name !== 'features' && name !== 'backend')
      .map(([name, value]: [string, unknown]) => [name, PARTS.includes(name) ? namesOf(value as Feature[]) : value]),
  )
  const parameters = Object.fromEntries(Object.entries(stateOf(model)).map(([path, values]) => [path, [...values]]))
  return { version: 1, kind, options, features: featuresToJSON(model.features), parameters }
}

export interface RestoreOptions {
  /** The transforms of dense features that had one, by feature. */
  readonly transforms?: Readonly<Record<string, NonNullable<DenseFeature['transform']>>>
  readonly backend?: Backend
}

/**
 * The model that `saveModel` wrote.
 *
 * @throws RangeError if version or kind is unknown, a transform is missing, or the parameters do not fit the options.
 */
export function restoreModel(saved: SavedModel, { transforms = {}, backend }: RestoreOptions = {}): SavableModel {
  const { version, kind, options, parameters } = saved
  if ((version as number) !== 1 || !Object.hasOwn(KINDS, kind))
    throw new RangeError(
      `restoreModel: expected version 1 of ${Object.keys(KINDS).join(', ')} but got version ${version} of ${kind}`,
    )
  const features = featuresFromJSON(saved.features, transforms)
  const parts = PARTS.filter((part) => part in options).map((part) => [part, named(part, options[part], features)])
  // The constructor checks what JSON cannot promise.
  const build = KINDS[kind] as new (options: unknown) => SavableModel
  const model = new build({ ...options, features, ...Object.fromEntries(parts), ...(backend && { backend }) })
  loadState(model, parameters)
  return model
}

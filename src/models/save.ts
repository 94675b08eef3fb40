/**
 * A model as plain JSON and back: its kind, its options, its features with their vocabularies, and its numbers by path.
 * It refuses what it does not know, and holds no function: transforms of dense features are given again on restoring.
 */
import { anything, checkOptions, checkValue, having, listOf, needed, oneOf, recordOf, show } from '../checks/index.ts'
import type { Check, Checks } from '../checks/index.ts'
import { featuresFromJSON, featuresToJSON } from '../data/index.ts'
import type { DenseFeature, Feature, FeatureJSON } from '../data/index.ts'
import { cpu } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'
import { ESMM, ESMM_OPTIONS } from './esmm.ts'
import { checkState, checkWhole, fill, saveState } from './parameters.ts'
import { PLE, PLE_OPTIONS } from './ple.ts'
import { SHARED_BOTTOM, SharedBottom } from './sharedBottom.ts'
import { SINGLE_TASK, SingleTask } from './singleTask.ts'
import { WIDE_DEEP, WideDeep } from './wideDeep.ts'
import type { WideDeepOptions } from './wideDeep.ts'

/** The classes by the name they are saved under. The zoo's other models are PLE with other options. */
const KINDS = { PLE, SharedBottom, SingleTask, ESMM, WideDeep } as const

/** A model that `saveModel` takes. */
export type SavableModel = InstanceType<(typeof KINDS)[keyof typeof KINDS]>

/** A model as `JSON.stringify` takes it. */
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

/** The options that a file does not have among the others. */
const APART: readonly string[] = ['features', 'backend']

const namesOf = (features: readonly Feature[]): readonly string[] => features.map(({ name }) => name)

/** The feature of each name in a list that a file has under `part`. */
function named(part: string, names: unknown, features: readonly Feature[]): readonly Feature[] {
  checkValue('restoreModel', part, names, listOf(oneOf(...namesOf(features))))
  return (names as readonly string[]).map((name) => features.find((feature) => feature.name === name)!)
}

/** JSON would leave it out without a word. */
const NO_FUNCTION: Check = { expected: 'to be no function', fits: (value) => typeof value !== 'function' }

const LIST: Check = { expected: 'to be a list', fits: Array.isArray }

/** What a file has; what is in it, those check who read it. */
const SAVED: Checks<SavedModel> = {
  version: needed(oneOf(1)),
  kind: needed(oneOf(...Object.keys(KINDS))),
  options: needed({
    expected: `to be an object of options, ${APART.join(' and ')} not among them`,
    fits: (value) => recordOf(anything).fits(value) && !APART.some((name) => name in (value as object)),
  }),
  features: needed(LIST),
  parameters: needed(recordOf(LIST)),
}

const OPTIONS: Readonly<Record<SavedModel['kind'], object>> = {
  PLE: PLE_OPTIONS,
  SharedBottom: SHARED_BOTTOM,
  SingleTask: SINGLE_TASK,
  ESMM: ESMM_OPTIONS,
  WideDeep: WIDE_DEEP,
}

/** Without those of other kinds alone: they did nothing, and there are files from when they were let through. */
function ownOptions(kind: SavedModel['kind'], options: SavedModel['options']): SavedModel['options'] {
  const known = Object.values(OPTIONS).flatMap((checks) => Object.keys(checks))
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => Object.hasOwn(OPTIONS[kind], name) || !known.includes(name)),
  )
}

/** How many parameters a model may have beyond those of its file, for the error that lists them to be of use. */
const SPARE = 1000

/**
 * No number that anybody learned is beyond: its square, which penalties and optimizers take, would be infinite in
 * float32, and so, before long, is what it is multiplied with. A variance, which is a square, may be.
 */
const MOST = 2 ** 64

/**
 * Stands in for a backend while a model is planned: its buffers are lengths. It refuses to go on with options that make
 * for far more parameters than the file has, however large these are.
 */
function planning({ dtype }: Backend, most: number): Backend {
  let count = 0
  const allocate = (length: number): { readonly length: number } => {
    if (++count > most + SPARE)
      throw new RangeError(`restoreModel: expected options of ${most} parameters but got those of more than ${count}`)
    return { length }
  }
  return { ...cpu, dtype, name: 'planning', shapesOnly: true, allocate }
}

/**
 * All of a model as an object for `JSON.stringify`.
 * @throws RangeError for a model of one's own, which `saveState` is for; and for what would not come back of JSON:
 * an option that is a function, or a number that is not finite.
 */
export function saveModel(model: SavableModel): SavedModel {
  const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((name) => model instanceof KINDS[name])
  if (!kind) throw new RangeError(`saveModel: expected one of ${Object.keys(KINDS).join(', ')} but got ${show(model)}`)
  checkWhole('saveModel', model)
  const options = Object.entries(model.options).filter(([name]) => !APART.includes(name))
  for (const [name, value] of options) checkValue('saveModel', name, value, NO_FUNCTION)
  const state = saveState(model)
  checkState('saveModel', model, state, MOST)
  return {
    version: 1,
    kind,
    options: Object.fromEntries(
      options.map(([name, value]: [string, unknown]) => [
        name,
        PARTS.includes(name) ? namesOf(value as Feature[]) : value,
      ]),
    ),
    features: featuresToJSON(model.features),
    parameters: Object.fromEntries(Object.entries(state).map(([path, values]) => [path, [...values]])),
  }
}

/** What `restoreModel` takes. */
export interface RestoreOptions {
  /** The transforms of dense features that had one, by feature. */
  readonly transforms?: Readonly<Record<string, NonNullable<DenseFeature['transform']>>>
  readonly backend?: Backend
}

const RESTORE: Checks<RestoreOptions> = { transforms: anything, backend: having('a backend', 'allocate') }

/**
 * The model that `saveModel` wrote, parsed. Nothing is made of the size that a file claims before its lists are found to
 * be of that size.
 * @throws RangeError if version or kind is unknown, a transform is missing, a field or option does not fit, or the
 * parameters do not fit the options.
 */
export function restoreModel(saved: SavedModel, restoring: RestoreOptions = {}): SavableModel {
  checkValue('restoreModel', 'a saved model', saved, having('what saveModel returned', 'version', 'kind'))
  checkOptions('restoreModel', saved, SAVED)
  checkOptions('restoreModel', restoring, RESTORE)
  const { kind, options, parameters: numbers } = saved
  const { transforms = {}, backend = cpu } = restoring
  const features = featuresFromJSON(saved.features, transforms)
  const parts = PARTS.filter((part) => part in options).map((part) => [part, named(part, options[part], features)])
  // The constructor checks what JSON cannot promise.
  const build = KINDS[kind] as new (options: unknown) => SavableModel
  const own = ownOptions(kind, options)
  const on = (where: Backend): SavableModel =>
    new build({ ...own, ...(kind === 'WideDeep' ? Object.fromEntries(parts) : { features }), backend: where })
  checkState('restoreModel', on(planning(backend, Object.keys(numbers).length)), numbers, MOST)
  const model = on(backend)
  fill(model, numbers)
  return model
}

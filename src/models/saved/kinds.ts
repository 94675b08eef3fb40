/**
 * What a file says of a model beside its numbers: its kind, its options, its features with their vocabularies. It refuses
 * what it does not know, and holds no function: transforms of dense features are given again on restoring.
 */
import { anything, checkValue, listOf, needed, oneOf, recordOf, show } from '../../checks/index.ts'
import type { Check, Checks } from '../../checks/index.ts'
import { featuresFromJSON, featuresToJSON } from '../../data/index.ts'
import type { Feature, FeatureJSON, Transforms } from '../../data/index.ts'
import { cpu } from '../../kernels/index.ts'
import type { Backend } from '../../kernels/index.ts'
import { ESMM, ESMM_OPTIONS } from '../esmm.ts'
import { isWrittenKind, taskTypeOf } from '../kinds/index.ts'
import { PLE, PLE_OPTIONS } from '../ple.ts'
import { SHARED_BOTTOM, SharedBottom } from '../sharedBottom.ts'
import { SINGLE_TASK, SingleTask } from '../singleTask.ts'
import { WIDE_DEEP, WideDeep } from '../wideDeep.ts'
import type { WideDeepOptions } from '../wideDeep.ts'

/** The classes by the name they are saved under. The zoo's other models are PLE with other options. */
const KINDS = { PLE, SharedBottom, SingleTask, ESMM, WideDeep } as const

const OPTIONS: Readonly<Record<keyof typeof KINDS, object>> = {
  PLE: PLE_OPTIONS,
  SharedBottom: SHARED_BOTTOM,
  SingleTask: SINGLE_TASK,
  ESMM: ESMM_OPTIONS,
  WideDeep: WIDE_DEEP,
}

/** A model that `saveModel` takes. */
export type SavableModel = InstanceType<(typeof KINDS)[keyof typeof KINDS]>

/** A model without its numbers. */
export interface Described {
  readonly kind: keyof typeof KINDS
  /** The constructor's, without backend and features; of lists of features beside `features`, the names. */
  readonly options: Readonly<Record<string, unknown>>
  readonly features: readonly FeatureJSON[]
}

/** The options that list some of a model's features. A file holds each feature once, and these as names. */
const PARTS: readonly string[] = ['wideFeatures', 'deepFeatures'] satisfies (keyof WideDeepOptions)[]

/** All options that are lists of features. */
export const FEATURE_LISTS: readonly string[] = ['features', ...PARTS]

/** The options that a file does not have among the others. */
const APART: readonly string[] = ['features', 'backend']

/** JSON would leave it out without a word. */
const NO_FUNCTION: Check = { expected: 'to be no function', fits: (value) => typeof value !== 'function' }

export const LIST: Check = { expected: 'to be a list', fits: Array.isArray }

/** What a file has of a model; what is in it, those check who read it. */
export const DESCRIBED: Checks<Described> = {
  kind: needed(oneOf(...Object.keys(KINDS))),
  options: needed({
    expected: `to be an object of options, ${APART.join(' and ')} not among them`,
    fits: (value) => recordOf(anything).fits(value) && !APART.some((name) => name in (value as object)),
  }),
  features: needed(LIST),
}

/** Throws a RangeError for a kind of task of one's own, which no file brings back. */
function checkTaskKinds(who: string, { tasks }: SavableModel): void {
  for (const [task, type] of Object.entries(tasks))
    if (typeof type !== 'string' && !isWrittenKind(type))
      throw new RangeError(
        `${who}: expected a kind of plegrad/tasks for task '${task}' but got '${type.kind}': because a file holds no function; keep its numbers by saveState`,
      )
}

const namesOf = (features: readonly Feature[]): readonly string[] => features.map(({ name }) => name)

/** The name of a model's class. @throws RangeError for a model of one's own. */
function kindOf(who: string, model: SavableModel): keyof typeof KINDS {
  const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((name) => model instanceof KINDS[name])
  if (!kind) throw new RangeError(`${who}: expected one of ${Object.keys(KINDS).join(', ')} but got ${show(model)}`)
  return kind
}

/** Makes a model of the same class. Throws a RangeError for a model of one's own. */
export const makerOf = (who: string, model: SavableModel): new (options: object) => SavableModel =>
  KINDS[kindOf(who, model)] as new (options: object) => SavableModel

/**
 * What a file says of a model.
 * @throws RangeError for a model of one's own, and for an option that is a function.
 */
export function described(who: string, model: SavableModel): Described {
  const kind = kindOf(who, model)
  checkTaskKinds(who, model)
  const options = Object.entries(model.options).filter(([name]) => !APART.includes(name))
  for (const [name, value] of options) checkValue(who, name, value, NO_FUNCTION)
  return {
    kind,
    options: Object.fromEntries(
      options.map(([name, value]: [string, unknown]) => [
        name,
        PARTS.includes(name) ? namesOf(value as Feature[]) : value,
      ]),
    ),
    features: featuresToJSON(model.features),
  }
}

/** The feature of each name in a list that a file has under `part`. */
function named(part: string, names: unknown, features: readonly Feature[]): readonly Feature[] {
  checkValue('restoreModel', part, names, listOf(oneOf(...namesOf(features))))
  return (names as readonly string[]).map((name) => features.find((feature) => feature.name === name)!)
}

/** Without those of other kinds alone: they did nothing, and there are files from when they were let through. */
function ownOptions({ kind, options }: Described): Described['options'] {
  const known = Object.values(OPTIONS).flatMap((checks) => Object.keys(checks))
  return Object.fromEntries(
    Object.entries(options)
      .filter(([name]) => Object.hasOwn(OPTIONS[kind], name) || !known.includes(name))
      .map(([name, value]) => [
        name,
        name === 'taskTypes' && Array.isArray(value) ? value.map((type) => taskTypeOf('restoreModel', type)) : value,
      ]),
  )
}

/** How many parameters a model may have beyond those of its file, for the error that lists them to be of use. */
const SPARE = 1000

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

/** A model that a file describes, to be had with memory or without. */
export interface Planned {
  /** Shapes alone. */
  readonly shapes: SavableModel
  readonly build: () => SavableModel
}

/** Plans the model of a file that has numbers of `most` parameters. Throws a RangeError where the options make no sense. */
export function planned(described: Described, transforms: Transforms, backend: Backend, most: number): Planned {
  const { kind, options } = described
  const features = featuresFromJSON(described.features, transforms)
  const parts = PARTS.filter((part) => part in options).map((part) => [part, named(part, options[part], features)])
  // The constructor checks what JSON cannot promise.
  const construct = KINDS[kind] as new (options: unknown) => SavableModel
  const own = ownOptions(described)
  const on = (where: Backend): SavableModel =>
    new construct({ ...own, ...(kind === 'WideDeep' ? Object.fromEntries(parts) : { features }), backend: where })
  return { shapes: on(planning(backend, most)), build: () => on(backend) }
}

/**
 * A saved model read again, of bytes, of a source of bytes, or of the JSON of version 1. Nothing is made of the size that a
 * file claims before its numbers are found to be of that size.
 */
import { anything, checkOptions, checkValue, having, needed, oneOf, recordOf, show } from '../../checks/index.ts'
import type { Check, Checks } from '../../checks/index.ts'
import type { DenseFeature, Transforms } from '../../data/index.ts'
import { cpu } from '../../kernels/index.ts'
import type { Backend } from '../../kernels/index.ts'
import { tensorsIn, tensorsOf } from '../../safetensors/index.ts'
import type { ByteSource, Metadata } from '../../safetensors/index.ts'
import { showShape, undrawn } from '../../tensor/index.ts'
import { checkNumbersAt, checkState, fill, parameters } from '../parameters.ts'
import type { State } from '../parameters.ts'
import { DESCRIBED, LIST, planned } from './kinds.ts'
import type { Described, Planned, SavableModel } from './kinds.ts'
import { FORMAT, MOST } from './save.ts'

/** A model as version 0.1 of plegrad saved it, as JSON. */
export interface SavedModel extends Described {
  readonly version: 1
  readonly parameters: Readonly<Record<string, readonly number[]>>
}

const SAVED: Checks<SavedModel> = {
  version: needed(oneOf(1)),
  ...DESCRIBED,
  parameters: needed(recordOf(LIST)),
}

/** What `restoreModel` takes. */
export interface RestoreOptions {
  /** The transforms of dense features that had one, by feature. */
  readonly transforms?: Readonly<Record<string, NonNullable<DenseFeature['transform']>>>
  readonly backend?: Backend
}

const RESTORE: Checks<RestoreOptions> = { transforms: anything, backend: having('a backend', 'allocate') }

const WHO = 'restoreModel'

const FILE: Check = {
  ...having('what saveModel returned', 'version', 'kind'),
  got: (value) => (typeof value === 'string' ? `${show(value)}: JSON of version 1 is parsed first` : show(value)),
}

/** A member of the metadata that holds JSON. */
function parsed(name: string, metadata: Metadata): unknown {
  try {
    return JSON.parse(metadata[name])
  } catch (error) {
    throw new RangeError(
      `${WHO}: expected ${name} of JSON in the metadata but got something else: because ${String(error)}`,
      { cause: error },
    )
  }
}

function describedIn(metadata: Metadata): Described {
  for (const [name, expected] of Object.entries(FORMAT)) {
    const because =
      name === 'format'
        ? 'numbers alone make no model; restoreState fills one with them'
        : 'another version of plegrad has written it'
    if (metadata[name] !== expected)
      throw new RangeError(
        `${WHO}: expected a ${name} of '${expected}' in the metadata but got ${show(metadata[name])}: because ${because}`,
      )
  }
  const described = {
    kind: metadata.kind,
    options: parsed('options', metadata),
    features: parsed('features', metadata),
  }
  checkOptions(WHO, described as Described, DESCRIBED)
  return described as Described
}

/** A file as far as its header goes. */
interface File {
  readonly metadata: Metadata
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[] }>>
}

/** That a file's tensors are those of a model, by name and shape. */
function checkShapes(model: SavableModel, tensors: File['tensors']): void {
  const own = parameters(model)
  const [odd] = [...Object.keys(own), ...Object.keys(tensors)].filter(
    (path) =>
      !Object.hasOwn(own, path) ||
      !Object.hasOwn(tensors, path) ||
      showShape(own[path].shape) !== showShape(tensors[path].shape),
  )
  if (odd === undefined) return
  const shapeIn = (from: typeof tensors): string => (Object.hasOwn(from, odd) ? showShape(from[odd].shape) : 'nothing')
  throw new RangeError(
    `${WHO}: expected ${shapeIn(own)} of ${odd} but got ${shapeIn(tensors)}: because the model’s ${Object.keys(own).length} parameters follow from its options and features`,
  )
}

/** Plans the model of a file, of which it has all tensors and no others. */
function planOf({ metadata, tensors }: File, transforms: Transforms, backend: Backend): Planned {
  const plan = planned(describedIn(metadata), transforms, backend, Object.keys(tensors).length)
  checkShapes(plan.shapes, tensors)
  return plan
}

/**
 * The model that `saveModel` saved, from its bytes, or from the parsed JSON of version 1.
 * @throws RangeError if these are no saved model of a known version, a transform is missing, an option or feature does not
 * fit, or the numbers do not fit the options or are none.
 */
export function restoreModel(
  saved: Uint8Array | ArrayBuffer | SavedModel,
  restoring: RestoreOptions = {},
): SavableModel {
  checkOptions(WHO, restoring, RESTORE)
  const { transforms = {}, backend = cpu } = restoring
  if (!(saved instanceof Uint8Array || saved instanceof ArrayBuffer)) {
    checkValue(WHO, 'a saved model', saved, FILE)
    checkOptions(WHO, saved, SAVED)
    const { parameters: numbers, ...described } = saved
    return filled(planned(described, transforms, backend, Object.keys(numbers).length), numbers)
  }
  const file = tensorsIn(WHO, saved)
  return filled(
    planOf(file, transforms, backend),
    Object.fromEntries(Object.entries(file.tensors).map(([path, { values }]) => [path, values as Float32Array])),
  )
}

function filled({ shapes, build }: Planned, numbers: State): SavableModel {
  checkState(WHO, shapes, numbers, MOST)
  const model = undrawn(build)
  fill(model, numbers)
  return model
}

/**
 * The same of a source of bytes, such as a file: numbers go to where the model has them piece by piece, so that they are
 * in memory once. Throws as `restoreModel` does.
 */
export async function restoreModelFrom(source: ByteSource, restoring: RestoreOptions = {}): Promise<SavableModel> {
  checkOptions(WHO, restoring, RESTORE)
  const { transforms = {}, backend = cpu } = restoring
  const file = await tensorsOf(WHO, source)
  const model = undrawn(planOf(file, transforms, backend).build)
  for (const [path, parameter] of Object.entries(parameters(model))) {
    const tensor = file.tensors[path]
    const memory = parameter.backend.view(parameter.buffer)
    if (memory && tensor.dtype === (parameter.backend.dtype === 'float32' ? 'F32' : 'F64')) {
      await tensor.readTo(memory)
      checkNumbersAt(WHO, path, memory, parameter, MOST)
    } else {
      const values = (await tensor.read()) as Float32Array
      checkNumbersAt(WHO, path, values, parameter, MOST)
      parameter.assign(values)
    }
  }
  return model
}

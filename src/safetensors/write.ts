/** Numbers by name as a safetensors file, whole or in parts that copy nothing. It refuses what would not be read again. */
import { checkValue, isRecord, isWhole, oneOf, recordOf, show, text } from '../checks/index.ts'
import { DTYPES, bytesOf, dtypeOf, factsOf } from './dtypes.ts'
import type { Numbers, StoredDtype } from './dtypes.ts'
import { METADATA, writtenHeader } from './header.ts'
import type { Entry } from './header.ts'
import { refusing, showList } from './refuse.ts'
import type { Refuse } from './refuse.ts'

/** Numbers of a shape, to be written. */
export interface TensorToStore {
  /** Row-major. */
  readonly shape: readonly number[]
  readonly values: Numbers
  /**
   * What they are written as. Default the dtype of the array; beside it BOOL of zeros and ones in a Uint8Array, and F16 and
   * BF16 of a Float32Array whose numbers are all among theirs.
   */
  readonly dtype?: StoredDtype
}

/** What `__metadata__` holds: strings by name. */
export type Metadata = Readonly<Record<string, string>>

/** A tensor as it goes into the file. */
interface Stored {
  readonly name: string
  readonly dtype: StoredDtype
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** The bytes of numbers as that dtype; the same memory where that is the array's own. */
function bytesAs(refuse: Refuse, name: string, values: Numbers, dtype: StoredDtype): Uint8Array {
  const { halves } = factsOf(dtype)
  if (dtype === dtypeOf(values)) return bytesOf(values)
  if (dtype === 'BOOL' && values instanceof Uint8Array) {
    const odd = values.findIndex((value) => value > 1)
    if (odd >= 0) refuse(`0 or 1 in ${show(name)}, written as BOOL,`, `${values[odd]} at ${odd}`, 'no other is a truth')
    return bytesOf(values)
  }
  if (!halves || !(values instanceof Float32Array))
    return refuse(`values of ${show(name)} that can be written as ${dtype}`, show(values), 'nothing is converted')
  const stored = halves.narrow(values)
  return typeof stored === 'number'
    ? refuse(`numbers of ${dtype} in ${show(name)}`, `${values[stored]} at ${stored}`, 'nothing is rounded')
    : bytesOf(stored)
}

function storedOf(who: string, name: string, tensor: unknown): Stored {
  const refuse = refusing(who)
  if (!isRecord(tensor)) refuse(`a shape and values of ${show(name)}`, show(tensor), 'these are written')
  const { shape, values, dtype } = tensor as TensorToStore
  const own = dtypeOf(values)
  if (!own) return refuse(`values of ${show(name)} in a typed array`, show(values), 'its kind says the dtype')
  if (dtype !== undefined) checkValue(who, `the dtype of ${show(name)}`, dtype, oneOf(...Object.keys(DTYPES)))
  const extents =
    Array.isArray(shape) && shape.every((extent) => isWhole(extent)) ? (shape as readonly number[]) : [NaN]
  if (extents.reduce((product, extent) => product * extent, 1) !== values.length)
    refuse(`a shape of ${values.length} numbers for ${show(name)}`, showList(shape), 'it has as many values')
  if (name === METADATA) refuse('another name', show(name), 'the format has it for itself')
  return { name, dtype: dtype ?? own, shape: extents, bytes: bytesAs(refuse, name, values, dtype ?? own) }
}

/**
 * The bytes of a safetensors file as parts to be written one after the other: the header, and then each tensor's own
 * memory, which is not copied unless it becomes F16 or BF16. Wide dtypes come first, so that every tensor is aligned, and
 * else names in order.
 * @throws RangeError for what is no typed array, a shape of another size, numbers that their dtype does not have, a name
 * that is the format's own or no Unicode, names and metadata beyond 100 MB, which no reader takes.
 */
export const safetensorsParts = (
  tensors: Readonly<Record<string, TensorToStore>>,
  metadata?: Metadata,
): readonly Uint8Array[] => partsOf('safetensorsParts', tensors, metadata)

/** The same in the words of whoever writes. */
export function partsOf(
  who: string,
  tensors: Readonly<Record<string, TensorToStore>>,
  metadata: Metadata = {},
): readonly Uint8Array[] {
  const refuse = refusing(who)
  if (!isRecord(tensors)) refuse('tensors by name', show(tensors), 'each has a shape and values')
  checkValue(who, 'metadata', metadata, recordOf(text))
  const inOrder = Object.entries(tensors)
    .map(([name, tensor]) => storedOf(who, name, tensor))
    .sort((a, b) => factsOf(b.dtype).bytes - factsOf(a.dtype).bytes || (a.name < b.name ? -1 : 1))
  let free = 0
  const entries = inOrder.map(({ name, shape, dtype, bytes }): readonly [string, Entry] => {
    const start = free
    free += bytes.length
    return [name, { dtype, shape, start, end: free }]
  })
  return [writtenHeader(refuse, { metadata, entries }), ...inOrder.map(({ bytes }) => bytes)]
}

/** One after the other. Throws a RangeError where that is more than the host has an array for. */
export function joined(who: string, parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((total, { length }) => total + length, 0)
  let bytes: Uint8Array
  try {
    bytes = new Uint8Array(size)
  } catch (error) {
    return refusing(who)(
      'what fits into one array',
      `${size} bytes`,
      `${String(error)}; its parts are written one by one`,
    )
  }
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The bytes of a safetensors file. What is larger than one array may be goes out by `safetensorsParts`. Throws as that. */
export const writeSafetensors = (tensors: Readonly<Record<string, TensorToStore>>, metadata?: Metadata): Uint8Array =>
  joined('writeSafetensors', partsOf('writeSafetensors', tensors, metadata))

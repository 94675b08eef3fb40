/** Numbers by name as a safetensors file, whole or in parts that copy nothing. It refuses what would not be read again. */
import { checkValue, isRecord, recordOf, show, text } from '../checks/index.ts'
import { bytesOf, dtypeOf, factsOf } from './dtypes.ts'
import type { Numbers } from './dtypes.ts'
import { refusing, writtenHeader } from './header.ts'
import type { Entry } from './header.ts'

/** Numbers of a shape, to be written. */
export interface TensorToStore {
  /** Row-major. */
  readonly shape: readonly number[]
  readonly values: Numbers
}

/** What `__metadata__` holds: strings by name. */
export type Metadata = Readonly<Record<string, string>>

const isBigEndian = (): boolean => new Uint8Array(new Uint16Array([1]).buffer)[0] === 0

/**
 * The bytes of a safetensors file as parts to be written one after the other: the header, and then each tensor's own
 * memory, which is not copied. Wide dtypes come first, so that every tensor is aligned, and else names in order.
 * @throws RangeError for what is no typed array, a shape of another size, a name that is the format's own.
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
  if (isBigEndian()) refuse('a little-endian host', 'another', 'the format’s numbers are little-endian')
  const described = Object.entries(tensors).map(([name, tensor]) => {
    const { shape, values } = isRecord(tensor) ? tensor : ({} as Partial<TensorToStore>)
    const dtype = dtypeOf(values)
    if (!values || !dtype)
      return refuse(`values of ${show(name)} in a typed array`, show(values), 'its kind says the dtype')
    const extents = (Array.isArray(shape) ? shape : [NaN]) as readonly number[]
    const size = extents.reduce((product, extent) => product * extent, 1)
    if (size !== values.length)
      refuse(`a shape of ${values.length} numbers for ${show(name)}`, show(shape), 'it has as many values')
    if (name === '__metadata__') refuse('another name', show(name), 'the format has it for itself')
    return { name, shape: extents, dtype, values }
  })
  const inOrder = described.sort(
    (a, b) => factsOf(b.dtype).bytes - factsOf(a.dtype).bytes || (a.name < b.name ? -1 : 1),
  )
  let free = 0
  const entries = inOrder.map(({ name, shape, dtype, values }): readonly [string, Entry] => {
    const start = free
    free += values.byteLength
    return [name, { dtype, shape, start, end: free }]
  })
  return [
    writtenHeader({ metadata, entries: Object.fromEntries(entries) }),
    ...inOrder.map(({ values }) => bytesOf(values)),
  ]
}

/** One after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The bytes of a safetensors file. What is larger than one array may be goes out by `safetensorsParts`. Throws as that. */
export const writeSafetensors = (tensors: Readonly<Record<string, TensorToStore>>, metadata?: Metadata): Uint8Array =>
  joined(partsOf('writeSafetensors', tensors, metadata))

/**
 * Safetensors read: whole bytes, whose numbers are shared where they lie well, or a source of bytes, of which only what is
 * asked for is read. It refuses a file before any of its numbers is looked at.
 */
import { checkValue, having, isWhole, show } from '../checks/index.ts'
import { bytesOf, factsOf, numbersIn } from './dtypes.ts'
import type { Numbers, StoredDtype } from './dtypes.ts'
import { PREFIX, headerOf, lengthOfHeader } from './header.ts'
import type { Entry, Header } from './header.ts'
import { refusing } from './refuse.ts'
import type { Refuse } from './refuse.ts'

/** A tensor of a file whose bytes are at hand. */
export interface StoredTensor {
  readonly dtype: StoredDtype
  readonly shape: readonly number[]
  /** The file's own memory where that is aligned, else a copy, made anew each time; F16 and BF16 as float32, BOOL as 0 and 1. */
  readonly values: Numbers
}

/** A file that was read. */
export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: Readonly<Record<string, StoredTensor>>
}

/** Where bytes come from piece by piece, such as a file. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number
  /** Fills all of `target` with the bytes from `position` on. */
  read(target: Uint8Array, position: number): Promise<void>
}

/** A tensor of a file that is read piece by piece. */
export interface LazyTensor {
  readonly dtype: StoredDtype
  readonly shape: readonly number[]
  /** Numbers in all. */
  readonly size: number
  /** The numbers from one on to before another, all by default. */
  read(from?: number, to?: number): Promise<Numbers>
  /** Fills an array of the dtype's own kind with the numbers from one on, and copies nothing. */
  readTo(target: Numbers, from?: number): Promise<void>
}

/** A file of which names and shapes are known, and numbers are read when they are asked for. */
export interface LazySafetensors {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: Readonly<Record<string, LazyTensor>>
}

const mapEntries = <T>({ entries }: Header, make: (name: string, entry: Entry) => T): Record<string, T> =>
  Object.fromEntries(entries.map(([name, entry]) => [name, make(name, entry)]))

/**
 * The tensors of a safetensors file by name. Numbers are not looked at before `values` is asked for.
 * @throws RangeError for what is no safetensors file: a header beyond 100 MB, tensors that overlap, leave a hole or exceed
 * the file, a shape that is not of as many bytes, a name twice, a dtype that no typed array holds.
 */
export const readSafetensors = (bytes: Uint8Array | ArrayBuffer): Safetensors => tensorsIn('readSafetensors', bytes)

/** The same in the words of whoever reads. */
export function tensorsIn(who: string, bytes: Uint8Array | ArrayBuffer): Safetensors {
  const refuse = refusing(who)
  if (!((bytes as unknown) instanceof Uint8Array || (bytes as unknown) instanceof ArrayBuffer))
    refuse('bytes', show(bytes), 'a safetensors file is bytes')
  // Nothing more than a Uint8Array, of which a part is made in the same way whoever made the whole.
  const whole =
    bytes instanceof ArrayBuffer
      ? new Uint8Array(bytes)
      : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const data = PREFIX + lengthOfHeader(refuse, whole.subarray(0, PREFIX), whole.length)
  // A copy: hosts decode no text of memory that threads share.
  const header = headerOf(refuse, whole.slice(PREFIX, data), whole.length - data)
  return {
    metadata: header.metadata,
    tensors: mapEntries(header, (_, { dtype, shape, start, end }) => ({
      dtype,
      shape,
      get values() {
        return numbersIn(whole.subarray(data + start, data + end), dtype)
      },
    })),
  }
}

function lazyTensor(
  refuse: Refuse,
  source: ByteSource,
  data: number,
  name: string,
  { dtype, shape, start, end }: Entry,
): LazyTensor {
  const { bytes: width, stored, halves } = factsOf(dtype)
  const size = (end - start) / width
  const checkRange = (from: number, to: number): void => {
    if (!isWhole(from) || !isWhole(to, from, size))
      refuse(`numbers within the ${size} of ${show(name)}`, `${show(from)} to ${show(to)}`, 'it has no others')
  }
  const fill = (target: Numbers, from: number): Promise<void> =>
    source.read(bytesOf(target), data + start + width * from)
  return {
    dtype,
    shape,
    size,
    async read(from = 0, to = size) {
      checkRange(from, to)
      const values = new stored(to - from)
      await fill(values, from)
      return halves ? halves.widen(bytesOf(values)) : values
    },
    async readTo(target, from = 0) {
      if (halves || !(target instanceof stored))
        refuse(
          halves ? `read for ${dtype}, which is widened,` : `a ${stored.name} to read ${dtype} to`,
          show(target),
          'nothing is converted on the way',
        )
      checkRange(from, from + target.length)
      await fill(target, from)
    },
  }
}

/**
 * The names and shapes of a safetensors file, whose numbers are read when they are asked for: a table need not be in
 * memory twice, or at all.
 * @throws RangeError as `readSafetensors` does.
 */
export const openSafetensors = (source: ByteSource): Promise<LazySafetensors> => tensorsOf('openSafetensors', source)

/** The same in the words of whoever reads. */
export async function tensorsOf(who: string, source: ByteSource): Promise<LazySafetensors> {
  checkValue(who, 'a source', source, having('a source of bytes', 'size', 'read'))
  const refuse = refusing(who)
  const bytesAt = async (position: number, length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(length)
    await source.read(bytes, position)
    return bytes
  }
  const prefix = await bytesAt(0, Math.min(PREFIX, source.size))
  const length = lengthOfHeader(refuse, prefix, source.size)
  const data = PREFIX + length
  const header = headerOf(refuse, await bytesAt(PREFIX, length), source.size - data)
  return {
    metadata: header.metadata,
    tensors: mapEntries(header, (name, entry) => lazyTensor(refuse, source, data, name, entry)),
  }
}

/**
 * The dtypes of safetensors and the typed arrays that hold them. Halves are widened to float32, which has all of their
 * numbers; dtypes that no typed array holds without loss, such as floats of 8 bits, are refused.
 */

/** Numbers as they are in memory, by dtype. */
export type Numbers =
  | Float64Array
  | Float32Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array

/** The least part of the class of a typed array that is needed here. */
interface NumbersClass {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Numbers
  new (length: number): Numbers
}

interface DtypeFacts {
  readonly bytes: number
  /** The array whose elements are as the file's bytes are. */
  readonly stored: NumbersClass
  /** Where the array's elements are not the numbers themselves. */
  readonly widen?: (stored: Uint16Array) => Float32Array
}

/** A float32 of the same value: its exponent has 5 bits, biased by 15, and its fraction 10 (IEEE 754, binary16). */
function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** A bfloat16 is the upper half of a float32. */
function widenBrain(stored: Uint16Array): Float32Array {
  const words = new Uint32Array(stored.length)
  for (let at = 0; at < stored.length; at++) words[at] = stored[at] << 16
  return new Float32Array(words.buffer)
}

export const DTYPES = {
  F64: { bytes: 8, stored: Float64Array },
  I64: { bytes: 8, stored: BigInt64Array },
  U64: { bytes: 8, stored: BigUint64Array },
  F32: { bytes: 4, stored: Float32Array },
  I32: { bytes: 4, stored: Int32Array },
  U32: { bytes: 4, stored: Uint32Array },
  F16: { bytes: 2, stored: Uint16Array, widen: (stored: Uint16Array) => Float32Array.from(stored, fromHalf) },
  BF16: { bytes: 2, stored: Uint16Array, widen: widenBrain },
  I16: { bytes: 2, stored: Int16Array },
  U16: { bytes: 2, stored: Uint16Array },
  I8: { bytes: 1, stored: Int8Array },
  U8: { bytes: 1, stored: Uint8Array },
  BOOL: { bytes: 1, stored: Uint8Array },
} as const satisfies Readonly<Record<string, DtypeFacts>>

/** What a file calls the kind of its numbers. */
export type StoredDtype = keyof typeof DTYPES

export const factsOf = (dtype: StoredDtype): DtypeFacts => DTYPES[dtype]

/** The dtype that a typed array is written as; undefined of what is none. */
export const dtypeOf = (values: unknown): StoredDtype | undefined =>
  (Object.keys(DTYPES) as StoredDtype[]).find(
    (dtype) => !factsOf(dtype).widen && values instanceof DTYPES[dtype].stored,
  )

/** The numbers of bytes: the same memory where it is aligned and need not be widened, else a copy. */
export function numbersIn(bytes: Uint8Array, dtype: StoredDtype): Numbers {
  const { bytes: width, stored, widen } = factsOf(dtype)
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice()
  const values = new stored(aligned.buffer, aligned.byteOffset, bytes.length / width)
  return widen ? widen(values as Uint16Array) : values
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

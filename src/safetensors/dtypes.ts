/**
 * The dtypes of safetensors and the typed arrays that hold them. Halves are widened to float32, which has all of their
 * numbers; dtypes that no typed array holds without loss, such as floats of 8 bits, are refused.
 */
import { BRAIN, HALF } from './halves.ts'
import type { Halves } from './halves.ts'

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
  readonly name: string
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Numbers
  new (length: number): Numbers
}

interface DtypeFacts {
  readonly bytes: number
  /** The array whose elements are as the file's bytes are. */
  readonly stored: NumbersClass
  /** Where the numbers are had in a wider array. */
  readonly halves?: Halves
}

export const DTYPES = {
  F64: { bytes: 8, stored: Float64Array },
  I64: { bytes: 8, stored: BigInt64Array },
  U64: { bytes: 8, stored: BigUint64Array },
  F32: { bytes: 4, stored: Float32Array },
  I32: { bytes: 4, stored: Int32Array },
  U32: { bytes: 4, stored: Uint32Array },
  F16: { bytes: 2, stored: Uint16Array, halves: HALF },
  BF16: { bytes: 2, stored: Uint16Array, halves: BRAIN },
  I16: { bytes: 2, stored: Int16Array },
  U16: { bytes: 2, stored: Uint16Array },
  I8: { bytes: 1, stored: Int8Array },
  U8: { bytes: 1, stored: Uint8Array },
  BOOL: { bytes: 1, stored: Uint8Array },
} as const satisfies Readonly<Record<string, DtypeFacts>>

/** What a file calls the kind of its numbers. */
export type StoredDtype = keyof typeof DTYPES

export const factsOf = (dtype: StoredDtype): DtypeFacts => DTYPES[dtype]

/** The dtype that a typed array is written as by itself; undefined of what is none. */
export const dtypeOf = (values: unknown): StoredDtype | undefined =>
  (Object.keys(DTYPES) as StoredDtype[]).find(
    (dtype) => !factsOf(dtype).halves && values instanceof DTYPES[dtype].stored,
  )

/** The numbers of bytes: the same memory where it is aligned and need not be widened, else a copy. */
export function numbersIn(bytes: Uint8Array, dtype: StoredDtype): Numbers {
  const { bytes: width, stored, halves } = factsOf(dtype)
  if (halves) return halves.widen(bytes)
  const { buffer, byteOffset, length } = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes)
  return new stored(buffer, byteOffset, length / width)
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** Every dtype, there and back; of 16 bits each number that there is, against formulas and views that say what it is. */
import { describe, expect, it } from 'vitest'
import { readSafetensors, writeSafetensors } from '../../src/safetensors.ts'
import type { Numbers, StoredDtype } from '../../src/safetensors.ts'
import { rawFile } from './rawFile.ts'

const EDGES: Readonly<Partial<Record<StoredDtype, Numbers>>> = {
  F64: Float64Array.of(0, -0, 1.5, Number.MAX_VALUE, Number.MIN_VALUE, Infinity, -Infinity, NaN),
  F32: Float32Array.of(0, -0, 1.5, 3.4028234663852886e38, 1e-45, Infinity, -Infinity, NaN),
  I64: BigInt64Array.of(0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)),
  U64: BigUint64Array.of(0n, 1n, 2n ** 64n - 1n),
  I32: Int32Array.of(0, -1, 2 ** 31 - 1, -(2 ** 31)),
  U32: Uint32Array.of(0, 1, 2 ** 32 - 1),
  I16: Int16Array.of(0, -1, 32_767, -32_768),
  U16: Uint16Array.of(0, 1, 65_535),
  I8: Int8Array.of(0, -1, 127, -128),
  U8: Uint8Array.of(0, 1, 255),
}

const bitsOf = ({ buffer, byteOffset, byteLength }: Numbers): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

describe.each(Object.entries(EDGES))('%s', (dtype, values) => {
  it('comes back bit by bit, in an array of its kind', () => {
    const { tensors } = readSafetensors(writeSafetensors({ x: { shape: [values.length], values } }))
    expect(tensors.x.dtype).toBe(dtype)
    expect(tensors.x.shape).toEqual([values.length])
    expect(tensors.x.values.constructor).toBe(values.constructor)
    expect(bitsOf(tensors.x.values)).toEqual(bitsOf(values))
  })
})

it('truths are zeros and ones of 8 bits, and written as BOOL when that is asked for', () => {
  const values = Uint8Array.of(1, 0, 1)
  const file = writeSafetensors({ x: { shape: [3], values, dtype: 'BOOL' } })
  const { x } = readSafetensors(file).tensors
  expect([x.dtype, x.values]).toEqual(['BOOL', values])
  expect(() => writeSafetensors({ x: { shape: [2], values: Uint8Array.of(1, 2), dtype: 'BOOL' } })).toThrow(
    `writeSafetensors: expected 0 or 1 in 'x', written as BOOL, but got 2 at 1: because no other is a truth`,
  )
})

/** All that 16 bits can be. */
const ALL = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits)
const fileOfAll = (dtype: 'F16' | 'BF16'): Uint8Array =>
  rawFile({ header: { x: { dtype, shape: [2 ** 16], data_offsets: [0, 2 ** 17] } }, data: bitsOf(ALL) })

const ORACLES = {
  /** By the formula of IEEE 754 for binary16, on its digits in base 2. */
  F16: (bits: number): number => {
    const digits = bits.toString(2).padStart(16, '0')
    const sign = digits.startsWith('1') ? -1 : 1
    const [exponent, fraction] = [parseInt(digits.slice(1, 6), 2), parseInt(digits.slice(6), 2) / 2 ** 10]
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
    return exponent === 0 ? sign * 2 ** -14 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction)
  },
  /** By a view of a float32 that has these bits and then zeros. */
  BF16: (bits: number): number => {
    const view = new DataView(new ArrayBuffer(4))
    view.setUint16(0, bits)
    return view.getFloat32(0)
  },
} as const

describe.each(['F16', 'BF16'] as const)('%s', (dtype) => {
  const { values } = readSafetensors(fileOfAll(dtype)).tensors.x

  it('is widened to float32: each of its 65536 numbers', () => {
    expect(values).toBeInstanceOf(Float32Array)
    const wrong = [...ALL].filter((bits) => !Object.is(values[bits], ORACLES[dtype](bits)))
    expect(wrong).toEqual([])
  })

  it('or the test sees it', () => {
    const other = dtype === 'F16' ? 'BF16' : 'F16'
    expect([...ALL].filter((bits) => !Object.is(values[bits], ORACLES[other](bits))).length).toBeGreaterThan(60_000)
  })

  it('is written from float32 when that is asked for, and all 65536 have their bits again, of NaN too', () => {
    const file = writeSafetensors({ x: { shape: [2 ** 16], values, dtype } })
    expect(file.subarray(-(2 ** 17))).toEqual(bitsOf(ALL))
  })

  it.each(dtype === 'F16' ? [1 + 2 ** -12, 2 ** -25, -0.1, 65_519, 1e6] : [1 + 2 ** -9, 2 ** -134, -0.1, 3.4e38])(
    'refuses to round %s',
    (value) => {
      const values = Float32Array.of(1, value)
      expect(() => writeSafetensors({ x: { shape: [2], values, dtype } })).toThrow(
        `writeSafetensors: expected numbers of ${dtype} in 'x' but got ${values[1]} at 1: because nothing is rounded`,
      )
    },
  )
})

it('a dtype that the array cannot be written as is refused', () => {
  const store = (values: Numbers, dtype: unknown) => () =>
    writeSafetensors({ x: { shape: [1], values, dtype: dtype as StoredDtype } })
  expect(store(Float32Array.of(1), 'F64')).toThrow(
    `writeSafetensors: expected values of 'x' that can be written as F64 but got a Float32Array of 1: because nothing is converted`,
  )
  expect(store(Float64Array.of(1), 'F16')).toThrow('that can be written as F16 but got a Float64Array of 1')
  expect(store(Int8Array.of(1), 'BOOL')).toThrow('that can be written as BOOL but got a Int8Array of 1')
  expect(store(Float32Array.of(1), 'F8_E4M3')).toThrow(/expected the dtype of 'x' to be 'F64' or .* but got 'F8_E4M3'/)
})

it('a file that was read is written again as it was, whatever its dtypes', () => {
  const tensors = Object.fromEntries(
    Object.entries(EDGES).map(([name, values]) => [name, { shape: [values.length], values }]),
  )
  const halves = { ...readSafetensors(fileOfAll('F16')).tensors.x, shape: [256, 256] }
  const truths = { shape: [2, 1], values: Uint8Array.of(0, 1), dtype: 'BOOL' } as const
  const file = writeSafetensors({ ...tensors, halves, truths }, { about: 'all' })
  const read = readSafetensors(file)
  expect(writeSafetensors(read.tensors, read.metadata)).toEqual(file)
})

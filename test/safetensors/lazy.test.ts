/** A file that is opened: its names and shapes are known at once, and of its numbers only those are read that are asked for. */
import { describe, expect, it } from 'vitest'
import { openSafetensors, writeSafetensors } from '../../src/safetensors.ts'
import type { ByteSource, Numbers } from '../../src/safetensors.ts'
import { rawFile } from './rawFile.ts'

const tensors = {
  table: { shape: [50, 4], values: Float32Array.from({ length: 200 }, (_, at) => at) },
  wide: { shape: [3], values: BigInt64Array.of(1n, 2n, 3n) },
  half: { shape: [2, 2], values: Float32Array.of(1, 2, 3, -4), dtype: 'F16' },
  none: { shape: [0, 7], values: new Float64Array() },
} as const
const file = writeSafetensors(tensors, { about: 'numbers' })

/** A source that writes down what it is asked for, as [position, bytes]. */
function watched(bytes: Uint8Array): ByteSource & { readonly asked: (readonly [number, number])[] } {
  const asked: (readonly [number, number])[] = []
  return {
    asked,
    size: bytes.length,
    async read(target, position) {
      asked.push([position, target.length])
      target.set(bytes.subarray(position, position + target.length))
    },
  }
}

const headerSize = 8 + Number(new DataView(file.buffer).getBigUint64(0, true))

describe('a file that is opened', () => {
  it('says its names, shapes, dtypes and metadata, and no number was read', async () => {
    const source = watched(file)
    const { metadata, tensors: opened } = await openSafetensors(source)
    expect(metadata).toEqual({ about: 'numbers' })
    expect(Object.entries(opened).map(([name, { dtype, shape, size }]) => [name, dtype, shape, size])).toEqual([
      ['none', 'F64', [0, 7], 0],
      ['wide', 'I64', [3], 3],
      ['table', 'F32', [50, 4], 200],
      ['half', 'F16', [2, 2], 4],
    ])
    expect(source.asked).toEqual([
      [0, 8],
      [8, headerSize - 8],
    ])
  })

  it('gives each tensor’s numbers, and reads no others', async () => {
    const source = watched(file)
    const { tensors: opened } = await openSafetensors(source)
    source.asked.length = 0
    for (const [name, { values }] of Object.entries(tensors)) expect(await opened[name].read()).toEqual(values)
    expect(source.asked.map(([, bytes]) => bytes)).toEqual([800, 24, 8, 0])
  })

  it('gives some of them, such as one row of a table', async () => {
    const source = watched(file)
    const { table, half } = (await openSafetensors(source)).tensors
    source.asked.length = 0
    expect(await table.read(4 * 7, 4 * 8)).toEqual(Float32Array.of(28, 29, 30, 31))
    expect(await half.read(3)).toEqual(Float32Array.of(-4))
    expect(await table.read(200)).toEqual(new Float32Array())
    expect(source.asked).toEqual([
      [headerSize + 24 + 4 * 28, 16],
      [headerSize + 24 + 800 + 6, 2],
      [headerSize + 24 + 800, 0],
    ])
  })

  it('fills memory that is there, from any number on', async () => {
    const { table } = (await openSafetensors(watched(file))).tensors
    const target = new Float32Array(6).fill(-1)
    await table.readTo(target.subarray(1, 5), 10)
    expect(target).toEqual(Float32Array.of(-1, 10, 11, 12, 13, -1))
  })

  it.each<[string, (number | undefined)[], string]>([
    ['beyond the end', [0, 201], '0 to 201'],
    ['very far beyond', [0, 1e15], '0 to 1000000000000000'],
    ['before the beginning', [-1, 3], '-1 to 3'],
    ['in between', [0.5, 3], '0.5 to 3'],
    ['backwards', [5, 4], '5 to 4'],
    ['not a number', [NaN, 4], 'NaN to 4'],
  ])('refuses numbers that are not there: %s', async (_, [from, to], got) => {
    const source = watched(file)
    const { table } = (await openSafetensors(source)).tensors
    await expect(table.read(from, to)).rejects.toThrow(
      `openSafetensors: expected numbers within the 200 of 'table' but got ${got}: because it has no others`,
    )
    expect(source.asked).toHaveLength(2)
  })

  it('refuses to fill what is of another kind, or larger', async () => {
    const { table, half } = (await openSafetensors(watched(file))).tensors
    await expect(table.readTo(new Float64Array(2))).rejects.toThrow(
      'openSafetensors: expected a Float32Array to read F32 to but got a Float64Array of 2: because nothing is converted on the way',
    )
    await expect(half.readTo(new Float32Array(2))).rejects.toThrow(
      'openSafetensors: expected read for F16, which is widened, but got a Float32Array of 2: because nothing is converted on the way',
    )
    await expect(table.readTo(new Float32Array(3), 198)).rejects.toThrow(`within the 200 of 'table' but got 198 to 201`)
    await expect(table.readTo(5 as unknown as Numbers)).rejects.toThrow('to read F32 to but got 5')
  })
})

describe('what cannot be opened', () => {
  it('is refused in the words of whoever opens, and nothing of the size that it claims is made', async () => {
    const source = watched(rawFile({ header: '{}', announced: 90_000_000n }))
    await expect(openSafetensors(source)).rejects.toThrow(
      'openSafetensors: expected a header of 90000000 bytes but got 2: because the file ends before',
    )
    expect(source.asked).toEqual([[0, 8]])
    await expect(openSafetensors(watched(new Uint8Array(3)))).rejects.toThrow('a safetensors file but got 3 bytes')
    await expect(openSafetensors(5 as unknown as ByteSource)).rejects.toThrow(
      'openSafetensors: expected a source to be a source of bytes but got 5',
    )
  })

  it('says what its source says', async () => {
    const failing: ByteSource = { size: 100, read: () => Promise.reject(new Error('the disk is gone')) }
    await expect(openSafetensors(failing)).rejects.toThrow('the disk is gone')
  })
})

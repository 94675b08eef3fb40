/** Whole files: what is written lies well and is read again, and what no safetensors file is, is refused in words. */
import { describe, expect, it } from 'vitest'
import { readSafetensors, safetensorsParts, writeSafetensors } from '../../src/safetensors.ts'
import type { Numbers, TensorToStore } from '../../src/safetensors.ts'
import { headerOf, rawFile } from './rawFile.ts'
import { REFUSED } from './refused.ts'

const NAMES = ['__proto__', '', 'constructor', 'a.b', '点击', '😀', '"\\\n', ' ', '7', '\u0000', 'x'.repeat(1000)]

/** A record of own members, of whatever names. */
const record = <T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> =>
  Object.fromEntries(entries)

describe('what is written', () => {
  it('has the bytes that the format says', () => {
    const file = writeSafetensors({ x: { shape: [2], values: Float32Array.of(1, -2) } }, { by: 'hand' })
    const json = '{"__metadata__":{"by":"hand"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'.padEnd(88)
    expect(file).toEqual(rawFile({ header: json, data: Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 192) }))
  })

  it('lies at a multiple of what its numbers are wide, whatever the names and kinds', () => {
    const kinds: readonly Numbers[] = [
      ...[new Int8Array(3), new Uint16Array(5), new Float64Array(2), new Float32Array(3), new Uint8Array(1)],
      ...[new BigInt64Array(1), new Int16Array(1), new Uint32Array(1)],
    ]
    for (const length of [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
      const file = writeSafetensors(
        record(kinds.map((values, at) => [`${'n'.repeat(length)}${at}`, { shape: [values.length], values }])),
      )
      const read = readSafetensors(file)
      for (const { values } of Object.values(read.tensors)) expect(values.buffer).toBe(file.buffer)
      const places = Object.values(headerOf(file)).map(({ data_offsets }) => data_offsets)
      let free = 0
      for (const [start, end] of places.sort(([a], [b]) => a - b)) {
        expect(start).toBe(free)
        free = end
      }
    }
  })

  it('may be a scalar, empty, or nothing at all', () => {
    const tensors = {
      scalar: { shape: [], values: Float32Array.of(7) },
      empty: { shape: [0], values: new Float32Array() },
      hollow: { shape: [3, 0, 2], values: new Float64Array() },
    }
    const read = readSafetensors(writeSafetensors(tensors)).tensors
    for (const [name, { shape, values }] of Object.entries(tensors)) {
      expect(read[name].shape).toEqual(shape)
      expect(read[name].values).toEqual(values)
    }
    expect(readSafetensors(writeSafetensors({}))).toEqual({ metadata: {}, tensors: {} })
  })

  it.each(NAMES)('may be called %j, and so may what the metadata say', (name) => {
    const file = writeSafetensors(record([[name, { shape: [1], values: Int8Array.of(5) }]]), record([[name, name]]))
    const { tensors, metadata } = readSafetensors(file)
    expect(Object.keys(tensors)).toEqual([name])
    expect(Object.entries(tensors)[0][1].values).toEqual(Int8Array.of(5))
    expect(Object.entries(metadata)).toEqual([[name, name]])
  })

  it('is the tensors’ own memory, in parts, and the header before it', () => {
    const [b, a] = [Float32Array.of(1, 2, 3, 4).subarray(1, 3), Float64Array.of(5)]
    const [header, ...parts] = safetensorsParts({ b: { shape: [2], values: b }, a: { shape: [1], values: a } })
    expect(header.length % 8).toBe(0)
    expect(parts.map(({ buffer, byteOffset, byteLength }) => [buffer, byteOffset, byteLength])).toEqual([
      [a.buffer, 0, 8],
      [b.buffer, 4, 8],
    ])
  })

  it.each<[string, unknown, string]>([
    ['no tensors', 5, 'expected tensors by name but got 5: because each has a shape and values'],
    ['no tensor', { x: null }, `expected a shape and values of 'x' but got null: because these are written`],
    [
      'a list',
      { x: { shape: [2], values: [1, 2] } },
      `expected values of 'x' in a typed array but got a list of 2: because its kind says the dtype`,
    ],
    [
      'clamped bytes',
      { x: { shape: [1], values: new Uint8ClampedArray(1) } },
      `expected values of 'x' in a typed array but got a Uint8ClampedArray of 1`,
    ],
    [
      'another shape',
      { x: { shape: [3, 2], values: new Float32Array(5) } },
      `expected a shape of 5 numbers for 'x' but got [3, 2]: because it has as many values`,
    ],
    ['a shape below zero', { x: { shape: [-2, -3], values: new Float32Array(6) } }, 'but got [-2, -3]'],
    ['a broken shape', { x: { shape: [0.5, 4], values: new Float32Array(2) } }, 'but got [0.5, 4]'],
    ['no shape', { x: { values: new Float32Array(1) } }, 'but got undefined'],
    [
      'the format’s own name',
      { __metadata__: { shape: [1], values: new Float32Array(1) } },
      `expected another name but got '__metadata__': because the format has it for itself`,
    ],
    [
      'half of a pair of surrogates as a name',
      { 'a\ud83d': { shape: [1], values: new Float32Array(1) } },
      `expected names and metadata of Unicode but got 'a\ud83d': because it has half of a pair of surrogates`,
    ],
  ])('is refused where it would not be read again: %s', (_, tensors, words) => {
    for (const write of [writeSafetensors, safetensorsParts]) {
      expect(() => write(tensors as Record<string, TensorToStore>)).toThrow(words)
      expect(() => write(tensors as Record<string, TensorToStore>)).toThrow(`${write.name}: expected `)
    }
  })

  it('has strings as metadata, of no more than 100 MB, or is refused', () => {
    expect(() => writeSafetensors({}, { a: 1 as unknown as string })).toThrow(
      `writeSafetensors: expected metadata to be an object, each of its members to be a string but got 1 of 'a'`,
    )
    expect(() => writeSafetensors({}, { a: '\ude00' })).toThrow('expected names and metadata of Unicode')
    expect(() => writeSafetensors({}, { a: 'x'.repeat(1e8) })).toThrow(
      'writeSafetensors: expected names and metadata of at most 100000000 bytes but got 100000032: because no longer header is read',
    )
  })
})

describe('what is read', () => {
  const values = Float32Array.of(1, 2, 3)
  const file = writeSafetensors({ x: { shape: [3], values } })

  it('is the file’s own memory where it is aligned, and else a copy', () => {
    const shifted = new Uint8Array(file.length + 1)
    shifted.set(file, 1)
    expect(readSafetensors(file).tensors.x.values.buffer).toBe(file.buffer)
    const copied = readSafetensors(shifted.subarray(1)).tensors.x.values
    expect(copied.buffer).not.toBe(shifted.buffer)
    expect(copied).toEqual(values)
  })

  it('may be a buffer of Node that is not aligned, an ArrayBuffer, or memory that threads share', () => {
    const shifted = Buffer.concat([Buffer.alloc(1), file]).subarray(1)
    const shared = new Uint8Array(new SharedArrayBuffer(file.length))
    shared.set(file)
    const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer
    for (const bytes of [shifted, buffer, shared]) expect(readSafetensors(bytes).tensors.x.values).toEqual(values)
  })

  it('may lie anywhere and in any order, with spaces before and behind a comma', () => {
    const header =
      '{ "b" : {"shape":[1],"data_offsets":[1,2],"dtype":"I8"} ,\n"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}  '
    const { tensors } = readSafetensors(rawFile({ header, data: Uint8Array.of(255, 255) }))
    expect([tensors.a.values[0], tensors.b.values[0]]).toEqual([255, -1])
  })
})

describe('what is no safetensors file is refused', () => {
  it.each(REFUSED)('$name', ({ bytes, words }) => {
    expect(() => readSafetensors(bytes)).toThrow(RangeError)
    expect(() => readSafetensors(bytes)).toThrow(/^readSafetensors: expected [^]* but got [^]*: because [^]+$/)
    expect(() => readSafetensors(bytes)).toThrow(words)
  })

  it('what is no bytes', () => {
    for (const other of [undefined, 'bytes', [1, 2], new Float32Array(8)])
      expect(() => readSafetensors(other as unknown as Uint8Array)).toThrow('readSafetensors: expected bytes but got ')
  })

  it('and the same names in two objects are none twice, nor is what only looks like a name', () => {
    const header = `{"__metadata__":{"x":"\\"x\\":","y":"x"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"I8","shape":[0],"data_offsets":[8,8]}}`
    expect(Object.keys(readSafetensors(rawFile({ header, data: 8 })).tensors)).toEqual(['x', 'y'])
  })
})

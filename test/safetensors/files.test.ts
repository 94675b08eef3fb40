/** Whole files: what is written lies well and is read again, and what no safetensors file is, is refused in words. */
import { describe, expect, it } from 'vitest'
import { readSafetensors, safetensorsParts, writeSafetensors } from '../../src/safetensors.ts'
import type { Numbers, TensorToStore } from '../../src/safetensors.ts'
import { headerOf, rawFile } from './rawFile.ts'

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
  const F32 = { dtype: 'F32', shape: [2], data_offsets: [0, 8] }
  const one = (x: object): object => ({ x: { ...F32, ...x } })
  const cases: Readonly<Record<string, readonly [Uint8Array, string]>> = {
    'no bytes': [
      new Uint8Array(),
      'a safetensors file but got 0 bytes: because its first 8 say how long its header is',
    ],
    'seven bytes': [new Uint8Array(7), 'a safetensors file but got 7 bytes'],
    'no header': [new Uint8Array(8), `a header that begins with '{' but got none`],
    'a header of more than 100 MB': [
      rawFile({ header: '{}', announced: 100_000_001n }),
      'a header of at most 100000000 bytes but got 100000001: because no safetensors file has a longer one',
    ],
    'a header of 2^63 bytes': [rawFile({ header: '{}', announced: 2n ** 63n }), 'but got 92233720368547'],
    'a file that ends in its header': [
      rawFile({ header: '{}  ', announced: 100n }),
      'a header of 100 bytes but got 4: because the file ends before',
    ],
    'a header that does not begin well': [
      rawFile({ header: ' {}' }),
      `a header that begins with '{' but got byte 32: because it is one object of JSON`,
    ],
    'a list': [rawFile({ header: '[]' }), `a header that begins with '{' but got byte 91`],
    'bad JSON': [rawFile({ header: '{"x":}' }), 'a header of JSON but got something else: because SyntaxError'],
    'two headers': [rawFile({ header: '{}{}' }), 'a header of JSON but got something else'],
    'bytes that are no UTF-8': [
      rawFile({ header: Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d) }),
      'a header of UTF-8 but got other bytes: because JSON is written in it',
    ],
    'an overlap': [
      rawFile({ header: { x: F32, y: { ...F32, data_offsets: [4, 12] } }, data: 12 }),
      `tensor 'y' from byte 8 on but got 4: because what is before is another’s, and they overlap`,
    ],
    'the same place twice': [rawFile({ header: { x: F32, y: F32 }, data: 8 }), 'they overlap'],
    'a hole': [
      rawFile({ header: { x: F32, y: { ...F32, data_offsets: [9, 17] } }, data: 17 }),
      `tensor 'y' from byte 8 on but got 9: because what is between is nobody’s, a hole`,
    ],
    'a hole at the beginning': [
      rawFile({ header: one({ data_offsets: [8, 16] }), data: 16 }),
      'from byte 0 on but got 8',
    ],
    'a place beyond the file': [
      rawFile({ header: one({}), data: 7 }),
      '8 bytes behind the header but got 7: because its tensors have as many, and the file ends before',
    ],
    'bytes at the end': [
      rawFile({ header: one({}), data: 9 }),
      '8 bytes behind the header but got 9: because its tensors have as many, and the others are nobody’s',
    ],
    'a shape of other bytes': [
      rawFile({ header: one({ shape: [3] }), data: 8 }),
      `12 bytes of tensor 'x', F32 [3] but got 8: because each of its numbers has as many`,
    ],
    'a shape of very many axes': [
      rawFile({ header: one({ shape: Array<number>(10_000).fill(1) }), data: 8 }),
      `4 bytes of tensor 'x', F32 [1, 1, 1, 1, 1, 1, 1, 1, …] but got 8`,
    ],
    'a shape that overflows': [
      rawFile({ header: one({ shape: [2 ** 40, 2 ** 40] }), data: 8 }),
      `tensor 'x' of a shape within 2^53 but got [1099511627776, 1099511627776]: because no file has as many numbers`,
    ],
    'a shape that overflows before it is empty': [
      rawFile({ header: one({ shape: [2 ** 40, 2 ** 40, 0], data_offsets: [0, 0] }) }),
      'of a shape within 2^53',
    ],
    'a shape that wraps around to what is there': [
      rawFile({ header: `{"x":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}` }),
      'of a shape within 2^53',
    ],
    'extents beyond whole numbers': [
      rawFile({ header: one({ shape: [2 ** 60] }), data: 8 }),
      `tensor 'x' of a shape of whole numbers but got [1152921504606847000]`,
    ],
    'negative extents': [rawFile({ header: one({ shape: [-1, -2] }), data: 8 }), 'of whole numbers but got [-1, -2]'],
    'extents in words': [rawFile({ header: one({ shape: ['2'] }), data: 8 }), `of whole numbers but got ['2']`],
    'no shape': [rawFile({ header: one({ shape: null }), data: 8 }), 'of whole numbers but got null'],
    'extents as 2.0': [
      rawFile({ header: '{"x":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}', data: 8 }),
      `whole numbers, of digits alone but got '.' in one: because it is a shape’s or a place’s`,
    ],
    'places as 8e0': [
      rawFile({ header: '{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8e0]}}', data: 8 }),
      'whole numbers, of digits alone but got',
    ],
    'places as -0': [
      rawFile({ header: '{"x":{"dtype":"F32","shape":[2],"data_offsets":[-0,8]}}', data: 8 }),
      `whole numbers, of digits alone but got '-' in one`,
    ],
    'offsets reversed': [
      rawFile({ header: one({ data_offsets: [8, 0] }), data: 8 }),
      `tensor 'x' from a byte to a later one but got [8, 0]: because its numbers are between`,
    ],
    'one offset': [
      rawFile({ header: one({ data_offsets: [0] }), data: 8 }),
      `tensor 'x' from a byte to a byte but got [0]: because its numbers are there`,
    ],
    'an unknown dtype': [
      rawFile({ header: one({ dtype: 'F8_E4M3', shape: [8] }), data: 8 }),
      `tensor 'x' of a dtype among F64, I64, U64, F32, I32, U32, F16, BF16, I16, U16, I8, U8, BOOL but got 'F8_E4M3': because no typed array holds it`,
    ],
    'a dtype of JavaScript’s': [rawFile({ header: one({ dtype: 'toString' }), data: 8 }), `but got 'toString'`],
    'a number as a tensor': [
      rawFile({ header: { x: 5 } }),
      `tensor 'x' of dtype, shape and data_offsets but got 5: because these say where it is`,
    ],
    'a list as a tensor': [rawFile({ header: { x: [] } }), 'data_offsets but got a list of 0'],
    'more than a tensor has': [
      rawFile({ header: one({ strides: [1] }), data: 8 }),
      `tensor 'x' of dtype, shape and data_offsets but got 'strides': because the format has no more`,
    ],
    'metadata that are no strings': [
      rawFile({ header: { __metadata__: { a: 1 } } }),
      '__metadata__ of strings by name but got an object of a: because the format has no other',
    ],
    'metadata that are a list': [rawFile({ header: { __metadata__: ['a'] } }), 'by name but got a list of 1'],
    'half of a pair of surrogates': [
      rawFile({ header: '{"\\ud83d":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', data: 8 }),
      'names and metadata of Unicode but got',
    ],
    'objects in objects, a million deep': [
      rawFile({ header: `${'{"a":'.repeat(1e6)}0${'}'.repeat(1e6)}` }),
      `tensor 'a' of a dtype among`,
    ],
    'lists in lists, a million deep': [
      rawFile({
        header: `{"x":{"dtype":"F32","data_offsets":[0,8],"shape":${'['.repeat(1e6)}${']'.repeat(1e6)}}}`,
        data: 8,
      }),
      'of a shape of whole numbers but got [a list of 1]',
    ],
  }
  const entry = '{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'
  const twice: Readonly<Record<string, readonly [string, string]>> = {
    'a name twice': [`{"x":${entry},"x":${entry}}`, 'x'],
    'a name twice, once in other letters': [`{"x":${entry},"\\u0078" :${entry}}`, 'x'],
    '__proto__ twice': [`{"__proto__":${entry},"__proto__":${entry}}`, '__proto__'],
    'an empty name twice': [`{"":${entry},"":${entry}}`, ''],
    'a name of a list first, and of a tensor then': [`{"x":[[{"y":1}]],"x":${entry}}`, 'x'],
    'a dtype twice': [`{"x":{"dtype":"F64","dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 'dtype'],
    'metadata twice': [`{"__metadata__":{},"x":${entry},"__metadata__":{}}`, '__metadata__'],
    'a name of the metadata twice': [`{"__metadata__":{"a":"1","a":"2"},"x":${entry}}`, 'a'],
    'a name twice, deep in what it replaces': [`{"x":{"a":{"b":{"b":0,"b":0}}},"x":${entry}}`, 'x'],
  }
  const all = [
    ...Object.entries(cases).map(([what, [bytes, words]]) => [what, bytes, words] as const),
    ...Object.entries(twice).map(
      ([what, [header, name]]) =>
        [
          what,
          rawFile({ header, data: 8 }),
          `each name once but got '${name}' twice: because only one of the two could be read`,
        ] as const,
    ),
  ]

  it.each(all)('%s', (_, bytes, words) => {
    expect(() => readSafetensors(bytes)).toThrow(RangeError)
    expect(() => readSafetensors(bytes)).toThrow(/^readSafetensors: expected [^]* but got [^]*: because [^]+$/)
    expect(() => readSafetensors(bytes)).toThrow(words)
  })

  it('what is no bytes', () => {
    for (const other of [undefined, 'bytes', [1, 2], new Float32Array(8)])
      expect(() => readSafetensors(other as unknown as Uint8Array)).toThrow('readSafetensors: expected bytes but got ')
  })

  it('and the same names in two objects are none twice, nor is what only looks like a name', () => {
    const header = `{"__metadata__":{"x":"\\"x\\":","y":"x"},"x":${entry},"y":{"dtype":"I8","shape":[0],"data_offsets":[8,8]}}`
    expect(Object.keys(readSafetensors(rawFile({ header, data: 8 })).tensors)).toEqual(['x', 'y'])
  })
})

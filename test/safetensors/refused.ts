/** Files that are no safetensors, each with what is said of it. */
import { rawFile } from './rawFile.ts'

const F32 = { dtype: 'F32', shape: [2], data_offsets: [0, 8] }
const one = (x: object): object => ({ x: { ...F32, ...x } })
const CASES: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  'no bytes': [new Uint8Array(), 'a safetensors file but got 0 bytes: because its first 8 say how long its header is'],
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
    `tensor 'x' of dtype, shape, data_offsets but got 5: because these say where it is`,
  ],
  'a list as a tensor': [rawFile({ header: { x: [] } }), 'data_offsets but got a list of 0'],
  'more than a tensor has': [
    rawFile({ header: one({ strides: [1] }), data: 8 }),
    `tensor 'x' of dtype, shape, data_offsets but got 'strides': because the format has no more`,
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
const TWICE: Readonly<Record<string, readonly [string, string]>> = {
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
/** All of them. `words` are in what the error says. */
export const REFUSED: readonly { readonly name: string; readonly bytes: Uint8Array; readonly words: string }[] = [
  ...Object.entries(CASES).map(([name, [bytes, words]]) => ({ name, bytes, words })),
  ...Object.entries(TWICE).map(([name, [header, twice]]) => ({
    name,
    bytes: rawFile({ header, data: 8 }),
    words: `each name once but got '${twice}' twice: because only one of the two could be read`,
  })),
]

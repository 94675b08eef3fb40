/** Values that nobody means and every program meets: of the wrong kind, the wrong size, or the wrong alphabet. */
import * as fc from 'fast-check'

const ODD: readonly unknown[] = [
  undefined,
  null,
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  0.5,
  2 ** 31,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 60),
  1e39,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  '',
  ' ',
  '0',
  '7',
  'NaN',
  '__proto__',
  'constructor',
  'toString',
  'a'.repeat(1000),
  '\ud800',
  '点击',
  'a.b',
  true,
  false,
  7n,
  -1n,
  2n ** 64n,
  Symbol('odd'),
  [],
  [1],
  [[1]],
  {},
  { length: 3 },
  { valueOf: 3 },
]

/** Made anew for each case, so that no case changes another's. */
const MADE: readonly (() => unknown)[] = [
  () => new Date(NaN),
  () => new Map([[1, 2]]),
  () => () => 1,
  () => Object.create(null) as unknown,
  () => new Float32Array([1, NaN, 3]),
  () => new Float64Array([2 ** 53 + 2, 1e39]),
  () => new Int32Array([0, 1, 2]),
  () => new Int32Array(0),
  () => new Uint8Array([255, 0]),
  () => new BigInt64Array([1n, 2n ** 62n]),
  () => new DataView(new ArrayBuffer(4)),
  () => Array.from<unknown>({ length: 3 }),
]

/** Anything at all. */
export const hostile = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...ODD), weight: 6 },
    { arbitrary: fc.constantFrom(...MADE).map((make) => make()), weight: 2 },
    { arbitrary: fc.double(), weight: 1 },
    { arbitrary: fc.string({ unit: 'binary' }), weight: 1 },
    { arbitrary: fc.integer({ min: -5, max: 20 }), weight: 2 },
  )

/** What a category may be: strings of any alphabet, finite numbers, and what counts as missing. */
export const categories = (): fc.Arbitrary<string | number | null | undefined> =>
  fc.oneof(
    { arbitrary: fc.constantFrom('', null, undefined, NaN), weight: 1 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 4 }), weight: 2 },
    { arbitrary: fc.constantFrom('DE', 'FR', '7', '__proto__', 'constructor'), weight: 2 },
    { arbitrary: fc.integer({ min: -3, max: 12 }), weight: 2 },
    { arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), weight: 1 },
  )

/** Mostly what is given, now and then anything. */
export const mostly = <T>(arbitrary: fc.Arbitrary<T>, weight = 6): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary, weight }, { arbitrary: hostile(), weight: 1 })

/** Kernels that are written for hosts which join pairs of vectors are joined, as V8 of Node 24 says; and which are not, and why. */
import { describe, expect, it } from 'vitest'
import { BINARIES, compile } from '../../../scripts/build-wasm.ts'
import { NO_NODE24, node24 } from '../../../scripts/node24.ts'
import { binary as index } from '../../../src/kernels/wasm/binary.generated.ts'
import { binary as serving } from '../../../src/kernels/wasm/serving.generated.ts'
import { decode } from '../../../src/kernels/wasm/text.ts'
import { settle } from '../../../src/kernels/wasm/variant.ts'
import { joinedBy } from './joined.ts'

/** Pairs of stores that become one in each; `mixDot` returns sums, and has none. */
const WIDE: Readonly<Record<string, number>> = {
  ...{ 'binary/add': 1, 'binary/sub': 1, 'binary/mul': 1, 'binary/div': 1, 'binary/maximum': 1, 'binary/minimum': 1 },
  ...{ 'binary/equal': 1, 'binary/less': 1, 'binary/lessEqual': 1, 'binary/where': 1, 'binary/reluGradient': 1 },
  ...{ 'unary/neg': 1, 'unary/abs': 1, 'unary/sqrt': 1, 'unary/square': 1, 'unary/reciprocal': 1, 'unary/relu': 1 },
  ...{ 'unary/clip': 1, 'unary/leakyRelu': 1, 'unary/scaleShift': 1, 'unary/exponentials': 1, 'unary/logs': 1 },
  ...{ 'unary/sigmoid': 1, 'unary/softplus': 1, 'unary/tanh': 2, 'losses/binaryCrossEntropy': 1, 'random/dropout': 1 },
  ...{ 'softmax/affine': 1, 'softmax/softmaxGradient': 1, 'mix/mix': 2, 'mix/mixDot': 0 },
  ...{ 'adam/adam': 3, 'ftrl/ftrl': 3, 'update/adagrad': 2, 'update/sgd': 2, 'update/movingAverage': 1 },
  ...{ 'rows/gather': 1, 'rows/scatterAdd': 1, 'rows/mergeRows': 2 },
  ...{ 'shape/copyRows': 1, 'shape/fill': 1, 'shape/repeat': 1 },
  ...{
    'gemm/gemm': 14,
    'gemm/setScratch': 5,
    'stream/stream': 12,
    'tiles/wideFusedTile': 12,
    'tiles/wideShortTile': 8,
  },
  ...{ 'bfloat16/halves': 8, 'int8/bytes': 4 },
}

/** All others that have vectors. */
const NARROW: Readonly<Record<string, string>> = {
  'bfloat16/few16': 'four columns',
  'int8/few8': 'four columns',
  'lanes/putPart': 'the last one to three numbers',
  'narrow/loadLanes': 'fewer than four columns',
  'narrow/narrowTile': 'up to four columns, and shuffles that are not joined',
  'pack/pack': 'shuffles that are not joined',
  'reduce/largest': 'four columns at a time: no model takes a maximum of many',
  'reduce/maxOf': 'rows of gates, which are shorter than a pair',
  'reduce/sum': 'sums in float64, to which V8 widens one vector at a time',
  'reduce/sumOf': 'sums in float64, to which V8 widens one vector at a time',
  'reduce/sumOfRows': 'sums in float64, to which V8 widens one vector at a time',
  'rounded/denseRounded': 'ends what bfloat16 and int8 have summed',
  'rounded/toWhole': 'narrows numbers, which makes a half of a vector',
  'rounded/unitOf': 'the largest of a row, once for all of its products',
  'rows/nonzeroMask': 'once for the ids of a batch',
  'softmax/logSoftmax': 'has others do it',
  'stream/slim': 'sixteen columns at most, in vectors that may overlap',
  'tiles/fusedTile': 'for hosts that join nothing',
  'tiles/shortTile': 'for hosts that join nothing',
  'tiles/tallTile': 'for hosts that join nothing',
  '~start': 'sets what is there to begin with',
}

const STORED = { index, serving }
const node = node24()

/** A binary without the names of its functions, which end it. */
const codeOf = (named: Uint8Array, length: number): Uint8Array => named.subarray(0, length)

describe.skipIf(node === undefined)(`kernels of${node === undefined ? ` (skipped: ${NO_NODE24})` : ''}`, async () => {
  const named = {
    index: await compile('index', '--debug'),
    serving: await compile('serving', '--debug'),
  }

  describe.each(Object.keys(BINARIES) as (keyof typeof BINARIES)[])('%s', (entry) => {
    it('are those of the stored binary', () => {
      const stored = decode(STORED[entry])
      expect(Buffer.compare(codeOf(named[entry], stored.length), stored)).toBe(0)
    })

    it.for(['simd', 'relaxed'] as const)('are joined as %s where they are meant to be, whole', (variant, { skip }) => {
      const told = joinedBy(node!, settle(named[entry].slice(), variant))
      skip(told.size === 0, 'this processor has no AVX2')
      const names = [...told.keys()]
      expect(names.filter((name) => !(name in WIDE) && !(name in NARROW))).toEqual([])
      if (entry === 'index') expect(Object.keys({ ...WIDE, ...NARROW }).filter((name) => !told.has(name))).toEqual([])
      for (const [name, { stores, values, failed }] of told) {
        if (name in WIDE) {
          expect({ name, stores: Math.min(stores, WIDE[name]), failed }).toEqual({
            name,
            stores: WIDE[name],
            failed: 0,
          })
          expect(values, name).toBeGreaterThan(stores)
        } else expect(stores === 0 || failed > 0, name).toBe(true)
      }
    })
  })

  it('are not where halves lie further apart', async ({ skip }) => {
    const edited = await compile('index', '--debug', (source) =>
      source.replace('v128.store(to, second, 16)', 'v128.store(to + <usize>(to & 16), second)'),
    )
    const told = joinedBy(node!, settle(edited, 'simd'))
    skip(told.size === 0, 'this processor has no AVX2')
    expect(told.get('binary/add')).toEqual({ stores: 0, values: 0, failed: 0 })
  })
})

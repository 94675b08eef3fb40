/** Products and probabilities against float64, at shapes that GPUs stumble over: long sums, single rows and columns. */
import * as fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { cpu64, kernelsOf } from '../../src/kernels/index.ts'
import type { Kernels } from '../../src/kernels/index.ts'
import { draw } from './draw.ts'
import type { Given } from './given.ts'

type Sizes = readonly [m: number, k: number, n: number]

const MATMULS = {
  matmul: ([m, k, n]: Sizes) => [m * k, k * n],
  matmulNT: ([m, k, n]: Sizes) => [m * k, n * k],
  matmulTN: ([m, k, n]: Sizes) => [k * m, k * n],
} as const

/** K beyond a thousand, where GPU.js cuts loops that are not bounded by constants; one row, one column, nothing. */
const SHAPES: readonly Sizes[] = [
  [3, 1500, 5],
  [1, 1001, 1],
  [1, 64, 33],
  [33, 64, 1],
  [1, 1, 1],
  [64, 64, 64],
  [17, 33, 65],
  [4, 0, 3],
  [0, 5, 3],
  [3, 5, 0],
]

const PROBABILITIES = ['softmax', 'logSoftmax', 'softmaxGradient'] as const

const ROWS: readonly (readonly [b: number, n: number])[] = [
  [1, 1],
  [1, 1500],
  [300, 1],
  [37, 8],
  [5, 1000],
  [0, 4],
  [4, 0],
]

type Kernel = (...args: unknown[]) => void

const EPSILON = 2 ** -23
/** Roundings of eˣ where x is a difference of scores, up to 16: 3 + 2·|x| (WGSL, "Concrete floating point accuracy"). */
const EXPONENT = 3 + 2 * 16

/** How many shapes are drawn, each of which is a kernel to build. */
const DRAWN = 12

export const products = (given: Given): void => {
  /** What a kernel makes of these arrays here and by the reference. */
  const both = async (
    verb: keyof Kernels,
    arrays: readonly Float32Array[],
    length: number,
    sizes: readonly number[],
  ) => {
    const backend = given()
    const run = (kernels: object, buffers: readonly unknown[], out: unknown): void => {
      ;(kernels as Record<string, Kernel>)[verb](...buffers, out, ...sizes)
    }
    const out = backend.allocate(length)
    const buffers = arrays.map((values) => {
      const buffer = backend.allocate(values.length)
      backend.write(buffer, values)
      return buffer
    })
    run(backend.kernels, buffers, out)
    const exact = new Float64Array(length)
    run(
      kernelsOf(cpu64),
      arrays.map((values) => Float64Array.from(values)),
      exact,
    )
    return { got: await backend.read(out), exact }
  }
  const check = async (verb: keyof typeof MATMULS, sizes: Sizes, seed = 1): Promise<void> => {
    const [a, b] = MATMULS[verb](sizes)
    const [m, k, n] = sizes
    const { got, exact } = await both(verb, [draw(a, seed), draw(b, seed + 1)], m * n, sizes)
    expect(got.length).toBe(m * n)
    exact.forEach((value, at) => {
      expect(Math.abs(got[at] - value)).toBeLessThanOrEqual((4 + k) * EPSILON)
    })
  }

  describe.each(Object.keys(MATMULS) as (keyof typeof MATMULS)[])('%s', (verb) => {
    it.each(SHAPES)('agrees with float64 at %i × %i × %i', async (...sizes) => {
      await check(verb, sizes)
    })

    it('agrees with float64 at drawn shapes', async () => {
      const size = fc.integer({ min: 1, max: 70 })
      await fc.assert(
        fc.asyncProperty(size, fc.integer({ min: 1, max: 1200 }), size, fc.nat(), (m, k, n, seed) =>
          check(verb, [m, k, n], seed),
        ),
        { numRuns: DRAWN, seed: inject('lawsSeed') },
      )
    })
  })

  const checkRows = async (verb: (typeof PROBABILITIES)[number], b: number, n: number, seed = 3): Promise<void> => {
    const scores = draw(b * n, seed).map((value) => 8 * value)
    const arrays = verb === 'softmaxGradient' ? [scores, draw(b * n, seed + 1)] : [scores]
    const { got, exact } = await both(verb, arrays, b * n, [b, n])
    expect(got.length).toBe(b * n)
    const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
    // Of a probability, a logarithm, a difference that may have cancelled.
    const scaleOf = {
      softmax: Math.abs,
      logSoftmax: (x: number) => Math.max(1, Math.abs(x)),
      softmaxGradient: () => largest,
    }
    exact.forEach((value, at) => {
      expect(Math.abs(got[at] - value)).toBeLessThanOrEqual((EXPONENT + n) * EPSILON * scaleOf[verb](value))
    })
  }

  describe.each(PROBABILITIES)('%s', (verb) => {
    it.each(ROWS)('agrees with float64 over %i rows of %i', async (b, n) => {
      await checkRows(verb, b, n)
    })

    it('agrees with float64 at drawn shapes', async () => {
      const [rows, width] = [fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 1200 })]
      await fc.assert(
        fc.asyncProperty(rows, width, fc.nat(), (b, n, seed) => checkRows(verb, b, n, seed)),
        { numRuns: DRAWN, seed: inject('lawsSeed') },
      )
    })
  })

  it('rows of probabilities add up to 1, and large scores do not overflow', async () => {
    const { got } = await both('softmax', [Float32Array.of(1e4, 1e4, -1e4, 3e38, 0, 1)], 6, [2, 3])
    expect([...got].map((value) => Number(value.toFixed(6)))).toEqual([0.5, 0.5, 0, 1, 0, 0])
  })
}

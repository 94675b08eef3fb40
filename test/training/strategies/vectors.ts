/** Gradients as plain lists of numbers, drawn where it is difficult: of length 0, equal, opposite, nearly parallel. */
import * as fc from 'fast-check'

export type Vectors = readonly (readonly number[])[]

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * b[at], 0)

export const gramOf = (vectors: Vectors): readonly (readonly number[])[] =>
  vectors.map((a) => vectors.map((b) => dot(a, b)))

/** Σ cₖ·gₖ */
export const combined = (coefficients: readonly number[], vectors: Vectors): readonly number[] =>
  vectors[0].map((_, at) => coefficients.reduce((sum, coefficient, task) => sum + coefficient * vectors[task][at], 0))

export const lengthOf = (vector: readonly number[]): number => Math.sqrt(dot(vector, vector))

/** The length of the longest vector, or of 1. */
export const largestOf = (vectors: Vectors): number => Math.max(1, ...vectors.map(lengthOf))

const entry = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -10, max: 10, noNaN: true }).map(Math.fround))

/** Two to five gradients of one to eight numbers; some are nothing, or another one, times a number. */
export const difficult: fc.Arbitrary<Vectors> = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 8 }))
  .chain(([count, size]) =>
    fc.tuple(
      fc.array(fc.array(entry, { minLength: size, maxLength: size }), { minLength: count, maxLength: count }),
      fc.array(fc.constantFrom(undefined, undefined, undefined, 0, 1, -1, -0.5, 2), {
        minLength: count,
        maxLength: count,
      }),
    ),
  )
  .map(([vectors, factors]) =>
    vectors.map((vector, at) => {
      const factor = at === 0 ? undefined : factors[at]
      return factor === undefined ? vector : vectors[at - 1].map((value) => factor * value)
    }),
  )

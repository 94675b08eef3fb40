/** What it takes to call a verb for its time alone, by the form of its arguments. It refuses to know verbs by name. */
import type { Buffer } from '../../kernels.ts'

/** Sizes as the verb takes them. */
export type Sizes = readonly number[]

export interface Trial {
  readonly ladder: readonly Sizes[]
  /** Operations on floats, or numbers moved where there are none. */
  readonly operations: (sizes: Sizes) => number
  /** Lengths of its inputs of floats, and of ids, which are below the first size. */
  readonly floats: (sizes: Sizes) => Sizes
  readonly ids?: (sizes: Sizes) => Sizes
  /** Length of its output; none where it changes its first input. */
  readonly out?: (sizes: Sizes) => number
  readonly idsOut?: boolean
  /** What comes behind the sizes. */
  readonly options?: readonly unknown[]
  /** How its inputs stand in the call, if not one after the other. */
  readonly arranged?: (floats: readonly Buffer[]) => readonly unknown[]
}

export const product = ([first, ...others]: Sizes): number => others.reduce((total, size) => total * size, first)
export const cells =
  (...axes: readonly number[]) =>
  (sizes: Sizes) =>
    product(axes.map((axis) => sizes[axis]))
const times = (factor: number, count: (sizes: Sizes) => number) => (sizes: Sizes) => factor * count(sizes)

export const LINES: readonly Sizes[] = [[2 ** 8], [2 ** 14], [2 ** 20]]
const CUBES: readonly Sizes[] = [16, 64, 256].map((side) => [side, side, side])
const ROWS: readonly Sizes[] = [
  [8, 16],
  [256, 64],
  [4096, 128],
]
export const MIDDLES: readonly Sizes[] = [
  [4, 8, 8],
  [16, 32, 32],
  [64, 128, 128],
]
export const MIXES: readonly Sizes[] = [
  [16, 4, 16],
  [256, 4, 64],
  [2048, 4, 128],
]
export const TABLES: readonly Sizes[] = [
  [16, 16],
  [128, 64],
  [2048, 128],
]

/** Of n numbers each, element by element. */
export const elementwise = (inputs: number, factor = 1, options: readonly unknown[] = []): Trial => ({
  ladder: LINES,
  operations: times(factor, cells(0)),
  floats: ([n]) => Array<number>(inputs).fill(n),
  out: cells(0),
  options,
})

export const multiply: Trial = {
  ladder: CUBES,
  operations: times(2, product),
  floats: ([m, k, n]) => [m * k, k * n],
  out: cells(0, 2),
}
export const batchMultiply: Trial = {
  ladder: [4, 32, 128].map((side) => [8, side, side, side]),
  operations: times(2, product),
  floats: ([batch, m, k, n]) => [batch * m * k, batch * k * n],
  out: cells(0, 1, 3),
}
export const layer = (behind: number): Trial => ({
  ladder: CUBES,
  operations: ([b, i, o]) => b * o * (2 * i + behind),
  floats: ([b, i, o]) => [b * i, i * o, o],
  out: cells(0, 2),
})
export const overRows = (factor: number, inputs = 1): Trial => ({
  ladder: ROWS,
  operations: times(factor, product),
  floats: (sizes) => Array<number>(inputs).fill(product(sizes)),
  out: product,
})
export const overMiddle = (factor: number): Trial => ({
  ladder: MIDDLES,
  operations: times(factor, product),
  floats: (sizes) => [product(sizes)],
  out: cells(0, 2),
})
export const ofExperts = (out: (sizes: Sizes) => number, first: readonly [number, number]): Trial => ({
  ladder: MIXES,
  operations: times(2, product),
  floats: (sizes) => [cells(...first)(sizes), ...Array<number>(sizes[1]).fill(sizes[0] * sizes[2])],
  out,
  arranged: ([weights, ...experts]) => [weights, experts],
})
export const adding: Trial = {
  ladder: [
    [16, 16, 16],
    [128, 128, 32],
    [512, 512, 64],
  ],
  operations: cells(0, 2),
  floats: ([b, , d]) => [b * d],
  ids: ([b]) => [b],
  out: cells(1, 2),
}
export const updating = (factor: number, states: number, options: object): Trial => ({
  ladder: TABLES,
  operations: times(factor, product),
  floats: (sizes) => Array<number>(2 + states).fill(product(sizes)),
  arranged: (floats) => [...floats, null],
  options: [0, options],
})

const BETAS = { beta1: 0.9, beta2: 0.999, correction1: 0.1, correction2: 1e-3 }
export const ADAM = { learningRate: 1e-3, epsilon: 1e-8, decay: 0, ...BETAS }

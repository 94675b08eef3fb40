/** The three forms of matrix product as problems: operands, how many operations they take, and exact numbers to prove by. */
import { stream } from '../../src/index.ts'

/** Which operand lies transposed in memory: none, the second, the first. */
export type Form = 'A·B' | 'A·Bᵀ' | 'Aᵀ·B'
export const FORMS: readonly Form[] = ['A·B', 'A·Bᵀ', 'Aᵀ·B']

export interface Extents {
  readonly m: number
  readonly k: number
  readonly n: number
}

export interface Product extends Extents {
  readonly form: Form
  /** (m k), or (k m) where it lies transposed. */
  readonly a: Float32Array<ArrayBuffer>
  /** (k n), or (n k). */
  readonly b: Float32Array<ArrayBuffer>
}

export const flopsOf = ({ m, k, n }: Extents): number => 2 * m * k * n
export const bytesOf = ({ m, k, n }: Extents): number => 4 * (m * k + k * n + m * n)

export const nameOf = ({ m, k, n }: Extents): string => (m === k && k === n ? `${m}³` : `${m}×${k}×${n}`)

/** The side of the cube of as many operations. */
export const scaleOf = ({ m, k, n }: Extents): number => Math.cbrt(m * k * n)

/** The same product in every form: what differs is how its operands lie in memory. */
export function product(form: Form, extents: Extents): Product {
  const { m, k, n } = extents
  const random = stream(m * 31 + n)
  const draw = (name: string, rows: number, columns: number, transposed: boolean): Float32Array<ArrayBuffer> => {
    const numbers = random.stream(name)
    const value = (at: number): number =>
      transposed ? numbers.uniform((at % rows) * columns + Math.floor(at / rows)) : numbers.uniform(at)
    return Float32Array.from({ length: rows * columns }, (_, at) => value(at) - 0.5)
  }
  return { form, m, k, n, a: draw('a', m, k, form === 'Aᵀ·B'), b: draw('b', k, n, form === 'A·Bᵀ') }
}

/** Every element of a small product, and of a large one those of a grid that shares no divisor with vector widths. */
const grid = ({ m, n }: Extents): readonly (readonly [number, number])[] => {
  const [down, across] = m * n > 4096 ? [11, 7] : [1, 1]
  const at: (readonly [number, number])[] = []
  for (let i = 0; i < m; i += down) for (let j = i % across; j < n; j += across) at.push([i, j])
  // The last corner is where tails of vectors meet.
  return [...at, [m - 1, n - 1]]
}

export const sample = (problem: Product, out: ArrayLike<number>): Float64Array =>
  Float64Array.from(grid(problem), ([i, j]) => out[i * problem.n + j])

/** The sampled elements in float64, by the definition. */
export const exactSample = (problem: Product): Float64Array => {
  const { form, m, k, n, a, b } = problem
  const [aRow, aStep] = form === 'Aᵀ·B' ? [1, m] : [k, 1]
  const [bStep, bColumn] = form === 'A·Bᵀ' ? [1, k] : [n, 1]
  return Float64Array.from(grid(problem), ([i, j]) => {
    let sum = 0
    for (let p = 0; p < k; p++) sum += a[i * aRow + p * aStep] * b[p * bStep + j * bColumn]
    return sum
  })
}

/** The loop that everyone writes first. */
export function naive({ form, m, k, n, a, b }: Product, out: Float32Array): void {
  const [aRow, aStep] = form === 'Aᵀ·B' ? [1, m] : [k, 1]
  const [bStep, bColumn] = form === 'A·Bᵀ' ? [1, k] : [n, 1]
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let p = 0; p < k; p++) sum += a[i * aRow + p * aStep] * b[p * bStep + j * bColumn]
      out[i * n + j] = sum
    }
}

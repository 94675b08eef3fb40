/**
 * The ladder of the CPU's matrix products: a naive loop, then the reference kernel in its three forms, in float32. It
 * refuses to time what does not agree with the naive loop in float64.
 */
import b from 'benny'
import { cpuKernels, stream } from '../../src/index.ts'

const SIZES = [64, 256, 512]

type Product = (a: Float32Array, b: Float32Array, out: Float32Array, m: number, k: number, n: number) => void

const naive: Product = (a, b, out, m, k, n) => {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j]
      out[i * n + j] = sum
    }
}

/** Each rung, and which of its operands lies transposed in memory. */
const RUNGS: readonly { readonly name: string; readonly product: Product; readonly transposed: 'none' | 'a' | 'b' }[] =
  [
    { name: 'naive A·B', product: naive, transposed: 'none' },
    { name: 'cpu A·B', product: (...given) => cpuKernels.matmul(...given), transposed: 'none' },
    { name: 'cpu A·Bᵀ', product: (...given) => cpuKernels.matmulNT(...given), transposed: 'b' },
    { name: 'cpu Aᵀ·B', product: (...given) => cpuKernels.matmulTN(...given), transposed: 'a' },
  ]

const transpose = (x: Float32Array, size: number): Float32Array =>
  x.map((_, index) => x[(index % size) * size + Math.floor(index / size)])

function operands(size: number): [Float32Array, Float32Array] {
  const random = stream(size)
  const draw = (name: string): Float32Array =>
    Float32Array.from({ length: size * size }, (_, index) => random.stream(name).uniform(index) - 0.5)
  return [draw('a'), draw('b')]
}

/** Throws unless `got` is A·B within the rounding of float32. */
function agree(name: string, got: Float32Array, x: Float32Array, y: Float32Array, size: number): void {
  for (let i = 0; i < size; i += 7)
    for (let j = 0; j < size; j += 5) {
      let exact = 0
      for (let p = 0; p < size; p++) exact += x[i * size + p] * y[p * size + j]
      const error = Math.abs(got[i * size + j] - exact)
      if (!(error <= 1e-6 * Math.sqrt(size)))
        throw new Error(`${name}: expected ${exact} at (${i}, ${j}) of ${size}³ but got ${got[i * size + j]}`)
    }
}

console.log(`float32 products on one thread, Node ${process.version}, backend cpu\n`)
console.log('size  product       GFLOP/s     ±  over naive')
for (const size of SIZES) {
  const [x, y] = operands(size)
  const out = new Float32Array(size * size)
  const cases = RUNGS.map(({ name, product, transposed }) => {
    const left = transposed === 'a' ? transpose(x, size) : x
    const right = transposed === 'b' ? transpose(y, size) : y
    const run = (): void => product(left, right, out, size, size, size)
    run()
    agree(name, out, x, y, size)
    return b.add(name, () => run())
  })
  const { results } = await b.suite(
    `${size}³`,
    ...cases,
    b.cycle(() => undefined),
  )
  const [{ ops: base }] = results
  for (const { name, ops, margin } of results)
    console.log(
      `${`${size}³`.padEnd(5)} ${name.padEnd(12)} ${((2 * size ** 3 * ops) / 1e9).toFixed(2).padStart(8)} ` +
        `${`${margin.toFixed(0)} %`.padStart(6)} ${`${(ops / base).toFixed(1)}×`.padStart(10)}`,
    )
}

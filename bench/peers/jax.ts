/** jax-js on its wasm backend, which in Node has one thread. Its operations consume what they are given, so all reuse is by `ref`. */
import { isMissing } from '../measure/case.ts'
import type { Missing } from '../measure/case.ts'
import { load, versioned } from './load.ts'

/** Trees of arrays are plain objects here. */
export type Tree = JaxArray | readonly Tree[] | { readonly [name: string]: Tree }

export interface JaxArray {
  readonly ref: JaxArray
  readonly shape: readonly number[]
  add(other: JaxArray | number): JaxArray
  sub(other: JaxArray | number): JaxArray
  mul(other: JaxArray | number): JaxArray
  div(other: JaxArray | number): JaxArray
  mean(): JaxArray
  sum(axis?: number): JaxArray
  reshape(shape: readonly number[]): JaxArray
  transpose(): JaxArray
  slice(...at: readonly unknown[]): JaxArray
  dataSync(): Float32Array | Int32Array
  dispose(): void
}

export interface Jax {
  init(device: string): Promise<readonly string[]>
  defaultDevice(device: string): string
  jit<F>(f: F): F
  valueAndGrad<A extends readonly unknown[], R>(
    f: (...given: A) => R,
    options?: { readonly hasAux?: boolean },
  ): (...given: A) => [R, A[0]]
  blockUntilReady(tree: unknown): Promise<unknown>
  readonly tree: {
    map(f: (x: JaxArray) => JaxArray, tree: unknown): unknown
    ref<T>(tree: T): T
    dispose(tree: unknown): void
  }
  readonly numpy: {
    array(values: Float32Array | Int32Array, options?: { readonly shape: readonly number[] }): JaxArray
    matmul(a: JaxArray, b: JaxArray): JaxArray
    concatenate(xs: readonly JaxArray[], axis?: number): JaxArray
    stack(xs: readonly JaxArray[], axis?: number): JaxArray
    sqrt(x: JaxArray): JaxArray
    square(x: JaxArray): JaxArray
    exp(x: JaxArray): JaxArray
    sum(x: JaxArray, axis?: number): JaxArray
    zerosLike(x: JaxArray): JaxArray
  }
  readonly nn: {
    relu(x: JaxArray): JaxArray
    sigmoid(x: JaxArray): JaxArray
    softplus(x: JaxArray): JaxArray
    softmax(x: JaxArray, axis?: number): JaxArray
  }
}

let started: Promise<Jax | Missing> | undefined

async function start(): Promise<Jax | Missing> {
  const jax = await load<Jax>('@jax-js/jax')
  if (isMissing(jax)) return jax
  // Without an argument it looks for a browser's navigator.
  await jax.init('wasm')
  jax.defaultDevice('wasm')
  return jax
}

export const jaxJs = (): Promise<Jax | Missing> => (started ??= start())

export const jaxRan = (): string => `${versioned('@jax-js/jax')}, wasm, jit, 1 thread`

/** numpy-ts: products and element-wise functions in WebAssembly, and no gradients. */
import type { Missing } from '../measure/case.ts'
import { load, versioned } from './load.ts'

export interface NdArray {
  readonly T: NdArray
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
  add(other: NdArray | number): NdArray
  multiply(other: NdArray | number): NdArray
  reshape(...shape: readonly number[]): NdArray
  dispose?(): void
}

export interface NumpyTs {
  array(values: Float32Array | Int32Array, dtype?: string): NdArray
  matmul(a: NdArray, b: NdArray): NdArray
  maximum(a: NdArray, b: NdArray | number): NdArray
  divide(a: NdArray, b: NdArray): NdArray
  take(x: NdArray, at: number, axis: number): NdArray
  exp(x: NdArray): NdArray
  sum(x: NdArray, axis?: number, keepdims?: boolean): NdArray
}

export const numpyTs = (): Promise<NumpyTs | Missing> => load<NumpyTs>('numpy-ts')

export const numpyRan = (): string => `${versioned('numpy-ts')}, wasm, 1 thread`

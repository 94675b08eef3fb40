/** What kernels work on: flat memory and numbers, as types; nothing here knows who owns it. */

/** Storage of a backend: a typed array on the CPU, a handle elsewhere. */
export interface Buffer {
  readonly length: number
}

/** The precision that a backend computes in. */
export type Dtype = 'float32' | 'float64'

/** Numbers as the CPU holds them. */
export type Floats = Float32Array | Float64Array

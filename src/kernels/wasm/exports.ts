/** What a binary exports: kernels of addresses (in bytes, 0 for none), sizes and scalars. See assembly/index.ts. */
import type { FusedKernels, Kernels } from '../backend.ts'
import type { Floats } from '../buffer.ts'

/** Kernels on the memory of a binary. */
export type Own = Kernels<Floats, Int32Array> & FusedKernels<Floats, Int32Array>

/** Kernels that are exported under their own names, with the arguments of their declaration. */
type Plain =
  | ('neg' | 'abs' | 'exp' | 'log' | 'sqrt' | 'square' | 'reciprocal' | 'tanh' | 'sigmoid' | 'softplus' | 'relu')
  | ('leakyRelu' | 'clip' | 'scaleShift' | 'add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum' | 'equal' | 'less')
  | ('lessEqual' | 'where' | 'reluGradient' | 'binaryCrossEntropy' | 'softmax' | 'logSoftmax' | 'softmaxGradient')
  | ('repeat' | 'swap' | 'sum' | 'max' | 'scatterAdd' | 'mergeRows' | 'nonzeroMask' | 'movingAverage')

type Addresses<A extends readonly unknown[]> = { readonly [K in keyof A]: number }

type PlainExports = { readonly [V in Plain]: (...args: Addresses<Parameters<Kernels[V]>>) => void }

type OneMemory = (
  parameter: number,
  gradient: number,
  memory: number,
  rows: number,
  count: number,
  d: number,
  numbers: number,
) => void
type TwoMemories = (
  parameter: number,
  gradient: number,
  first: number,
  second: number,
  rows: number,
  count: number,
  d: number,
  numbers: number,
) => void

export interface Exports extends PlainExports {
  readonly scratchBytes: () => number
  /** Where to work, and whether products shall use tiles for a host that joins pairs of vectors. */
  readonly setScratch: (address: number, wide: boolean) => void

  /** out[i, j] (+)= Σₚ a[i·aRow + p·aStep] · b[p·bStep + j·bColumn] + bias[j]; flags: 1 relu, 2 add to what out holds. */
  readonly gemm: (
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bStep: number,
    bColumn: number,
    bias: number,
    out: number,
    m: number,
    k: number,
    n: number,
    flags: number,
  ) => void
  /** Entries of six numbers. `columns` is how many all of them have, which only those ask who share the call out. */
  readonly denseRounded: (
    list: number,
    count: number,
    x: number,
    b: number,
    i: number,
    bits: number,
    columns: number,
  ) => void
  readonly mix: (list: number, count: number, y: number, out: number, b: number, d: number) => void
  readonly mixDot: (x: number, list: number, out: number, b: number, e: number, d: number) => void

  /** Rows of `width` numbers from one stride to another. */
  readonly copyRows: (
    from: number,
    fromStride: number,
    to: number,
    toStride: number,
    rows: number,
    width: number,
  ) => void
  readonly fill: (value: number, out: number, n: number) => void

  readonly gather: (table: number, ids: number, out: number, b: number, d: number, stride: number) => void
  readonly gatherEach: (list: number, count: number, out: number, b: number, stride: number) => void
  readonly gatherRounded: (list: number, count: number, out: number, b: number, stride: number, bits: number) => void

  readonly dropout: (
    x: number,
    out: number,
    n: number,
    threshold: number,
    scale: number,
    key: number,
    counter: number,
  ) => void

  /** Steps of parameters; fractions are noted at `numbers`. */
  readonly sgd: OneMemory
  readonly adagrad: OneMemory
  readonly adam: TwoMemories
  readonly ftrl: TwoMemories
}

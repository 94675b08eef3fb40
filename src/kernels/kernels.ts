/**
 * The total list of kernels a backend offers: every verb is a loop over flat arrays that writes all of `out`.
 * It knows sizes, named as in the op that calls it, and refuses to know tensors, shapes or gradients.
 */
import type { UpdateKernels } from './updates.ts'

/** Storage of a backend: a typed array on the CPU, a handle elsewhere. */
export interface Buffer {
  readonly length: number
}

/** A number, or where to get it anew each time: what a recorded step cannot know once and for all. */
export type NumberOrGetter = number | (() => number)

/** Every kernel that a backend must have. */
export interface Kernels<B = Buffer, I = Buffer>
  extends
    MatmulKernels<B>,
    MixKernels<B>,
    DenseKernels<B>,
    SoftmaxKernels<B>,
    UnaryKernels<B>,
    BinaryKernels<B>,
    ShapeKernels<B>,
    ReduceKernels<B, I>,
    RowKernels<B, I>,
    LossKernels<B>,
    RandomKernels<B>,
    UpdateKernels<B, I> {}

/** The products that are one another's gradients; the batched forms do `b` of them. */
export interface MatmulKernels<B> {
  /** (m k)·(k n) */
  matmul(a: B, b: B, out: B, m: number, k: number, n: number): void
  /** (m k)·(n k)ᵀ */
  matmulNT(a: B, b: B, out: B, m: number, k: number, n: number): void
  /** (k m)ᵀ·(k n) */
  matmulTN(a: B, b: B, out: B, m: number, k: number, n: number): void
  batchMatmul(a: B, b: B, out: B, batch: number, m: number, k: number, n: number): void
  batchMatmulNT(a: B, b: B, out: B, batch: number, m: number, k: number, n: number): void
  batchMatmulTN(a: B, b: B, out: B, batch: number, m: number, k: number, n: number): void
}

/** A gate's mixture of experts and its two gradients. `weights` is (b e), each expert (b d). */
export interface MixKernels<B> {
  /** out[b,d] = Σₑ weights[b,e]·experts[e][b,d] */
  mix(weights: B, experts: readonly B[], out: B, b: number, e: number, d: number): void
  /** out[b,e] = ⟨x[b], experts[e][b]⟩ */
  mixDot(x: B, experts: readonly B[], out: B, b: number, e: number, d: number): void
  /** out[b,d] = weights[b,index]·x[b,d] */
  mixScale(weights: B, x: B, out: B, b: number, e: number, d: number, index: number): void
}

/** One layer in one pass: x (b i), w (i o), bias c (o). */
export interface DenseKernels<B> {
  dense(x: B, w: B, c: B, out: B, b: number, i: number, o: number): void
  denseRelu(x: B, w: B, c: B, out: B, b: number, i: number, o: number): void
}

/** Over the last axis, `n` wide, of `b` rows. */
export interface SoftmaxKernels<B> {
  softmax(x: B, out: B, b: number, n: number): void
  logSoftmax(x: B, out: B, b: number, n: number): void
  /** out = y·(g − ⟨g, y⟩): the gradient of softmax from its own output. */
  softmaxGradient(g: B, y: B, out: B, b: number, n: number): void
}

/** One number in, one number out. */
export interface UnaryKernels<B> {
  neg(x: B, out: B, n: number): void
  abs(x: B, out: B, n: number): void
  sign(x: B, out: B, n: number): void
  exp(x: B, out: B, n: number): void
  expm1(x: B, out: B, n: number): void
  log(x: B, out: B, n: number): void
  log1p(x: B, out: B, n: number): void
  sqrt(x: B, out: B, n: number): void
  square(x: B, out: B, n: number): void
  reciprocal(x: B, out: B, n: number): void
  sin(x: B, out: B, n: number): void
  cos(x: B, out: B, n: number): void
  tanh(x: B, out: B, n: number): void
  erf(x: B, out: B, n: number): void
  sigmoid(x: B, out: B, n: number): void
  softplus(x: B, out: B, n: number): void
  relu(x: B, out: B, n: number): void
  leakyRelu(x: B, out: B, n: number, slope: number): void
  elu(x: B, out: B, n: number, alpha: number): void
  pow(x: B, out: B, n: number, exponent: number): void
  clip(x: B, out: B, n: number, min: number, max: number): void
  /** out = factor·x + shift */
  scaleShift(x: B, out: B, n: number, factor: number, shift: number): void
}

/** Two numbers in, one out; where and the comparisons count 0 as false and give 1 for true. */
export interface BinaryKernels<B> {
  add(a: B, b: B, out: B, n: number): void
  sub(a: B, b: B, out: B, n: number): void
  mul(a: B, b: B, out: B, n: number): void
  div(a: B, b: B, out: B, n: number): void
  maximum(a: B, b: B, out: B, n: number): void
  minimum(a: B, b: B, out: B, n: number): void
  equal(a: B, b: B, out: B, n: number): void
  greater(a: B, b: B, out: B, n: number): void
  greaterEqual(a: B, b: B, out: B, n: number): void
  less(a: B, b: B, out: B, n: number): void
  lessEqual(a: B, b: B, out: B, n: number): void
  where(condition: B, a: B, b: B, out: B, n: number): void
  /** out = 0 where y ≤ 0, else g: the gradient of relu from its own output. */
  reluGradient(g: B, y: B, out: B, n: number): void
}

/** Moving values about: `o` outer and `i` inner elements stay together, the axes between them change. */
export interface ShapeKernels<B> {
  /** (o i) → (o m i) */
  repeat(x: B, out: B, o: number, m: number, i: number): void
  /** (o p q i) → (o q p i) */
  swap(x: B, out: B, o: number, p: number, q: number, i: number): void
  /** (o p i) → (o q i), from `start` along p */
  slice(x: B, out: B, o: number, p: number, q: number, i: number, start: number): void
  /** (o q i) → (o p i), placed at `start` among zeros */
  pad(x: B, out: B, o: number, q: number, p: number, i: number, start: number): void
  /** (o pₑ i) for each e → (o Σp i) */
  concat(xs: readonly B[], out: B, o: number, widths: readonly number[], i: number): void
}

/** Over the middle axis of (o m i). */
export interface ReduceKernels<B, I> {
  sum(x: B, out: B, o: number, m: number, i: number): void
  max(x: B, out: B, o: number, m: number, i: number): void
  min(x: B, out: B, o: number, m: number, i: number): void
  logSumExp(x: B, out: B, o: number, m: number, i: number): void
  /** The first index of the largest value. */
  argmax(x: B, out: I, o: number, m: number, i: number): void
}

/** Rows picked and rows added by integer ids, which the caller has checked. */
export interface RowKernels<B, I> {
  /** (v d), (b) → (b d); zeros where an id is below 0, which is nobody's. */
  gather(table: B, ids: I, out: B, b: number, d: number): void
  /** (b d), (b) → (v d); an id below 0 names no row. */
  scatterAdd(rows: B, ids: I, out: B, b: number, v: number, d: number): void
  /** (b d), (b) → (v d): the largest of each segment, 0 where a segment is empty. */
  segmentMax(rows: B, ids: I, out: B, b: number, v: number, d: number): void
  /**
   * Adds up rows of equal id: (b stride) from column `start` on, (b) → merged (b d), leaders (b). The first row of an id
   * gets their sum and keeps the id; the others, and those of an id below 0, get zeros and −1. `table` (size) is room
   * to work in, size a power of 2 of at least 2b.
   */
  mergeRows(
    rows: B,
    ids: I,
    merged: B,
    leaders: I,
    table: I,
    b: number,
    d: number,
    stride: number,
    start: number,
    size: number,
  ): void
  /** 1 where an id is not 0, which is padding. */
  nonzeroMask(ids: I, out: B, n: number): void
  /** The id, or −1, which is nobody's, where it is 0, which is padding. */
  presentIds(ids: I, out: I, n: number): void
  /** (m), (n) → (m + n) */
  joinIds(a: I, b: I, out: I, m: number, n: number): void
}

/** Losses, row by row. */
export interface LossKernels<B> {
  /** out = softplus(logit) − label·logit: −log-likelihood of a Bernoulli label. */
  binaryCrossEntropy(logits: B, labels: B, out: B, n: number): void
}

/** What is drawn by coins, which are functions of a key and a position. */
export interface RandomKernels<B> {
  /** Keeps each value with probability 1 − rate, scaled by 1 / (1 − rate); the coin of element j is (key, counter + j). */
  dropout(x: B, out: B, n: number, rate: number, key: NumberOrGetter, counter: number): void
}

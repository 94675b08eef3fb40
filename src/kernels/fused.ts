/**
 * What a backend may offer beyond the list of `Kernels`: several calls in one, for compiled programs alone. Each equals
 * the plain calls that its comment names, within rounding.
 */
import type { Buffer } from './kernels.ts'

/** Kernels that a backend may have beside those, for compiled programs alone. */
export interface FusedKernels<B = Buffer, I = Buffer> {
  /** For each e: outs[e] = dense (or denseRelu where relus[e], or matmul where cs[e] is null) of one x (b i). */
  denseEach(
    x: B,
    ws: readonly B[],
    cs: readonly (B | null)[],
    outs: readonly B[],
    b: number,
    i: number,
    os: readonly number[],
    relus: readonly boolean[],
  ): void
  /** out (m n) = Σₑ matmulNT of as[e] (m kₑ) and bs[e] (n kₑ), added up in order. */
  matmulNTSum(as: readonly B[], bs: readonly B[], out: B, m: number, ks: readonly number[], n: number): void
  /** out (b d) = Σₗ mixScale of weights[l] (b es[l]) and xs[l] (b d) at indices[l]; where y is given, reluGradient of that. */
  mixScaleSum(
    weights: readonly B[],
    xs: readonly B[],
    y: B | null,
    out: B,
    b: number,
    es: readonly number[],
    d: number,
    indices: readonly number[],
  ): void
  /** concat of gather of every table, and of the plain columns where ids[e] is null: out (b Σds). */
  gatherEach(tables: readonly B[], ids: readonly (I | null)[], out: B, b: number, ds: readonly number[]): void
}

/**
 * Many numbers to one, over the middle axis of (o m i): a thread for each number that comes out. A long axis is cut into
 * pieces that are reduced first, so that a sum of everything is not the work of one thread, nor one long row of roundings.
 */
import type * as cpu from '../cpu/reduce.ts'
import type { GpuBuffer, KernelsOf } from './buffer.ts'
import type { Launcher } from './launch.ts'

/**
 * A thread takes `piece` numbers of an axis of m, or what is left of them, from `first` on; the next one is `i` further.
 */
const walk = (body: string): string => `function (x) {
  const line = Math.floor((this.thread.x + 0.5) / this.constants.i);
  const outer = Math.floor((line + 0.5) / this.constants.pieces);
  const first = (line - outer * this.constants.pieces) * this.constants.piece;
  const count = Math.min(this.constants.piece, this.constants.m - first);
  const start = (outer * this.constants.m + first - line) * this.constants.i + this.thread.x;
${body}
}`

const SUM = walk(`  let total = 0;
  for (let j = 0; j < this.constants.piece; j++) {
    if (j < count) {
      total += x[start + j * this.constants.i];
    }
  }
  return total;`)

/** A walk's largest, or smallest. */
const EXTREME = (better: 'larger' | 'smaller'): string => `  let best = x[start];
  for (let j = 1; j < this.constants.piece; j++) {
    if (j < count) {
      best = ${better}(best, x[start + j * this.constants.i]);
    }
  }`

const MAX = walk(`${EXTREME('larger')}
  return best;`)

const MIN = walk(`${EXTREME('smaller')}
  return best;`)

/** log Σ exp(x) = max + log Σ exp(x − max); beyond every float the max is the answer itself */
const LOG_SUM_EXP = walk(`${EXTREME('larger')}
  if (Math.abs(best) > 3.4028234e38) {
    return best;
  }
  let total = 0;
  for (let j = 0; j < this.constants.piece; j++) {
    if (j < count) {
      total += exponential(x[start + j * this.constants.i] - best);
    }
  }
  return best + logarithm(total);`)

/** The first of the largest, where NaN is larger than all. */
const ARGMAX = walk(`  let best = 0;
  let largest = x[start];
  for (let j = 1; j < this.constants.piece; j++) {
    const value = x[start + j * this.constants.i];
    if (largest == largest && !(value <= largest)) {
      best = j;
      largest = value;
    }
  }
  return best;`)

/** How many numbers one thread takes, where several can share the work. */
const PIECE = 256

export function reduce({ launch, host, between }: Launcher): KernelsOf<typeof cpu> {
  type Reduction = (x: GpuBuffer, out: GpuBuffer, o: number, m: number, i: number) => void
  const reduction =
    (source: string, ofNothing: number, longest: number): Reduction =>
    (x, out, o, m, i) => {
      if (m === 0) {
        host(out, new Float32Array(o * i).fill(ofNothing))
        return
      }
      const pieces = Math.max(1, Math.ceil(m / longest))
      const parts = pieces === 1 ? out : between(o * pieces * i)
      launch(source, parts, [x], { m, i, pieces, piece: Math.min(m, longest) })
      if (pieces > 1) reduction(source, ofNothing, longest)(parts, out, o, pieces, i)
    }
  return {
    sum: reduction(SUM, 0, PIECE),
    max: reduction(MAX, -Infinity, PIECE),
    min: reduction(MIN, Infinity, PIECE),
    logSumExp: reduction(LOG_SUM_EXP, -Infinity, PIECE),
    argmax: reduction(ARGMAX, 0, Infinity),
  }
}

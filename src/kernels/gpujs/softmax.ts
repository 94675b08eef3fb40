/**
 * Probabilities of each row, in as few passes as there are questions to ask of a whole row: its largest value, the sum
 * of its exponentials, and then each element's share. One kernel that asked all of them in every thread would walk each
 * row n times.
 */
import type * as cpu from '../cpu/softmax.ts'
import type { GpuBuffer, KernelsOf } from './buffer.ts'
import type { Launcher } from './launch.ts'

/** largest[row] = max x[row] */
const LARGEST = `function (x) {
  const start = this.thread.x * this.constants.n;
  let largest = x[start];
  for (let j = 1; j < this.constants.n; j++) {
    largest = larger(largest, x[start + j]);
  }
  return largest;
}`

/** total[row] = Σ exp(x[row] − largest[row]) */
const TOTAL = `function (x, largest) {
  const start = this.thread.x * this.constants.n;
  const most = largest[this.thread.x];
  let total = 0;
  for (let j = 0; j < this.constants.n; j++) {
    total += exponential(x[start + j] - most);
  }
  return total;
}`

const SOFTMAX = `function (x, largest, total) {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.n);
  return exponential(x[this.thread.x] - largest[row]) / total[row];
}`

const LOG_SOFTMAX = `function (x, largest, total) {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.n);
  return x[this.thread.x] - largest[row] - logarithm(total[row]);
}`

/** dot[row] = ⟨g[row], y[row]⟩ */
const DOT = `function (g, y) {
  const start = this.thread.x * this.constants.n;
  let dot = 0;
  for (let j = 0; j < this.constants.n; j++) {
    dot += g[start + j] * y[start + j];
  }
  return dot;
}`

const GRADIENT = `function (g, y, dot) {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.n);
  return y[this.thread.x] * (g[this.thread.x] - dot[row]);
}`

export function softmax({ launch, between }: Launcher): KernelsOf<typeof cpu> {
  const shared = (source: string, x: GpuBuffer, out: GpuBuffer, b: number, n: number): void => {
    const [largest, total] = [between(b), between(b)]
    launch(LARGEST, largest, [x], { n })
    launch(TOTAL, total, [x, largest], { n })
    launch(source, out, [x, largest, total], { n })
  }
  return {
    softmax: (x, out, b, n) => {
      if (n > 0) shared(SOFTMAX, x, out, b, n)
    },
    logSoftmax: (x, out, b, n) => {
      if (n > 0) shared(LOG_SOFTMAX, x, out, b, n)
    },
    softmaxGradient: (g, y, out, b, n) => {
      const dot = between(b)
      launch(DOT, dot, [g, y], { n })
      launch(GRADIENT, out, [g, y, dot], { n })
    },
  }
}

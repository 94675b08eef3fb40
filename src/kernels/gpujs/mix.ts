/**
 * A gate's mixture of experts and its gradients. A kernel of GPU.js takes seven arrays at most, so that many experts are
 * heard a few at a time.
 */
import type * as cpu from '../cpu/mix.ts'
import type { GpuBuffer, KernelsOf } from './buffer.ts'
import { ARRAYS } from './limits.ts'
import { joined } from './shape.ts'
import type { Launcher } from './launch.ts'

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `expert${index}`)

/** out[row, j] = before[row, j] + Σₑ weights[row, first + e]·expertₑ[row, j], without `before` at first */
const mixture = (
  count: number,
  first: boolean,
): string => `function (weights, ${names(count).join(', ')}${first ? '' : ', before'}) {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.d);
  const start = row * this.constants.e + this.constants.first;
  return ${first ? '' : 'before[this.thread.x] + '}${names(count)
    .map((name, index) => `weights[start + ${index}] * ${name}[this.thread.x]`)
    .join(' + ')};
}`

/** out[row] = ⟨x[row], expert[row]⟩ */
const DOT = `function (x, expert) {
  const start = this.thread.x * this.constants.d;
  let dot = 0;
  for (let j = 0; j < this.constants.d; j++) {
    dot += x[start + j] * expert[start + j];
  }
  return dot;
}`

/** out[row, j] = weights[row, index]·x[row, j] */
const SCALE = `function (weights, x) {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.d);
  return weights[row * this.constants.e + this.constants.index] * x[this.thread.x];
}`

/** Beside the experts a kernel is given their weights and the sum so far. */
const HEARD = ARRAYS - 2

export function mix(launcher: Launcher): KernelsOf<typeof cpu> {
  const { launch, between, host } = launcher
  return {
    mix: (weights, experts, out, b, e, d) => {
      if (e === 0) host(out, new Float32Array(b * d))
      let before: GpuBuffer | undefined
      for (let first = 0; first < e; first += HEARD) {
        const heard = experts.slice(first, first + HEARD)
        const sum = first + HEARD < e ? between(b * d) : out
        const source = mixture(heard.length, before === undefined)
        launch(source, sum, [weights, ...heard, ...(before ? [before] : [])], { e, d, first })
        before = sum
      }
    },
    mixDot: (x, experts, out, b, e, d) => {
      const dots = experts.map((expert) => {
        const dot = e === 1 ? out : between(b)
        launch(DOT, dot, [x, expert], { d })
        return dot
      })
      if (e > 1)
        joined(
          launcher,
          dots,
          out,
          b,
          dots.map(() => 1),
          1,
        )
    },
    mixScale: (weights, x, out, _b, e, d, index) => {
      launch(SCALE, out, [weights, x], { e, d, index })
    },
  }
}

import { describe, expect, it } from 'vitest'
import { cpuKernels } from '../../src/kernels/index.ts'
import { law, output } from './law.ts'

describe('a gate mixes its experts', () => {
  law('mix is Σₑ weights[b, e]·experts[e][b, d]', 'b e d', ({ b, e, d }) => ({
    inputs: [b * e, ...new Array<number>(e).fill(b * d)],
    out: b * d,
    run: ([weights, ...experts], out) => cpuKernels.mix(weights, experts, out, b, e, d),
    formula: ([weights, ...experts], at) => {
      let sum = 0
      for (let expert = 0; expert < e; expert++) sum += weights[Math.floor(at / d) * e + expert] * experts[expert][at]
      return sum
    },
  }))

  law('mixDot is Σ x[b, d]·experts[e][b, d] over d', 'b e d', ({ b, e, d }) => ({
    inputs: [b * d, ...new Array<number>(e).fill(b * d)],
    out: b * e,
    run: ([x, ...experts], out) => cpuKernels.mixDot(x, experts, out, b, e, d),
    formula: ([x, ...experts], at) => {
      const row = Math.floor(at / e)
      let sum = 0
      for (let j = 0; j < d; j++) sum += x[row * d + j] * experts[at % e][row * d + j]
      return sum
    },
  }))

  law('mixScale is weights[b, index]·x[b, d]', 'b more d', ({ b, more, d }, draw) => {
    const e = more + 1
    const index = draw.below(e)
    return {
      inputs: [b * e, b * d],
      out: b * d,
      run: ([weights, x], out) => cpuKernels.mixScale(weights, x, out, b, e, d, index),
      formula: ([weights, x], at) => weights[Math.floor(at / d) * e + index] * x[at],
    }
  })

  it('mixes no experts to zero', () => {
    const none = new Float64Array(0)
    expect(output(6, (out) => cpuKernels.mix(none, [], out, 2, 0, 3))).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('keeps a NaN of one expert to its place', () => {
    const weights = Float64Array.of(0.5, 0.5)
    const experts = [Float64Array.of(1, 2), Float64Array.of(NaN, 4)]
    expect(output(2, (out) => cpuKernels.mix(weights, experts, out, 1, 2, 2))).toEqual([NaN, 3])
  })
})

import { describe, expect, it } from 'vitest'
import { cpuKernels } from '../../src/kernels/index.ts'
import { law, output } from './law.ts'

describe('moving values about', () => {
  law('repeat is out[o, m, i] = x[o, i]', 'o m i', ({ o, m, i }) => ({
    inputs: [o * i],
    out: o * m * i,
    run: ([x], out) => cpuKernels.repeat(x, out, o, m, i),
    formula: ([x], at) => x[Math.floor(at / (m * i)) * i + (at % i)],
  }))

  law('swap is out[o, q, p, i] = x[o, p, q, i]', 'o p q i', ({ o, p, q, i }) => ({
    inputs: [o * p * q * i],
    out: o * q * p * i,
    run: ([x], out) => cpuKernels.swap(x, out, o, p, q, i),
    formula: ([x], at) => {
      const inner = at % i
      const row = Math.floor(at / i) % p
      const column = Math.floor(at / (p * i)) % q
      const outer = Math.floor(at / (q * p * i))
      return x[((outer * p + row) * q + column) * i + inner]
    },
  }))

  law('slice is out[o, j, i] = x[o, start + j, i]', 'o q more i', ({ o, q, more, i }, draw) => {
    const p = q + more
    const start = draw.below(more + 1)
    return {
      inputs: [o * p * i],
      out: o * q * i,
      run: ([x], out) => cpuKernels.slice(x, out, o, p, q, i, start),
      formula: ([x], at) => x[(Math.floor(at / (q * i)) * p + start + (Math.floor(at / i) % q)) * i + (at % i)],
    }
  })

  law('pad is x[o, j − start, i] where there is one, else 0', 'o q more i', ({ o, q, more, i }, draw) => {
    const p = q + more
    const start = draw.below(more + 1)
    return {
      inputs: [o * q * i],
      out: o * p * i,
      run: ([x], out) => cpuKernels.pad(x, out, o, q, p, i, start),
      formula: ([x], at) => {
        const place = (Math.floor(at / i) % p) - start
        return place < 0 || place >= q ? 0 : x[(Math.floor(at / (p * i)) * q + place) * i + (at % i)]
      },
    }
  })

  law('concat is its inputs in turn, within each outer block', 'o p q r i', ({ o, p, q, r, i }) => ({
    inputs: [o * p * i, o * q * i, o * r * i],
    out: o * (p + q + r) * i,
    run: (xs, out) => cpuKernels.concat(xs, out, o, [p, q, r], i),
    formula: (xs, at) => {
      const outer = Math.floor(at / ((p + q + r) * i))
      const place = Math.floor(at / i) % (p + q + r)
      if (place < p) return xs[0][(outer * p + place) * i + (at % i)]
      if (place < p + q) return xs[1][(outer * q + place - p) * i + (at % i)]
      return xs[2][(outer * r + place - p - q) * i + (at % i)]
    },
  }))

  it('concatenates nothing to nothing', () => {
    expect(output(0, (out) => cpuKernels.concat([], out, 3, [], 2))).toEqual([])
  })

  it('carries NaN and −0 along', () => {
    const x = Float64Array.of(NaN, -0, 1, 2)
    expect(output(4, (out) => cpuKernels.swap(x, out, 1, 2, 2, 1))).toEqual([NaN, 1, -0, 2])
  })
})

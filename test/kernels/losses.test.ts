import { describe, expect, it } from 'vitest'
import { cpuKernels } from '../../src/kernels/index.ts'
import { law, output } from './law.ts'

const loss = (logit: number, label: number): number =>
  output(1, (out) => cpuKernels.binaryCrossEntropy(Float64Array.of(logit), Float64Array.of(label), out, 1))[0]

describe('binaryCrossEntropy', () => {
  for (const label of [0, 1, 0.3]) {
    law(`is −t·log p − (1 − t)·log(1 − p) at label ${label}`, 'n', ({ n }) => ({
      inputs: [n],
      out: n,
      run: ([logits], out) =>
        cpuKernels.binaryCrossEntropy(
          logits,
          logits.map(() => label),
          out,
          n,
        ),
      formula: ([logits], at) => {
        const p = 1 / (1 + Math.exp(-logits[at]))
        // The kernel sees the label as rounded to the precision of the logits.
        const t = logits instanceof Float32Array ? Math.fround(label) : label
        return -t * Math.log(p) - (1 - t) * Math.log(1 - p)
      },
    }))
  }

  it('stays finite and exact for any logit', () => {
    expect(loss(1000, 1)).toBe(0)
    expect(loss(1000, 0)).toBe(1000)
    expect(loss(-1000, 1)).toBe(1000)
    expect(loss(-1000, 0)).toBe(0)
    expect(loss(1e300, 0)).toBe(1e300)
    expect(loss(40, 1)).toBe(Math.exp(-40))
    expect(loss(0, 1)).toBe(Math.LN2)
  })

  it('passes NaN on from logit and label', () => {
    expect(loss(NaN, 1)).toBeNaN()
    expect(loss(1, NaN)).toBeNaN()
  })
})

import { describe, expect, it } from 'vitest'
import { leakyRelu, mean, scatterAdd, sum } from '../../src/autograd/index.ts'
import { ids, ones } from '../../src/tensor/index.ts'

/** As JavaScript calls it, where no compiler reads the names of options. */
const untyped = (f: unknown): ((...args: unknown[]) => unknown) => f as (...args: unknown[]) => unknown

describe('an option that is misspelt', () => {
  it('is refused by ops, and not taken for its default', () => {
    expect(() => untyped(leakyRelu)(ones([2]), { slop: 0.5 })).toThrow(
      new RangeError("leakyRelu: expected options among slope, n but got 'slop', did you mean 'slope'?"),
    )
    expect(() => untyped(scatterAdd)(ones([2, 3]), ids([0, 1]), { rows: 4 })).toThrow(
      new RangeError("scatterAdd: expected options among v, d but got 'rows'"),
    )
  })

  it('is refused by reductions, which would else reduce everything', () => {
    for (const [reduce, name] of [
      [sum, 'sum'],
      [mean, 'sum'],
    ] as const)
      expect(() => untyped(reduce)(ones([2, 3]), { axis: 0 })).toThrow(
        new RangeError(`${name}: expected options among axes, keepDims but got 'axis', did you mean 'axes'?`),
      )
  })
})

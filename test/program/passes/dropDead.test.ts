/** Results that nobody reads are not computed; whatever lasts is. */
import { describe, expect, it } from 'vitest'
import { add, dropout, exp, neg, relu, square } from '../../../src/autograd/index.ts'
import { eachRun } from '../../../src/kernels/index.ts'
import { dropDead } from '../../../src/program/passes/dropDead.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { sgd } from '../../../src/training/index.ts'
import { across, drawn, expectUntouched, parameter } from './across.ts'

const x = drawn('x', 2, 3)

describe('dropping dead calls', () => {
  it('leaves out a call whose result nobody reads', () => {
    const step = (x: Tensor): Tensor => {
      relu(x)
      return square(x)
    }
    expect(across(dropDead, step, x)).toEqual({
      before: ['%1 = relu(input, 6)', '%2 = square(input, 6)', 'return %2'],
      after: ['%2 = square(input, 6)', 'return %2'],
    })
  })

  it('leaves out what only dead calls read', () => {
    const step = (x: Tensor): Tensor => {
      add(exp(neg(x)), x)
      return square(x)
    }
    expect(across(dropDead, step, x).after).toEqual(['%4 = square(input, 6)', 'return %4'])
  })

  it('leaves out everything where nothing is returned', () => {
    expect(across(dropDead, (x: Tensor) => void dropout(relu(x)), x).after).toEqual(['return '])
  })

  it('keeps what a function of the host looks at', () => {
    const step = (x: Tensor): void => {
      eachRun(() => undefined, [neg(x)])
    }
    expectUntouched(across(dropDead, step, x))
  })

  it('keeps functions of the host that look at nothing', () => {
    expectUntouched(across(dropDead, () => eachRun(() => undefined), x))
  })

  it('keeps changes of parameters, and what they read', () => {
    const w = parameter('w', 2, 3)
    const optimizer = sgd()
    expectUntouched(across(dropDead, (x: Tensor) => optimizer.step([w], [neg(x)]), x, { parameters: { w } }))
  })

  it('keeps what several outputs come from once', () => {
    const step = (x: Tensor): Tensor[] => {
      const y = exp(x)
      return [neg(y), y, square(y)]
    }
    expectUntouched(across(dropDead, step, x))
  })
})

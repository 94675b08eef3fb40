/** What lasts changes after the host has looked, and not past anyone who reads it. */
import { describe, expect, it } from 'vitest'
import { add, exp, neg, square } from '../../../src/autograd/index.ts'
import { bufferOn, eachRun, kernelsOf, standIn } from '../../../src/kernels/index.ts'
import { settleLast } from '../../../src/program/passes/settleLast.ts'
import type { Parameter, Tensor } from '../../../src/tensor/index.ts'
import { across, drawn, expectUntouched, parameter } from './across.ts'

const x = drawn('x', 3)

/** average += ½·(value − average) */
function average(running: Parameter, value: Tensor): void {
  const backend = standIn(running.backend)
  kernelsOf(backend).movingAverage(bufferOn(backend, running), bufferOn(backend, value), running.size, 0.5)
}
const look = (): void => undefined
const count = (): void => undefined

describe('settling last', () => {
  it('moves a change behind a look at numbers', () => {
    const w = parameter('w', 3)
    const step = (x: Tensor): Tensor => {
      average(w, x)
      const loss = square(x)
      eachRun(look, [loss])
      return loss
    }
    expect(across(settleLast, step, x, { parameters: { w } })).toEqual({
      before: ['movingAverage(w, input, 3, 0.5)', '%1 = square(input, 3)', 'host(look, [%1], [])', 'return %1'],
      after: ['%1 = square(input, 3)', 'host(look, [%1], [])', 'movingAverage(w, input, 3, 0.5)', 'return %1'],
    })
  })

  it('keeps the order of changes', () => {
    const [w, v] = [parameter('w', 3), parameter('v', 3)]
    const step = (x: Tensor): void => {
      average(w, x)
      average(v, w)
      average(w, v)
      eachRun(look, [square(x)])
    }
    expect(across(settleLast, step, x, { parameters: { w, v } }).after).toEqual([
      '%1 = square(input, 3)',
      'host(look, [%1], [])',
      'movingAverage(w, input, 3, 0.5)',
      'movingAverage(v, w, 3, 0.5)',
      'movingAverage(w, v, 3, 0.5)',
      'return ',
    ])
  })

  it('leaves a change before who reads what it changed', () => {
    const w = parameter('w', 3)
    const step = (x: Tensor): Tensor => {
      average(w, x)
      const y = exp(w)
      eachRun(look, [y])
      return y
    }
    expectUntouched(across(settleLast, step, x, { parameters: { w } }))
  })

  it('leaves a change before a look at what it changed', () => {
    const w = parameter('w', 3)
    const step = (x: Tensor): void => {
      average(w, x)
      eachRun(look, [w])
    }
    expectUntouched(across(settleLast, step, x, { parameters: { w } }))
  })

  it('leaves a change before a count, from which its options may be read', () => {
    const w = parameter('w', 3)
    const step = (x: Tensor): Tensor => {
      average(w, x)
      eachRun(count)
      return neg(x)
    }
    expect(across(settleLast, step, x, { parameters: { w } }).after).toEqual([
      'movingAverage(w, input, 3, 0.5)',
      'host(count, [], [])',
      '%1 = neg(input, 3)',
      'return %1',
    ])
  })

  it('takes a change past readers of other memory only', () => {
    const [w, v] = [parameter('w', 3), parameter('v', 3)]
    const step = (x: Tensor): Tensor => {
      average(w, x)
      average(v, x)
      const y = add(exp(v), x)
      eachRun(look, [y])
      return y
    }
    // w may not pass v, the next change; v must stay before exp(v).
    expectUntouched(across(settleLast, step, x, { parameters: { w, v } }))
  })
})

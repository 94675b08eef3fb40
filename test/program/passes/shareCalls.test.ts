/** Equal calls are made once, and calls that only look equal are not. */
import { describe, expect, it } from 'vitest'
import {
  add,
  scaleShift,
  concat,
  distinctRows,
  dropout,
  exp,
  gather,
  gradients,
  mul,
  neg,
  square,
  sum,
} from '../../../src/autograd/index.ts'
import { eachRun } from '../../../src/kernels/index.ts'
import { shareCalls } from '../../../src/program/passes/shareCalls.ts'
import { ids } from '../../../src/tensor/index.ts'
import type { SparseRows, Tensor } from '../../../src/tensor/index.ts'
import { sgd } from '../../../src/training/index.ts'
import { across, drawn, expectUntouched, parameter } from './across.ts'

const x = drawn('x', 2, 3)

describe('sharing calls', () => {
  it('makes the same kernel on the same numbers once', () => {
    expect(across(shareCalls, (x: Tensor) => add(exp(x), exp(x)), x)).toEqual({
      before: ['%1 = exp(input, 6)', '%2 = exp(input, 6)', '%3 = add(%1, %2, 6)', 'return %3'],
      after: ['%1 = exp(input, 6)', '%3 = add(%1, %1, 6)', 'return %3'],
    })
  })

  it('goes on with calls that are equal because their inputs are', () => {
    const { after } = across(shareCalls, (x: Tensor) => add(neg(exp(x)), neg(exp(x))), x)
    expect(after).toEqual(['%1 = exp(input, 6)', '%2 = neg(%1, 6)', '%5 = add(%2, %2, 6)', 'return %5'])
  })

  it('takes equal constants for one', () => {
    const { after } = across(shareCalls, (x: Tensor) => add(mul(x, 2), mul(x, 2)), x)
    expect(after).toEqual(['%1 = repeat(2, 1, 6, 1)', '%2 = mul(input, %1, 6)', '%5 = add(%2, %2, 6)', 'return %5'])
  })

  it('reads an output that is the same as another from there', () => {
    const { after } = across(shareCalls, (x: Tensor) => [exp(x), neg(x), exp(x)], x)
    expect(after).toEqual(['%1 = exp(input, 6)', '%2 = neg(input, 6)', 'return %1, %2, %1'])
  })

  it('shares calls that read lists', () => {
    const join = (x: Tensor): Tensor => concat([x, x], { axis: 0 })
    const { after } = across(shareCalls, (x: Tensor) => add(join(x), join(x)), x)
    expect(after).toEqual(['%1 = concat([input input], 1, [2 2], 3)', '%3 = add(%1, %1, 12)', 'return %3'])
  })

  it('shares calls with several results', () => {
    const table = parameter('table', 4, 2)
    const step = (x: Tensor): Tensor => {
      const [sparse] = gradients(sum(square(gather(table, ids([1, 3, 1])))), [table], { sparse: true })
      const rows = (): Tensor => distinctRows(sparse as SparseRows).rows
      return add(mul(rows(), x), rows())
    }
    const { before, after } = across(shareCalls, step, drawn('y', 3, 2), { parameters: { table } })
    expect(before.filter((line) => line.includes('mergeRows'))).toHaveLength(2)
    expect(after.filter((line) => line.includes('mergeRows'))).toHaveLength(1)
  })

  it.each<readonly [string, (x: Tensor) => unknown]>([
    ['of other kernels', (x) => [exp(x), neg(x)]],
    ['on other numbers', (x) => [exp(x), exp(neg(x))]],
    ['with other options', (x) => [scaleShift(x, { factor: 2 }), scaleShift(x, { factor: 3 })]],
    ['on operands in another order', (x) => [add(x, neg(x)), add(neg(x), x)].slice(0, 1)],
    ['with other coins', (x) => [dropout(x, { key: 1 }), dropout(x, { key: 2 })]],
    ['with coins of different functions', (x) => [dropout(x, { key: () => 1 }), dropout(x, { key: () => 1 })]],
  ])('leaves calls %s', (_, step) => {
    const { before, after } = across(shareCalls, step, x)
    expect(after.filter((line) => !line.includes('neg'))).toEqual(before.filter((line) => !line.includes('neg')))
  })

  it('computes anew what comes from a parameter that has moved', () => {
    const w = parameter('w', 2, 3)
    const optimizer = sgd({ learningRate: 0.1 })
    const step = (x: Tensor): Tensor[] => {
      const before = square(w)
      optimizer.step([w], [x])
      return [before, square(w), square(w)]
    }
    expect(across(shareCalls, step, x, { parameters: { w } }).after).toEqual([
      '%1 = square(w, 6)',
      'host(advance, [], [])',
      'sgd(w, input, w′, null, 1, 6, 0, {…})',
      '%2 = square(w, 6)',
      'return %1, %2, %2',
    ])
  })

  it('draws coins anew once the host was called, for it may have moved the key', () => {
    let day = 0
    const key = (): number => day
    const step = (x: Tensor): Tensor[] => {
      eachRun(() => (day = 1))
      const monday = [dropout(x, { key }), dropout(x, { key })]
      eachRun(() => (day = 2))
      return [...monday, dropout(x, { key })]
    }
    const { after } = across(shareCalls, step, x)
    expect(after.filter((line) => line.includes('dropout'))).toEqual([
      '%1 = dropout(input, 6, 0.5, key, 0)',
      '%3 = dropout(input, 6, 0.5, key, 0)',
    ])
    expect(after.at(-1)).toBe('return %1, %1, %3')
  })

  it('calls every function of the host', () => {
    const look = (): void => undefined
    const step = (x: Tensor): Tensor => {
      eachRun(look, [x])
      eachRun(look, [x])
      return neg(x)
    }
    expectUntouched(across(shareCalls, step, x))
  })
})

/** Layers that read the same input become one call, where the first of them was. */
import { describe, expect, it } from 'vitest'
import { add, dense, denseRelu, matmul, neg, reshape } from '../../../src/autograd/index.ts'
import { cpu } from '../../../src/kernels/index.ts'
import { mergeLayers } from '../../../src/program/passes/mergeLayers.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { sgd } from '../../../src/training/index.ts'
import { across, drawn, expectUntouched, parameter } from './across.ts'

const x = drawn('x', 4, 3)
const [v, w, c] = [parameter('v', 3, 2), parameter('w', 3, 5), parameter('c', 5)]
const parameters = { v, w, c }

describe('merging layers', () => {
  it('merges layers of all kinds and widths', () => {
    const step = (x: Tensor): Tensor[] => [matmul(x, v), dense(x, w, c), denseRelu(x, w, c)]
    expect(across(mergeLayers, step, x, { parameters })).toEqual({
      before: [
        '%1 = matmul(input, v, 4, 3, 2)',
        '%2 = dense(input, w, c, 4, 3, 5)',
        '%3 = denseRelu(input, w, c, 4, 3, 5)',
        'return %1, %2, %3',
      ],
      after: [
        '%1, %2, %3 = denseEach(input, [v w w], [null c c], 4, 3, [2 5 5], [false false true])',
        'return %1, %2, %3',
      ],
    })
  })

  it('does so where the first one is, whatever lies between', () => {
    const step = (x: Tensor): Tensor[] => {
      const first = matmul(x, v)
      const between = neg(first)
      return [between, matmul(x, w)]
    }
    expect(across(mergeLayers, step, x, { parameters }).after).toEqual([
      '%1, %3 = denseEach(input, [v w], [null null], 4, 3, [2 5], [false false])',
      '%2 = neg(%1, 8)',
      'return %2, %3',
    ])
  })

  it('merges the layers of each input apart', () => {
    const step = (x: Tensor): Tensor[] => {
      const y = neg(x)
      return [matmul(x, v), matmul(y, v), matmul(x, w), matmul(y, w)]
    }
    const { after } = across(mergeLayers, step, x, { parameters })
    expect(after.filter((line) => line.includes('denseEach'))).toEqual([
      '%2, %4 = denseEach(input, [v w], [null null], 4, 3, [2 5], [false false])',
      '%3, %5 = denseEach(%1, [v w], [null null], 4, 3, [2 5], [false false])',
    ])
  })

  it.each<readonly [string, (x: Tensor) => unknown]>([
    ['a single layer', (x) => dense(x, w, c)],
    ['layers of other inputs', (x) => [matmul(x, v), matmul(neg(x), v)]],
    ['layers of one input in two shapes', (x) => [matmul(x, v), matmul(reshape(x, [6, 2]), drawn('z', 2, 2))]],
  ])('leaves %s', (_, step) => {
    expectUntouched(across(mergeLayers, step, x, { parameters }))
  })

  it('leaves a layer whose weight is not there yet', () => {
    const square = parameter('square', 3, 3)
    const step = (x: Tensor): Tensor => matmul(x, neg(matmul(x, square)))
    expectUntouched(across(mergeLayers, step, drawn('q', 3, 3), { parameters: { square } }))
  })

  it('leaves a layer whose weight moves after the first one', () => {
    const optimizer = sgd({ learningRate: 0.1 })
    const step = (x: Tensor): Tensor => {
      const before = matmul(x, v)
      optimizer.step([v], [drawn('g', 3, 2)])
      return add(before, matmul(x, v))
    }
    expectUntouched(across(mergeLayers, step, x, { parameters }))
  })

  it('leaves a layer whose input moves, and merges what comes after', () => {
    const p = parameter('p', 4, 3)
    const optimizer = sgd({ learningRate: 0.1 })
    const step = (x: Tensor): Tensor[] => {
      const before = matmul(p, v)
      optimizer.step([p], [x])
      return [before, matmul(p, v), matmul(p, w)]
    }
    expect(across(mergeLayers, step, x, { parameters: { ...parameters, p } }).after).toEqual([
      '%1 = matmul(p, v, 4, 3, 2)',
      'host(advance, [], [])',
      'sgd(p, input, p′, null, 1, 12, 0, {…})',
      '%2, %3 = denseEach(p, [v w], [null null], 4, 3, [2 5], [false false])',
      'return %1, %2, %3',
    ])
  })

  it('leaves all of them where the backend does not offer the call', () => {
    expectUntouched(across(mergeLayers, (x: Tensor) => [matmul(x, v), matmul(x, w)], x, { parameters, backend: cpu }))
  })
})

/** A product, its bias and its relu become one layer, unless someone else wants what lies between. */
import { describe, expect, it } from 'vitest'
import { add, matmul, neg, relu, reshape } from '../../../src/autograd/index.ts'
import { cpu } from '../../../src/kernels/index.ts'
import { fuseLayers } from '../../../src/program/passes/fuseLayers.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { sgd } from '../../../src/training/index.ts'
import { across, drawn, expectUntouched, parameter } from './across.ts'

const x = drawn('x', 4, 3)
const w = parameter('w', 3, 2)
const c = parameter('c', 2)
const parameters = { w, c }

describe('fusing layers', () => {
  it('joins product and bias', () => {
    expect(across(fuseLayers, (x: Tensor) => add(matmul(x, w), c), x, { parameters })).toEqual({
      before: ['%1 = matmul(input, w, 4, 3, 2)', '%2 = repeat(c, 1, 4, 2)', '%3 = add(%1, %2, 8)', 'return %3'],
      after: ['%3 = dense(input, w, c, 4, 3, 2)', 'return %3'],
    })
  })

  it('joins them whichever is added to which, and on a backend that offers nothing more', () => {
    const { after } = across(fuseLayers, (x: Tensor) => add(c, matmul(x, w)), x, { parameters, backend: cpu })
    expect(after).toEqual(['%3 = dense(input, w, c, 4, 3, 2)', 'return %3'])
  })

  it('joins the relu too', () => {
    const { after } = across(fuseLayers, (x: Tensor) => relu(add(matmul(x, w), c)), x, { parameters })
    expect(after).toEqual(['%4 = denseRelu(input, w, c, 4, 3, 2)', 'return %4'])
  })

  it('leaves the relu of a layer that others read', () => {
    const step = (x: Tensor): Tensor[] => {
      const layer = add(matmul(x, w), c)
      return [relu(layer), neg(layer)]
    }
    const { after } = across(fuseLayers, step, x, { parameters })
    expect(after).toEqual(['%3 = dense(input, w, c, 4, 3, 2)', '%4 = relu(%3, 8)', '%5 = neg(%3, 8)', 'return %4, %5'])
  })

  it.each<readonly [string, (x: Tensor) => unknown]>([
    ['that is read twice', (x) => [matmul(x, w)].map((product) => add(add(product, c), product))],
    ['that is returned', (x) => [matmul(x, w)].flatMap((product) => [product, add(product, c)])],
    ['that is added to itself', (x) => [matmul(x, w)].map((product) => add(product, product))],
    ['with a bias of each row', (x) => add(matmul(x, w), reshape(drawn('rows', 4), [4, 1]))],
    ['with a bias of each element', (x) => add(matmul(x, w), drawn('all', 4, 2))],
    ['that is looked at in another shape', (x) => add(reshape(matmul(x, w), [2, 4]), drawn('c', 4))],
  ])('leaves a product %s', (_, step) => {
    expectUntouched(across(fuseLayers, step, x, { parameters }))
  })

  it('leaves a product whose weight moves before the bias is added', () => {
    const optimizer = sgd({ learningRate: 0.1 })
    const step = (x: Tensor): Tensor => {
      const product = matmul(x, w)
      optimizer.step([w], [drawn('g', 3, 2)])
      const moved = matmul(x, w)
      return add(add(product, c), moved)
    }
    expectUntouched(across(fuseLayers, step, x, { parameters }))
  })

  it('leaves a layer whose bias moves before its relu', () => {
    const optimizer = sgd({ learningRate: 0.1 })
    const step = (x: Tensor): Tensor => {
      const layer = add(matmul(x, w), c)
      optimizer.step([c], [drawn('g', 2)])
      const moved = neg(c)
      return add(relu(layer), moved)
    }
    const { after } = across(fuseLayers, step, x, { parameters })
    expect(after).toContain('%3 = dense(input, w, c, 4, 3, 2)')
    expect(after).toContain('%5 = relu(%3, 8)')
  })
})

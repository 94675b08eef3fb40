/** Products that are only added up are added where they are made; whatever else is added stays an addition. */
import { describe, expect, it } from 'vitest'
import { add, matmulNT, mul, neg, reshape } from '../../../src/autograd/index.ts'
import { cpu } from '../../../src/kernels/index.ts'
import { sumProducts } from '../../../src/program/passes/sumProducts.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { sgd } from '../../../src/training/index.ts'
import { across, drawn, expectUntouched, parameter } from './across.ts'

const example = { a: drawn('a', 4, 2), b: drawn('b', 4, 3), c: drawn('c', 4, 1), z: drawn('z', 4, 5) }
type Example = typeof example
const [u, v, w] = [parameter('u', 5, 2), parameter('v', 5, 3), parameter('w', 5, 1)]
const parameters = { u, v, w }

describe('summing products', () => {
  it('joins two products', () => {
    const step = ({ a, b }: Example): Tensor => add(matmulNT(a, u), matmulNT(b, v))
    expect(across(sumProducts, step, example, { parameters })).toEqual({
      before: ['%1 = matmulNT(a, u, 4, 2, 5)', '%2 = matmulNT(b, v, 4, 3, 5)', '%3 = add(%1, %2, 20)', 'return %3'],
      after: ['%3 = matmulNTSum([a b], [u v], 4, [2 3], 5)', 'return %3'],
    })
  })

  it('joins three, whichever way they are added up', () => {
    const left = ({ a, b, c }: Example): Tensor => add(add(matmulNT(a, u), matmulNT(b, v)), matmulNT(c, w))
    const right = ({ a, b, c }: Example): Tensor => add(matmulNT(a, u), add(matmulNT(b, v), matmulNT(c, w)))
    for (const step of [left, right])
      expect(across(sumProducts, step, example, { parameters }).after).toEqual([
        '%5 = matmulNTSum([a b c], [u v w], 4, [2 3 1], 5)',
        'return %5',
      ])
  })

  it('adds what is no product behind', () => {
    const step = ({ a, b, z }: Example): Tensor => add(matmulNT(a, u), add(neg(z), add(matmulNT(b, v), z)))
    expect(across(sumProducts, step, example, { parameters }).after).toEqual([
      '%2 = neg(z, 20)',
      '%7 = matmulNTSum([a b], [u v], 4, [2 3], 5)',
      '%8 = add(%7, %2, 20)',
      '%6 = add(%8, z, 20)',
      'return %6',
    ])
  })

  it('takes a sum that others read for what it is', () => {
    const step = ({ a, b, c }: Example): Tensor => {
      const sum = add(matmulNT(a, u), matmulNT(b, v))
      return mul(add(sum, matmulNT(c, w)), sum)
    }
    const { after } = across(sumProducts, step, example, { parameters })
    expect(after).toContain('%3 = matmulNTSum([a b], [u v], 4, [2 3], 5)')
    expect(after).toContain('%5 = add(%3, %4, 20)')
  })

  it.each<readonly [string, (all: Example) => unknown]>([
    ['a single product', ({ a, z }) => add(matmulNT(a, u), z)],
    ['products that are read twice', ({ a, b }) => [matmulNT(a, u)].map((p) => mul(add(p, matmulNT(b, v)), p))],
    ['a product that is returned', ({ a, b }) => [matmulNT(a, u)].flatMap((p) => [p, add(p, matmulNT(b, v))])],
    ['a product added to itself', ({ a }) => [matmulNT(a, u)].map((p) => add(p, p))],
    ['products of other shapes', ({ a, b }) => add(matmulNT(a, u), reshape(matmulNT(drawn('p', 5, 3), b), [4, 5]))],
  ])('leaves %s', (_, step) => {
    expectUntouched(across(sumProducts, step, example, { parameters }))
  })

  it('leaves a product whose weight moves before it is added', () => {
    const optimizer = sgd({ learningRate: 0.1 })
    const step = ({ a, b }: Example): Tensor[] => {
      const early = matmulNT(a, u)
      optimizer.step([u], [drawn('g', 5, 2)])
      const moved = neg(u)
      return [add(early, matmulNT(b, v)), moved]
    }
    expectUntouched(across(sumProducts, step, example, { parameters }))
  })

  it('leaves all of them where the backend does not offer the call', () => {
    const step = ({ a, b }: Example): Tensor => add(matmulNT(a, u), matmulNT(b, v))
    expectUntouched(across(sumProducts, step, example, { parameters, backend: cpu }))
  })
})

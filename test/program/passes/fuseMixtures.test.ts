/** The gradients that gates pass to one expert are added up in one call, with the mask of its relu. */
import { describe, expect, it } from 'vitest'
import { add, mixScale, mul, neg, reluGradient, reshape } from '../../../src/autograd/index.ts'
import { cpu } from '../../../src/kernels/index.ts'
import { fuseMixtures } from '../../../src/program/passes/fuseMixtures.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { sgd } from '../../../src/training/index.ts'
import { across, drawn, expectUntouched, parameter } from './across.ts'

const example = {
  v: drawn('v', 4, 2),
  w: drawn('w', 4, 3),
  g: drawn('g', 4, 5),
  h: drawn('h', 4, 5),
  y: drawn('y', 4, 5),
}
type Example = typeof example

describe('fusing mixtures', () => {
  it('joins what two gates pass back', () => {
    const step = ({ v, w, g, h }: Example): Tensor => add(mixScale(v, g, { index: 1 }), mixScale(w, h, { index: 2 }))
    expect(across(fuseMixtures, step, example)).toEqual({
      before: [
        '%1 = mixScale(v, g, 4, 2, 5, 1)',
        '%2 = mixScale(w, h, 4, 3, 5, 2)',
        '%3 = add(%1, %2, 20)',
        'return %3',
      ],
      after: ['%3 = mixScaleSum([v w], [g h], null, 4, [2 3], 5, [1 2])', 'return %3'],
    })
  })

  it('joins three of them and the mask, whichever way they are added up', () => {
    const terms = ({ v, w, g, h }: Example): Tensor[] => [
      mixScale(v, g, { index: 1 }),
      mixScale(w, h, { index: 2 }),
      mixScale(v, h, { index: 0 }),
    ]
    const left = (all: Example): Tensor => {
      const [a, b, c] = terms(all)
      return reluGradient(add(add(a, b), c), all.y)
    }
    const right = (all: Example): Tensor => {
      const [a, b, c] = terms(all)
      return reluGradient(add(a, add(b, c)), all.y)
    }
    for (const step of [left, right])
      expect(across(fuseMixtures, step, example).after).toEqual([
        '%6 = mixScaleSum([v w v], [g h h], y, 4, [2 3 2], 5, [1 2 0])',
        'return %6',
      ])
  })

  it('joins one gate and the mask', () => {
    const step = ({ v, g, y }: Example): Tensor => reluGradient(mixScale(v, g, { index: 1 }), y)
    expect(across(fuseMixtures, step, example).after).toEqual([
      '%2 = mixScaleSum([v], [g], y, 4, [2], 5, [1])',
      'return %2',
    ])
  })

  it('joins mixtures up to a sum that is read twice', () => {
    const step = ({ v, w, g, h, y }: Example): Tensor => {
      const sum = add(mixScale(v, g), mixScale(w, h))
      return mul(reluGradient(sum, y), sum)
    }
    expect(across(fuseMixtures, step, example).after).toEqual([
      '%3 = mixScaleSum([v w], [g h], null, 4, [2 3], 5, [0 0])',
      '%4 = reluGradient(%3, y, 20)',
      '%5 = mul(%4, %3, 20)',
      'return %5',
    ])
  })

  it.each<readonly [string, (all: Example) => unknown]>([
    ['a mixture that is read twice', ({ v, w, g, h }) => [mixScale(v, g)].map((a) => mul(add(a, mixScale(w, h)), a))],
    ['a mixture that is returned', ({ v, g, y }) => [mixScale(v, g)].flatMap((a) => [a, reluGradient(a, y)])],
    ['a mixture added to itself', ({ v, g }) => [mixScale(v, g)].map((a) => add(a, a))],
    ['a mixture with something else', ({ v, g, h }) => add(mixScale(v, g), neg(h))],
    [
      'mixtures of other shapes',
      ({ v, g, w, h }) => add(mixScale(v, g), reshape(mixScale(reshape(w, [2, 6]), reshape(h, [2, 10])), [4, 5])),
    ],
    ['a mask that is the mixture', ({ v, g, y }) => reluGradient(y, mixScale(v, g))],
  ])('leaves %s', (_, step) => {
    expectUntouched(across(fuseMixtures, step, example))
  })

  it('leaves a mixture whose weights move before it is added', () => {
    const weights = parameter('weights', 4, 2)
    const optimizer = sgd({ learningRate: 0.1 })
    const step = ({ v, w, g, h }: Example): Tensor => {
      const early = mixScale(weights, g)
      optimizer.step([weights], [v])
      const late = mixScale(weights, h)
      return add(add(early, mixScale(w, h)), late)
    }
    expectUntouched(across(fuseMixtures, step, example, { parameters: { weights } }))
  })

  it('leaves all of them where the backend does not offer the call', () => {
    const step = ({ v, w, g, h }: Example): Tensor => add(mixScale(v, g), mixScale(w, h))
    expectUntouched(across(fuseMixtures, step, example, { backend: cpu }))
  })
})

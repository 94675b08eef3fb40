/** What `gradients` promises beyond the rules of ops: order, reach, laziness and what it refuses. */
import { describe, expect, it } from 'vitest'
import * as kernels from '../../src/kernels/table/index.ts'
import { add, exp, gradients, matmul, mul, neg, op, relu, square, sub, sum } from '../../src/autograd/index.ts'
import { Parameter, cpu64, detach, full, ones, tensor, zeros } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

const vector = (...values: number[]): Tensor => tensor(values, [values.length], cpu64)
const numbers = (x: Tensor): number[] => [...x.values]

describe('gradients', () => {
  it('are those of the textbook: d sum(x²) = 2x', () => {
    const x = vector(1, -2, 3)
    expect(gradients(sum(square(x)), [x]).map(numbers)).toEqual([[2, -4, 6]])
  })

  it('add up over all paths of a diamond, which is walked once', () => {
    const x = vector(3)
    const [left, right] = [square(x), neg(x)]
    expect(gradients(sum(mul(left, right)), [x, left, right]).map(numbers)).toEqual([[-27], [-3], [9]])
  })

  it('double at every step of a ladder of diamonds, in linear time', () => {
    const x = vector(1)
    let y = x
    for (let step = 0; step < 50; step++) y = add(y, y)
    expect(numbers(gradients(sum(y), [x])[0])).toEqual([2 ** 50])
  })

  it('do not overflow the stack on a chain of 100 000 ops', () => {
    const x = vector(1)
    let y = x
    for (let step = 0; step < 100_000; step++) y = add(y, x)
    expect(numbers(gradients(sum(y), [x])[0])).toEqual([100_001])
  })

  it('are zeros, of the right shape and backend, where there is no path', () => {
    const [x, stranger] = [vector(1), zeros([2, 3], cpu64)]
    const [found] = gradients(sum(x), [stranger])
    expect(found.shape).toEqual([2, 3])
    expect(found.backend).toBe(cpu64)
    expect(numbers(found)).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('are zeros through what is detached', () => {
    const x = vector(2)
    expect(gradients(sum(mul(x, detach(x))), [x]).map(numbers)).toEqual([[2]])
    expect(gradients(sum(detach(x)), [x]).map(numbers)).toEqual([[0]])
  })

  it('of the loss by itself are 1, beside those of the rest', () => {
    const x = vector(2, 3)
    const loss = sum(square(x))
    expect(gradients(loss, [loss, x]).map(numbers)).toEqual([[1], [4, 6]])
  })

  it('by a tensor that is asked for twice are given twice', () => {
    const x = vector(2)
    expect(gradients(sum(square(x)), [x, x]).map(numbers)).toEqual([[4], [4]])
  })

  it('by a tensor in the middle stop there, and go on to what is behind it', () => {
    const x = vector(2)
    const middle = square(x)
    expect(gradients(sum(square(middle)), [middle]).map(numbers)).toEqual([[8]])
    expect(gradients(sum(square(middle)), [middle, x]).map(numbers)).toEqual([[8], [32]])
  })

  it('by nothing are none', () => {
    expect(gradients(sum(vector(1)), [])).toEqual([])
  })

  it('change nothing: asked again, they are the same', () => {
    const x = new Parameter(vector(1, 2))
    const loss = sum(exp(x))
    const [once] = gradients(loss, [x])
    const [again] = gradients(loss, [x])
    expect(again.values).toEqual(once.values)
    expect(numbers(x)).toEqual([1, 2])
  })
})

describe('a seed', () => {
  it('is the gradient of an outer function, and makes any shape a loss', () => {
    const x = vector(1, 2)
    expect(gradients(square(x), [x], { seed: vector(10, 100) }).map(numbers)).toEqual([[20, 400]])
  })

  it('must have the shape of the loss', () => {
    const x = vector(1, 2)
    expect(() => gradients(square(x), [x], { seed: vector(1) })).toThrow(
      'gradients: expected a seed of shape (2) but got (1)',
    )
  })

  it('must be given where the loss is not one value', () => {
    const x = vector(1, 2)
    expect(() => gradients(square(x), [x])).toThrow(
      'gradients: expected a loss of one value, or a seed but got a loss of shape (2)',
    )
    expect(numbers(gradients(square(vector(3)), [x])[0])).toEqual([0, 0])
  })
})

describe('differentiable gradients', () => {
  it('can be differentiated again: x⁴ has 12x² and 24x', () => {
    const x = vector(2)
    const [first] = gradients(sum(square(square(x))), [x], { differentiable: true })
    const [second] = gradients(sum(first), [x], { differentiable: true })
    const [third] = gradients(sum(second), [x])
    expect([first, second, third].map(numbers)).toEqual([[32], [48], [48]])
  })

  it('flow through the seed too', () => {
    const [x, g] = [vector(3), vector(5)]
    const [found] = gradients(square(x), [x], { seed: g, differentiable: true })
    expect(gradients(sum(found), [x, g]).map(numbers)).toEqual([[10], [6]])
  })

  it('are the exception: by default gradients have no history', () => {
    const x = vector(1, 2)
    const loss = sum(exp(square(x)))
    expect(gradients(loss, [x])[0].origin).toBeUndefined()
    expect(gradients(loss, [x], { differentiable: true })[0].origin).toBeDefined()
    expect(gradients(loss, [loss])[0].origin).toBeUndefined()
  })
})

describe('what is not asked for', () => {
  const called: string[] = []
  const spy = (name: string, x: Tensor): Tensor =>
    op('spy', '...n, ...n -> ...n', {
      forward: (call, [a, b], y, { n }) => call(kernels.add, a, b, y, n),
      vjp: (g) => [
        () => {
          called.push(name)
          return g
        },
        () => {
          called.push(`${name} of a constant`)
          return g
        },
      ],
    })(x, full(x.shape, 1, cpu64))

  it('is never computed: neither the gradient of a constant, nor one off the path', () => {
    const [x, other] = [vector(1), vector(1)]
    const loss = sum(add(spy('x', x), spy('other', other)))
    called.length = 0
    gradients(loss, [x])
    expect(called).toEqual(['x'])
  })

  it('is not computed behind what is asked for, either', () => {
    const middle = spy('behind', vector(1))
    const loss = sum(spy('before', middle))
    called.length = 0
    gradients(loss, [middle])
    expect(called).toEqual(['before'])
  })

  it('is not computed where no gradient arrives', () => {
    const x = vector(1)
    const loss = sum(sub(x, detach(spy('detached', x))))
    called.length = 0
    gradients(loss, [x])
    expect(called).toEqual([])
  })
})

describe('an op', () => {
  it('refuses inputs of two backends', () => {
    expect(() => matmul(ones([2, 2]), ones([2, 2], cpu64))).toThrow(
      'matmul: expected inputs on one backend but got cpu and cpu64',
    )
  })

  it('knows its name, its signature and its definition', () => {
    expect(matmul.op).toBe('matmul')
    expect(matmul.text).toBe('m k, k n -> m n')
    expect(matmul.signature.inputs.length).toBe(2)
    expect(relu.definition.domain).toEqual([{ min: -2, max: 2, away: [0] }])
  })
})

/** The gradient checker: what it accepts, what it reports and what it refuses. */
import { describe, expect, it } from 'vitest'
import {
  abs,
  add,
  checkGradients,
  equal,
  exp,
  gradientErrors,
  matmul,
  mul,
  op,
  pow,
  relu,
  sin,
  softmax,
  square,
  sum,
} from '../../src/autograd/index.ts'
import * as kernels from '../../src/kernels/table/index.ts'
import { Parameter, cpu64, detach, normal, stream, tensor, zeros } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { slopeAtZero } from '../../src/autograd/slope.ts'

const random = stream(11)
const x = normal([3, 4], random.stream('x'), {}, cpu64)
const w = normal([4, 2], random.stream('w'), {}, cpu64)
const z = normal([3, 4], random.stream('z'), {}, cpu64)
const vector = (...values: number[]): Tensor => tensor(values, [values.length], cpu64)

/** Right at order 1 only: the gradient of its gradient is missing. */
const expOnce = op('expOnce', '...n -> ...n', {
  forward: (call, [input], y, { n }) => call(kernels.exp, input, y, n),
  vjp: (g, _, y) => [() => mul(g, detach(y))],
})

describe('checkGradients', () => {
  it('accepts right gradients of any order, far within its tolerance', () => {
    const { ok, orders } = checkGradients((a, b) => softmax(matmul(sin(a), b)), [x, w], { orders: [1, 2, 3], cases: 5 })
    expect(ok).toBe(true)
    expect(orders.map(({ order }) => order)).toEqual([1, 2, 3])
    for (const { worst, cases, kinks } of orders) {
      expect(worst).toBeLessThan(1e-9)
      expect(cases).toBeGreaterThanOrEqual(10)
      expect(kinks).toBe(0)
    }
  })

  it('takes an op as it is, and any number of inputs', () => {
    expect(checkGradients(matmul, [x, w]).ok).toBe(true)
    expect(checkGradients((...all) => all.reduce((a, b) => mul(a, b)), [x, x, x]).ok).toBe(true)
    expect(checkGradients(square, [zeros([0, 3], cpu64)]).ok).toBe(true)
    expect(checkGradients(equal, [x, z]).ok).toBe(true)
  })

  it('throws what is wrong: function, shapes, order, element and seed', () => {
    const wrong = (a: Tensor): Tensor => mul(a, detach(a))
    expect(() => checkGradients(wrong, [vector(1, 2)], { seed: 3 })).toThrow(
      /^checkGradients: expected the gradient of wrong at \(2\) to agree with differences within 1e-8 at order 1 but got an error of \d\.\de-1: because element \d of input 0 is -?[\d.]+ by its rule and -?[\d.]+ by differences \(seed 3\)$/,
    )
    expect(() => checkGradients(expOnce, [x], { seed: 3 })).toThrow(/the gradient of expOnce .* 1e-7 at order 2/)
  })

  it('finds the one element that is wrong', () => {
    const off = op('off', 'n -> n', {
      forward: (call, [a], y, { n }) => call(kernels.square, a, y, n),
      vjp: (g, [a], _, { n }) => [
        () =>
          mul(
            g,
            mul(
              a,
              tensor(
                Float64Array.from({ length: n }, (__, at) => (at === 5 ? 2.001 : 2)),
                [n],
                g.backend,
              ),
            ),
          ),
      ],
    })
    const { element, ok } = gradientErrors(off, [tensor(new Float64Array(9).fill(1), [9], cpu64)], { orders: [1] })
    expect(ok).toBe(false)
    expect(element).toMatchObject({ input: 0, index: 5 })
    expect((element?.analytic ?? 0) / (element?.numeric ?? 0)).toBeCloseTo(2.001 / 2, 9)
  })

  it('finds a second order that depends wrongly on the cotangent', () => {
    const stiff = op('stiff', '...n -> ...n', {
      forward: (call, [a], y, { n }) => call(kernels.square, a, y, n),
      vjp: (g, [a]) => [() => mul(detach(g), mul(a, 2))],
    })
    expect(gradientErrors(stiff, [x]).orders[0].worst).toBeLessThan(1e-9)
    expect(() => checkGradients(stiff, [x])).toThrow(/at order 2 .* of cotangent 0/)
  })

  it('does not take a value that is not a number for a kink', () => {
    expect(() => checkGradients((a) => mul(a, NaN), [x])).toThrow('an error of Infinity')
    expect(() => checkGradients((a) => exp(mul(a, 1e4)), [x])).toThrow('an error of Infinity')
  })

  it('refuses to judge at a kink, and judges right beside it', () => {
    expect(() => checkGradients(relu, [vector(0, 1)])).toThrow('none to compare: because input 0 is at a kink')
    expect(gradientErrors(abs, [vector(0)]).orders[0]).toMatchObject({ cases: 0, kinks: 1 })
    for (const near of [1e-2, 1e-3, -1e-4, 1e-5]) expect(checkGradients(relu, [vector(near, 1)]).ok).toBe(true)
  })

  it('refuses a gradient of another shape than its input', () => {
    const flat = op('flat', 'm n -> m n', {
      forward: (call, [a], y, { m, n }) => call(kernels.neg, a, y, m * n),
      vjp: (g) => [() => sum(g, { axis: 0 })],
    })
    expect(() => checkGradients(flat, [x])).toThrow('expected a gradient of shape (3×4) for input 0 but got (4)')
  })

  it('refuses float32, and nothing to check', () => {
    expect(() => checkGradients(square, [tensor([1, 2])])).toThrow(
      'checkGradients: expected float64 inputs but got float32 as input 0: because differences drown in its rounding',
    )
    expect(() => checkGradients(() => x, [])).toThrow('checkGradients: expected at least one input but got none')
  })

  it('refuses what would check nothing, and options that it does not know', () => {
    const check = checkGradients as unknown as (...args: readonly unknown[]) => unknown
    for (const [options, message] of [
      [
        { orders: [] },
        'expected orders to be a list of at least 1, each to be an integer of at least 1 but got a list of 0',
      ],
      [{ orders: [0] }, 'but got 0 at position 0'],
      [{ cases: 0 }, 'expected cases to be an integer of at least 1 but got 0'],
      [{ tolerance: NaN }, 'expected tolerance to be a number in (0, ∞) but got NaN'],
      [{ seed: 0.5 }, 'expected seed to be an integer but got 0.5'],
      [{ tolerence: 1 }, "got 'tolerence', did you mean 'tolerance'?"],
      [1e-6, 'expected an object of options, as in { name: … }, but got 0.000001'],
    ] as const) {
      expect(() => check(square, [x], options)).toThrow(RangeError)
      expect(() => check(square, [x], options)).toThrow(message)
    }
    expect(() => check(square, x)).toThrow('checkGradients: expected inputs to be a list')
    expect(() => check(x, [x])).toThrow('checkGradients: expected f to be a function but got a Tensor')
    expect(() => check(() => 5, [x])).toThrow('checkGradients: expected a function that gives a tensor but got 5')
  })

  it('moves parameters where they are, so that a closure over a model can be checked, and puts them back', () => {
    const [a, b] = [new Parameter(vector(1, 2)), new Parameter(vector(3, 4))]
    expect(checkGradients(() => sum(exp(mul(a, b))), [a, b]).ok).toBe(true)
    expect([...a.values, ...b.values]).toEqual([1, 2, 3, 4])
  })

  it('puts parameters back even if the function throws', () => {
    const a = new Parameter(vector(1, 2))
    let calls = 0
    const moody = (): Tensor => {
      if (++calls > 3) throw new Error('no more')
      return square(a)
    }
    expect(() => checkGradients(moody, [a])).toThrow('no more')
    expect([...a.values]).toEqual([1, 2])
  })

  it('fails a closure over a tensor that cannot be moved, instead of passing it', () => {
    expect(() => checkGradients(() => square(x), [x])).toThrow('by its rule and 0 by differences')
  })

  it('checks at a tensor that has a history as if it had none', () => {
    expect(checkGradients((a, b) => mul(a, b), [square(x), x]).ok).toBe(true)
  })

  it('gives the same figures from the same seed', () => {
    const figures = (): unknown => gradientErrors((a) => pow(add(a, 9), { exponent: 1.5 }), [x], { seed: 8 })
    expect(figures()).toEqual(figures())
  })
})

describe('slopeAtZero', () => {
  const options = { step: 1e-3, floor: 0, tolerance: 1e-8 }

  it('is exact on polynomials up to the sixth degree, and nearly so elsewhere', () => {
    expect(slopeAtZero((t) => 7 + 3 * t + t ** 6, options).value).toBeCloseTo(3, 11)
    expect(slopeAtZero((t) => Math.exp(2 * t), options).value).toBeCloseTo(2, 11)
  })

  it('takes smaller steps beside a kink, and is not reliable at one', () => {
    expect(slopeAtZero((t) => Math.abs(t + 1e-4), options)).toMatchObject({ reliable: true })
    expect(slopeAtZero((t) => t + Math.abs(t), options).reliable).toBe(false)
    expect(slopeAtZero((t) => (t > 0 ? 1 : 0), options).reliable).toBe(false)
    expect(slopeAtZero(Math.sqrt, options).reliable).toBe(false)
  })
})

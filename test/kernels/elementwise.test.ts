import { describe, expect, it } from 'vitest'
import type { Floats } from '../../src/kernels/index.ts'
import * as binaryKernels from '../../src/kernels/cpu/binary.ts'
import * as unaryKernels from '../../src/kernels/cpu/unary.ts'
import type { Draw } from './law.ts'
import { law, output } from './law.ts'

const kernels = { ...unaryKernels, ...binaryKernels }

type Unary = (x: Floats, out: Floats, n: number) => void
type Binary = (a: Floats, b: Floats, out: Floats, n: number) => void

/** 2/√π · ∫₀ˣ exp(−t²) dt by Simpson's rule. */
const integral = (x: number): number => {
  const strips = 4000
  let sum = 1 + Math.exp(-x * x)
  for (let strip = 1; strip < strips; strip++)
    sum += (strip % 2 === 1 ? 4 : 2) * Math.exp(-(((x * strip) / strips) ** 2))
  return ((2 / Math.sqrt(Math.PI)) * (sum * x)) / strips / 3
}

const unary: Readonly<Record<string, readonly [kernel: Unary, formula: (x: number) => number]>> = {
  'neg is −x': [kernels.neg, (x) => 0 - x],
  'abs is x or −x': [kernels.abs, (x) => (x < 0 ? -x : x)],
  'sign is −1, 0 or 1': [kernels.sign, (x) => (x > 0 ? 1 : x < 0 ? -1 : 0)],
  'exp is eˣ': [kernels.exp, (x) => Math.E ** x],
  'expm1 is eˣ − 1': [kernels.expm1, (x) => Math.exp(x) - 1],
  'log is the natural logarithm': [kernels.log, (x) => Math.log2(x) * Math.LN2],
  'log1p is log(1 + x)': [kernels.log1p, (x) => Math.log(1 + x)],
  'sqrt is the root': [kernels.sqrt, (x) => x ** 0.5],
  'square is x²': [kernels.square, (x) => x ** 2],
  'reciprocal is 1 / x': [kernels.reciprocal, (x) => x ** -1],
  'sin is the sine': [kernels.sin, (x) => Math.cos(x - Math.PI / 2)],
  'cos is the cosine': [kernels.cos, (x) => Math.sin(x + Math.PI / 2)],
  'tanh is (e²ˣ − 1) / (e²ˣ + 1)': [kernels.tanh, (x) => (Math.exp(2 * x) - 1) / (Math.exp(2 * x) + 1)],
  'sigmoid is 1 / (1 + e⁻ˣ)': [kernels.sigmoid, (x) => 1 / (1 + Math.exp(-x))],
  'softplus is log(1 + eˣ)': [kernels.softplus, (x) => Math.log(1 + Math.exp(x))],
  'relu is x above 0, else 0': [kernels.relu, (x) => (x > 0 ? x : 0)],
  'leakyRelu is x above 0, else slope·x': [
    (x, out, n) => kernels.leakyRelu(x, out, n, 0.3),
    (x) => (x > 0 ? x : 0.3 * x),
  ],
  'elu is x above 0, else alpha·(eˣ − 1)': [
    (x, out, n) => kernels.elu(x, out, n, 1.7),
    (x) => (x > 0 ? x : 1.7 * (Math.exp(x) - 1)),
  ],
  'pow is xᵉ': [(x, out, n) => kernels.pow(x, out, n, 3), (x) => x * x * x],
  'clip is x within its bounds': [(x, out, n) => kernels.clip(x, out, n, -1, 2), (x) => (x < -1 ? -1 : x > 2 ? 2 : x)],
  'scaleShift is factor·x + shift': [(x, out, n) => kernels.scaleShift(x, out, n, -2.5, 0.75), (x) => 0.75 - 2.5 * x],
}

const binary: Readonly<Record<string, readonly [kernel: Binary, formula: (a: number, b: number) => number]>> = {
  'add is a + b': [kernels.add, (a, b) => a + b],
  'sub is a − b': [kernels.sub, (a, b) => a - b],
  'mul is a·b': [kernels.mul, (a, b) => a * b],
  'div is a / b': [kernels.div, (a, b) => a / b],
  'maximum is the larger': [kernels.maximum, (a, b) => (a > b ? a : b)],
  'minimum is the smaller': [kernels.minimum, (a, b) => (a < b ? a : b)],
  'equal tells a = b': [kernels.equal, (a, b) => Number(a === b)],
  'greater tells a > b': [kernels.greater, (a, b) => Number(a > b)],
  'greaterEqual tells a ≥ b': [kernels.greaterEqual, (a, b) => Number(a >= b)],
  'less tells a < b': [kernels.less, (a, b) => Number(a < b)],
  'lessEqual tells a ≤ b': [kernels.lessEqual, (a, b) => Number(a <= b)],
  'reluGradient is a where b > 0, else 0': [kernels.reluGradient, (a, b) => (b > 0 ? a : 0)],
}

/** Few whole numbers, so that ties and zeros are common. */
const whole = (draw: Draw): number => draw.below(5) - 2
const one = (kernel: Unary, x: number): number => output(1, (out) => kernel(Float64Array.of(x), out, 1))[0]
const two = (kernel: Binary, a: number, b: number): number =>
  output(1, (out) => kernel(Float64Array.of(a), Float64Array.of(b), out, 1))[0]

describe('one number in, one out', () => {
  for (const [sentence, [kernel, formula]] of Object.entries(unary)) {
    law(sentence, 'n', ({ n }) => ({
      inputs: [n],
      out: n,
      run: ([x], out) => kernel(x, out, n),
      formula: ([x], at) => formula(x[at]),
    }))

    it(`${sentence}, and NaN of NaN`, () => {
      expect(one(kernel, NaN)).toBeNaN()
    })
  }

  law('erf is the integral of the normal curve', 'n', ({ n }) => ({
    inputs: [n],
    out: n,
    run: ([x], out) => kernels.erf(x, out, n),
    formula: ([x], at) => integral(x[at]),
  }))
})

describe('two numbers in, one out', () => {
  for (const [sentence, [kernel, formula]] of Object.entries(binary)) {
    for (const value of [whole, undefined]) {
      law(`${sentence}, ${value ? 'with ties' : 'of any two'}`, 'n', ({ n }) => ({
        inputs: [n, n],
        out: n,
        run: ([a, b], out) => kernel(a, b, out, n),
        formula: ([a, b], at) => formula(a[at], b[at]),
        ...(value && { value }),
      }))
    }
  }

  law('where is a where the condition is not 0, else b', 'n', ({ n }) => ({
    inputs: [n, n, n],
    out: n,
    run: ([condition, a, b], out) => kernels.where(condition, a, b, out, n),
    formula: ([condition, a, b], at) => (condition[at] === 0 ? b[at] : a[at]),
    value: whole,
  }))

  it('gives NaN for NaN on either side', () => {
    for (const kernel of [kernels.add, kernels.sub, kernels.mul, kernels.div, kernels.maximum, kernels.minimum]) {
      expect(two(kernel, NaN, 1)).toBeNaN()
      expect(two(kernel, 1, NaN)).toBeNaN()
    }
  })

  it('holds no comparison with NaN', () => {
    const { equal, greater, greaterEqual, less, lessEqual } = kernels
    for (const kernel of [equal, greater, greaterEqual, less, lessEqual]) expect(two(kernel, NaN, NaN)).toBe(0)
  })

  it('takes the branch that where names, whatever the other holds', () => {
    const [condition, a, b] = [Float64Array.of(0, 1, -0), Float64Array.of(NaN, 2, NaN), Float64Array.of(3, NaN, 4)]
    expect(output(3, (out) => kernels.where(condition, a, b, out, 3))).toEqual([3, 2, 4])
  })
})

describe('at the ends of the number line', () => {
  it('sigmoid and softplus overflow on neither side and keep small answers exact', () => {
    expect(one(kernels.sigmoid, 1e300)).toBe(1)
    expect(one(kernels.sigmoid, -1e300)).toBe(0)
    expect(one(kernels.sigmoid, -700) / Math.exp(-700)).toBeCloseTo(1, 14)
    expect(one(kernels.sigmoid, -740)).toBe(Math.exp(-740))
    expect(one(kernels.softplus, 1e300)).toBe(1e300)
    expect(one(kernels.softplus, -1e300)).toBe(0)
    expect(one(kernels.softplus, -700) / Math.exp(-700)).toBeCloseTo(1, 14)
    expect(one(kernels.softplus, Infinity)).toBe(Infinity)
    expect(one(kernels.sigmoid, -Infinity)).toBe(0)
  })

  it('expm1, log1p, elu and tanh keep the digits of small numbers', () => {
    expect(one(kernels.expm1, 1e-20)).toBe(1e-20)
    expect(one(kernels.log1p, 1e-20)).toBe(1e-20)
    expect(one((x, out, n) => kernels.elu(x, out, n, 1), -1e-20)).toBe(-1e-20)
    expect(one(kernels.tanh, 1e-20)).toBe(1e-20)
    expect(one(kernels.tanh, 1e300)).toBe(1)
  })

  it('relu of −0 and sign of 0 are 0', () => {
    expect(one(kernels.relu, -0)).toBe(0)
    expect(one(kernels.relu, -Infinity)).toBe(0)
    expect(one(kernels.sign, 0)).toBe(0)
  })

  // From mpmath, in 30 digits.
  it.each([
    [0, 0],
    [1e-300, 1.1283791670955126e-300],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [1.9999, 0.9953201979070294],
    [2, 0.9953222650189527],
    [2.0001, 0.9953243313041966],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [5, 0.9999999999984626],
    [7, 1],
    [Infinity, 1],
  ])('erf(±%d) is ±%d', (x, expected) => {
    expect(Math.abs(one(kernels.erf, x) - expected)).toBeLessThanOrEqual(6e-16)
    expect(one(kernels.erf, -x)).toBe(-one(kernels.erf, x))
  })

  it('erf is smooth enough to difference', () => {
    const step = 1e-4
    for (let x = -4; x <= 4; x += 0.01) {
      const slope = (one(kernels.erf, x + step) - one(kernels.erf, x - step)) / (2 * step)
      const curvature = (step ** 2 / 6) * (4 * x * x - 2)
      expect(Math.abs(slope - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * (1 + curvature))).toBeLessThan(1e-11)
    }
  })

  it('erf passes NaN on', () => {
    expect(one(kernels.erf, NaN)).toBeNaN()
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AdagradUpdate, AdamUpdate, Floats, FtrlUpdate, SgdUpdate } from '../../src/kernels/index.ts'
import { cpuKernels } from '../../src/kernels/index.ts'
import { drawFrom, expectClose, PRECISIONS, SIZES } from './law.ts'

/** One parameter with its gradient and two numbers of memory: what a formula turns into their next values. */
interface Cell {
  readonly p: number
  readonly g: number
  readonly first: number
  readonly second: number
}
type Next = Omit<Cell, 'g'>
type Update = (
  p: Floats,
  g: Floats,
  first: Floats,
  second: Floats,
  rows: Int32Array | null,
  count: number,
  d: number,
) => void

/** A kernel must do to each named row what the formula says, and to all others nothing: a row below 0 names none. */
function updates(sentence: string, update: Update, formula: (cell: Cell) => Next): void {
  const size = fc.constantFrom(...SIZES)
  it(sentence, () => {
    const property = fc.property(size, size, size, fc.boolean(), fc.integer(), (count, others, d, sparse, seed) => {
      for (const type of PRECISIONS) {
        const draw = drawFrom(seed)
        const v = sparse ? count + others : count
        const p = new type(v * d).map(() => draw.value())
        const first = new type(v * d).map(() => draw.value())
        const second = new type(v * d).map(() => Math.abs(draw.value()))
        const g = new type(count * d).map(() => draw.value())
        const shuffled = Array.from({ length: v }, (_, row) => [draw.value(), row]).sort((a, b) => a[0] - b[0])
        const named = shuffled.slice(0, count).map(([, row]) => (draw.below(4) === 0 ? -1 - draw.below(3) : row))
        const rows = sparse ? Int32Array.from(named) : null
        // What belongs to nobody is not even looked at.
        rows?.forEach((row, at) => row < 0 && g.fill(NaN, at * d, (at + 1) * d))
        const [before, firstBefore, secondBefore, gBefore] = [p.slice(), first.slice(), second.slice(), g.slice()]
        update(p, g, first, second, rows, count, d)
        expect(g).toEqual(gBefore)
        for (let at = 0; at < v * d; at++) {
          const row = rows === null ? Math.floor(at / d) : rows.indexOf(Math.floor(at / d))
          const cell = { p: before[at], first: firstBefore[at], second: secondBefore[at] }
          const next = row < 0 ? cell : formula({ ...cell, g: g[row * d + (at % d)] })
          expectClose(p, at, next.p)
          expectClose(first, at, next.first)
          expectClose(second, at, next.second)
        }
      }
    })
    fc.assert(property, { numRuns: 40 })
  })
}

describe('sgd', () => {
  const sgd =
    (l2: number, options: SgdUpdate): Update =>
    (p, g, velocity, _, rows, count, d) =>
      cpuKernels.sgd(p, g, velocity, rows, count, d, l2, options)
  const plain: SgdUpdate = { learningRate: 0.1, momentum: 0, nesterov: false }

  updates('goes down the gradient', sgd(0, plain), ({ p, g, ...rest }) => ({ ...rest, p: p - 0.1 * g }))

  updates('pulls towards zero with l2', sgd(0.05, plain), ({ p, g, ...rest }) => ({
    ...rest,
    p: p - 0.1 * (g + 2 * 0.05 * p),
  }))

  updates('gathers momentum', sgd(0.05, { ...plain, momentum: 0.9 }), ({ p, g, first, second }) => {
    const velocity = 0.9 * first + (g + 0.1 * p)
    return { p: p - 0.1 * velocity, first: velocity, second }
  })

  updates(
    'looks ahead with Nesterov',
    sgd(0, { ...plain, momentum: 0.9, nesterov: true }),
    ({ p, g, first, second }) => {
      const velocity = 0.9 * first + g
      return { p: p - 0.1 * (g + 0.9 * velocity), first: velocity, second }
    },
  )

  it('does not look at velocity without momentum', () => {
    const [p, velocity] = [Float64Array.of(1), Float64Array.of(NaN)]
    cpuKernels.sgd(p, Float64Array.of(1), velocity, null, 1, 1, 0, plain)
    expect(p[0]).toBe(0.9)
    expect(velocity[0]).toBeNaN()
  })
})

describe('adagrad', () => {
  const options: AdagradUpdate = { learningRate: 0.1, epsilon: 1e-3 }

  updates(
    'divides by the root of all squares so far',
    (p, g, _, sum, rows, count, d) => cpuKernels.adagrad(p, g, sum, rows, count, d, 0.05, options),
    ({ p, g, first, second }) => {
      const gradient = g + 2 * 0.05 * p
      const sum = second + gradient ** 2
      return { p: p - (0.1 * gradient) / (sum ** 0.5 + 1e-3), first, second: sum }
    },
  )
})

describe('adam', () => {
  const options: AdamUpdate = {
    learningRate: 0.1,
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-3,
    correction1: 1 - 0.9 ** 3,
    correction2: 1 - 0.99 ** 3,
    decay: 0.02,
  }

  updates(
    'divides the corrected mean by the root of the corrected variance',
    (p, g, m, v, rows, count, d) => cpuKernels.adam(p, g, m, v, rows, count, d, 0.05, options),
    ({ p, g, first, second }) => {
      const gradient = g + 2 * 0.05 * p
      const m = 0.9 * first + 0.1 * gradient
      const v = 0.99 * second + 0.01 * gradient ** 2
      const step = m / (1 - 0.9 ** 3) / ((v / (1 - 0.99 ** 3)) ** 0.5 + 1e-3)
      return { p: p * (1 - 0.1 * 0.02) - 0.1 * step, first: m, second: v }
    },
  )

  it('moves by the learning rate in its first step, however small the gradient', () => {
    for (const g of [1e-6, -1, 1e6]) {
      const p = Float64Array.of(0)
      const first = { ...options, epsilon: 0, correction1: 1 - 0.9, correction2: 1 - 0.99, decay: 0 }
      cpuKernels.adam(p, Float64Array.of(g), Float64Array.of(0), Float64Array.of(0), null, 1, 1, 0, first)
      expect(p[0]).toBeCloseTo(-0.1 * Math.sign(g), 12)
    }
  })
})

describe('ftrl', () => {
  const plain: FtrlUpdate = { learningRate: 0.5, learningRatePower: -0.5, l1: 0, l2: 0, l2Shrinkage: 0, beta: 1 }
  const ftrl =
    (l2: number, options: FtrlUpdate): Update =>
    (p, g, z, n, rows, count, d) =>
      cpuKernels.ftrl(p, g, z, n, rows, count, d, l2, options)

  updates('follows the regularised leader', ftrl(0, plain), ({ p, g, first: z, second: n }) => {
    const sum = z + g - ((Math.sqrt(n + g * g) - Math.sqrt(n)) / 0.5) * p
    return { p: -sum / ((1 + Math.sqrt(n + g * g)) / 0.5), first: sum, second: n + g * g }
  })

  const options = { learningRate: 0.2, learningRatePower: -0.3, l1: 2, l2: 0.25, l2Shrinkage: 0.1, beta: 0.5 }
  updates('takes any power, both penalties, shrinkage and l2', ftrl(0.05, options), ({ p, g, first: z, second: n }) => {
    const gradient = g + 0.1 * p
    const squares = n + gradient ** 2
    const sum = z + gradient + 0.2 * p - ((squares ** 0.3 - n ** 0.3) / 0.2) * p
    const beyond = Math.max(0, sum - 2) + Math.min(0, sum + 2)
    return { p: -beyond / ((0.5 + squares ** 0.3) / 0.2 + 0.5), first: sum, second: squares }
  })

  it('is exactly 0 up to l1 and where nothing has been learned, and never the 0 that is less', () => {
    for (const { z, g, expected } of [
      { z: 1, g: 1, expected: 0 },
      { z: -3, g: 1, expected: 0 },
      { z: 1, g: 1.5, expected: -0.5 / 3 },
      { z: -0, g: -0, expected: 0 },
    ])
      for (const type of PRECISIONS) {
        const [p, n] = [new type(1), type.of(2.25 - g * g)]
        cpuKernels.ftrl(p, type.of(g), type.of(z), n, null, 1, 1, 0, { ...plain, learningRate: 1, l1: 2, beta: 1.5 })
        expect(p[0]).toBe(type.of(expected)[0])
      }
    const unlearned = Float64Array.of(0.5, -0.5)
    const none = { ...plain, beta: 0, l2Shrinkage: 0.1 }
    cpuKernels.ftrl(unlearned, Float64Array.of(0, 0), Float64Array.of(0, 0), Float64Array.of(0, 0), null, 1, 2, 0, none)
    expect([...unlearned]).toEqual([0, 0])
  })

  it('takes the squares as they are kept, for what is lost of them must not reach z either', () => {
    const [p, z, n] = [Float64Array.of(1), Float64Array.of(-1e4), Float32Array.of(1e8)]
    cpuKernels.ftrl(p, Float64Array.of(1), z, n, null, 1, 1, 0, { ...plain, learningRate: 1, beta: 0 })
    expect([n[0], z[0], p[0]]).toEqual([1e8, -9999, 0.9999])
  })
})

it('every optimizer passes a NaN gradient on to its parameter, and to no other', () => {
  const sgd: SgdUpdate = { learningRate: 0.1, momentum: 0.9, nesterov: true }
  const adam: AdamUpdate = { ...sgd, beta1: 0.9, beta2: 0.9, epsilon: 1, correction1: 1, correction2: 1, decay: 0 }
  const ftrl: FtrlUpdate = { ...sgd, learningRatePower: -0.5, l1: 0, l2: 0, l2Shrinkage: 0, beta: 0 }
  const runs: ((p: Floats, g: Floats, m: Floats, v: Floats) => void)[] = [
    (p, g, m) => cpuKernels.sgd(p, g, m, null, 2, 1, 0, sgd),
    (p, g, m) => cpuKernels.adagrad(p, g, m, null, 2, 1, 0, adam),
    (p, g, m, v) => cpuKernels.adam(p, g, m, v, null, 2, 1, 0, adam),
    (p, g, z, n) => cpuKernels.ftrl(p, g, z, n, null, 2, 1, 0, ftrl),
  ]
  for (const run of runs) {
    const p = Float64Array.of(1, 1)
    run(p, Float64Array.of(NaN, 1), new Float64Array(2), new Float64Array(2))
    expect(p[0]).toBeNaN()
    expect(p[1]).toBeLessThan(1)
  }
})

it('every optimizer reads its options anew at each call, so that who holds them may change them', () => {
  const options = { learningRate: 0.5, momentum: 0, nesterov: false, epsilon: 0, beta1: 0, beta2: 0, decay: 0 }
  const adam: AdamUpdate = { ...options, correction1: 1, correction2: 1 }
  const ftrl: FtrlUpdate = { ...options, learningRatePower: -0.5, l1: 0, l2: 0, l2Shrinkage: 0, beta: 0 }
  const moves: ((p: Floats) => void)[] = [
    (p) => cpuKernels.sgd(p, Float64Array.of(1), Float64Array.of(0), null, 1, 1, 0, options),
    (p) => cpuKernels.adagrad(p, Float64Array.of(1), Float64Array.of(0), null, 1, 1, 0, options),
    (p) => cpuKernels.adam(p, Float64Array.of(1), Float64Array.of(0), Float64Array.of(0), null, 1, 1, 0, adam),
    (p) => cpuKernels.ftrl(p, Float64Array.of(1), Float64Array.of(0), Float64Array.of(0), null, 1, 1, 0, ftrl),
  ]
  for (const move of moves) {
    const p = Float64Array.of(0)
    for (const holder of [options, adam, ftrl]) Object.assign(holder, { learningRate: 0.5 })
    move(p)
    for (const holder of [options, adam, ftrl]) Object.assign(holder, { learningRate: 0.25 })
    move(p)
    expect(p[0]).toBe(-0.75)
  }
})

describe('movingAverage', () => {
  it('is (1 − momentum)·average + momentum·value, in place, and leaves the value and what lies beyond alone', () => {
    const property = fc.property(fc.constantFrom(...SIZES), fc.integer(), (n, seed) => {
      for (const type of PRECISIONS) {
        const draw = drawFrom(seed)
        const momentum = draw.below(11) / 10
        const average = new type(n + 5).map(() => draw.value())
        const value = new type(n + 5).map(() => draw.value())
        const [before, valueBefore] = [average.slice(), value.slice()]
        cpuKernels.movingAverage(average, value, n, momentum)
        expect(value).toEqual(valueBefore)
        expect(average.subarray(n)).toEqual(before.subarray(n))
        for (let at = 0; at < n; at++) expectClose(average, at, (1 - momentum) * before[at] + momentum * value[at])
      }
    })
    fc.assert(property, { numRuns: 60 })
  })

  it('stays where it is at momentum 0, and becomes the value at 1, bit by bit', () => {
    const [value, average] = [Float64Array.of(0.3, -1e30, 7), Float64Array.of(1e20, 5, -0.7)]
    const before = average.slice()
    cpuKernels.movingAverage(average, value, 3, 0)
    expect(average).toEqual(before)
    cpuKernels.movingAverage(average, value, 3, 1)
    expect(average).toEqual(value)
  })

  it('takes NaN in where the batch has it, and nowhere else', () => {
    const average = Float64Array.of(1, 1)
    cpuKernels.movingAverage(average, Float64Array.of(NaN, 3), 2, 0.5)
    expect([...average]).toEqual([NaN, 2])
  })
})

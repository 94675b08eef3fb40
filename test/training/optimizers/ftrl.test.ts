/** FTRL-proximal against its paper's algorithm on plain numbers, and the exact zeros that it is there for. */
import { describe, expect, it } from 'vitest'
import { cpu64 } from '../../../src/kernels/index.ts'
import { RowSparse } from '../../../src/autograd/index.ts'
import { Ids, Parameter, ids, stream, tensor } from '../../../src/tensor/index.ts'
import { ftrl } from '../../../src/training/index.ts'
import type { FtrlOptions } from '../../../src/training/index.ts'

const ROWS = 6
const WIDTH = 3
const STEPS = 1000

type Settings = Required<FtrlOptions> & { readonly learningRate: number }

/** One coordinate of McMahan et al. 2013, Algorithm 1: w is not kept, but follows from z and n when it is asked for. */
class Coordinate {
  z = 0
  n: number
  /** Until the first step, whatever the weight was initialised to. */
  private given: number | undefined
  private readonly settings: Settings

  constructor(settings: Settings, given: number) {
    this.settings = settings
    this.given = given
    this.n = settings.initialAccumulator
  }

  /** n^−power / α, the inverse of the rate, whose increments are the paper's σ */
  private strength(): number {
    return Math.pow(this.n, -this.settings.learningRatePower) / this.settings.learningRate
  }

  get weight(): number {
    if (this.given !== undefined) return this.given
    const { l1, l2, beta, learningRate } = this.settings
    if (Math.abs(this.z) <= l1) return 0
    const lambda2 = 2 * l2
    return (-1 / (beta / learningRate + this.strength() + lambda2)) * (this.z - Math.sign(this.z) * l1)
  }

  learn(gradient: number): void {
    const { weight } = this
    const before = this.strength()
    this.n = this.n + gradient * gradient
    const sigma = this.strength() - before
    this.z = this.z + (gradient + 2 * this.settings.l2Shrinkage * weight) - sigma * weight
    this.given = undefined
  }
}

const PLAIN: Settings = {
  learningRate: 0.001,
  learningRatePower: -0.5,
  initialAccumulator: 0.1,
  l1: 0,
  l2: 0,
  l2Shrinkage: 0,
  beta: 0,
}

const CASES: Readonly<Record<string, FtrlOptions & { readonly learningRate?: number }>> = {
  'as it comes': {},
  "with the paper's start and β": { learningRate: 0.1, initialAccumulator: 0, beta: 1 },
  'with both penalties': { learningRate: 0.5, l1: 2, l2: 0.5 },
  'with a power of −0.3': { learningRate: 0.2, learningRatePower: -0.3, l1: 0.5 },
  'with one rate for all': { learningRate: 0.05, learningRatePower: 0, l2: 0.1 },
  'with shrinkage': { learningRate: 0.3, l2Shrinkage: 0.05, l1: 0.2 },
  'with everything': {
    learningRate: 0.2,
    learningRatePower: -0.7,
    initialAccumulator: 0.5,
    l1: 0.3,
    l2: 0.1,
    l2Shrinkage: 0.02,
    beta: 0.7,
  },
}

const random = stream(29)
const draw = (size: number, name: string): Float64Array =>
  Float64Array.from({ length: size }, (_, at) => random.stream(name).normal(at))
/** Gradients that pull each coordinate to a place of its own, so that weights become large and small. */
const gradientOf = (weight: number, target: number, noise: number): number => 0.3 * (weight - target) + noise

/** Relative to the weight itself; only where l1 nearly cancels z are there fewer digits to compare. */
function expectWeights(values: ArrayLike<number>, coordinates: readonly Coordinate[]): void {
  coordinates.forEach(({ weight }, at) => {
    const error = Math.abs(values[at] - weight)
    if (!(error <= 1e-12 * Math.max(Math.abs(weight), 1e-3)))
      expect.fail(`element ${at} is ${values[at]}, expected ${weight}`)
  })
}

const tableOf = (l2: number): Parameter =>
  new Parameter(tensor(draw(ROWS * WIDTH, 'start'), [ROWS, WIDTH], cpu64), { l2 })

describe.each(Object.entries(CASES))('ftrl %s is the published update over 1,000 steps', (_, config) => {
  const settings = { ...PLAIN, ...config }
  const targets = draw(ROWS * WIDTH, 'targets')

  it.each([0, 0.05])('on all rows, with a gradient of l2 %d', (l2) => {
    const table = tableOf(l2)
    const coordinates = Array.from(table.values, (weight) => new Coordinate(settings, weight))
    const optimizer = ftrl(config)
    for (let step = 0; step < STEPS; step++) {
      const gradient = draw(ROWS * WIDTH, `noise ${step}`).map((noise, at) =>
        gradientOf(table.values[at], targets[at], noise),
      )
      optimizer.step([table], [tensor(gradient, [ROWS, WIDTH], cpu64)])
      coordinates.forEach((coordinate, at) => {
        coordinate.learn(gradient[at] + 2 * l2 * coordinate.weight)
      })
      expectWeights(table.values, coordinates)
    }
  })

  it('on the rows that a batch names, once or more, and on no other', () => {
    const table = tableOf(0)
    const coordinates = Array.from(table.values, (weight) => new Coordinate(settings, weight))
    const optimizer = ftrl(config)
    for (let step = 0; step < STEPS; step++) {
      // Now and then −1, which names no row, and row 5 in every hundredth step only.
      const named = Array.from(
        { length: 5 },
        (_, at) => Math.floor(random.stream(`rows ${step}`).uniform(at) * (step % 100 === 99 ? 7 : 6)) - 1,
      )
      const gradient = draw(named.length * WIDTH, `gradient ${step}`)
      const before = table.values.slice()
      const owners = new Ids([named.length], Int32Array.from(named), ROWS, cpu64)
      optimizer.step([table], [new RowSparse(tensor(gradient, [named.length, WIDTH], cpu64), owners, ROWS)])
      for (let at = 0; at < ROWS * WIDTH; at++) {
        const row = Math.floor(at / WIDTH)
        const parts = named.flatMap((id, index) => (id === row ? [gradient[index * WIDTH + (at % WIDTH)]] : []))
        if (parts.length > 0) coordinates[at].learn(parts.reduce((sum, part) => sum + part))
        else expect(table.values[at]).toBe(before[at])
      }
      expectWeights(table.values, coordinates)
    }
  })
})

describe('ftrl', () => {
  it('makes weights of noise exactly 0 under l1, and keeps those of a signal', () => {
    const signal = [1, -0.8, 0.6]
    const weights = new Parameter(tensor(new Float64Array(20), [20], cpu64))
    const optimizer = ftrl({ learningRate: 0.5, l1: 40 })
    for (let step = 0; step < STEPS; step++) {
      const x = draw(20, `x ${step}`)
      const label = signal.reduce((sum, value, at) => sum + value * x[at], random.stream('label').normal(step) / 10)
      const error = x.reduce((sum, value, at) => sum + value * weights.values[at], -label)
      optimizer.step(
        [weights],
        [
          tensor(
            Float64Array.from(x, (value) => error * value),
            [20],
            cpu64,
          ),
        ],
      )
    }
    expect([...weights.values.slice(3)]).toEqual(new Array(17).fill(0))
    signal.forEach((value, at) => {
      expect(weights.values[at] / value).toBeGreaterThan(0.5)
    })
  })

  it('keeps the state of rows that no batch names, bit by bit: they go on as if no step had been', () => {
    const [often, seldom] = [tableOf(0), tableOf(0)]
    const [first, second] = [ftrl({ learningRate: 0.1, l1: 0.01 }), ftrl({ learningRate: 0.1, l1: 0.01 })]
    const move = (optimizer: typeof first, table: Parameter, row: number, step: number): void => {
      const rows = tensor(draw(WIDTH, `gradient ${step}`), [1, WIDTH], cpu64)
      optimizer.step([table], [new RowSparse(rows, ids([row], undefined, cpu64), ROWS)])
    }
    for (let step = 0; step < 30; step++) {
      move(first, often, step % 3, step)
      if (step % 3 === 2) move(second, seldom, 2, step)
    }
    expect(often.values.slice(2 * WIDTH)).toEqual(seldom.values.slice(2 * WIDTH))
  })

  it('lets a weight that starts at other than 0 fall there at once where it has no gradient', () => {
    const weights = new Parameter(tensor([0.7, 0.7], undefined, cpu64))
    ftrl().step([weights], [tensor([0, 1e-9], undefined, cpu64)])
    expect(weights.values[0]).toBe(0)
    expect(Math.abs(weights.values[1])).toBeLessThan(1e-9)
  })

  it('has weights go with the rate of a schedule', () => {
    const weights = new Parameter(tensor([0], undefined, cpu64))
    const optimizer = ftrl({ learningRate: (step) => (step === 0 ? 0.5 : 0.25) })
    optimizer.step([weights], [tensor([1], undefined, cpu64)])
    const learned = weights.item()
    optimizer.step([weights], [tensor([0], undefined, cpu64)])
    expect(weights.item()).toBe(learned / 2)
  })

  it.each([0, -0.5, -1])('stays finite without a start of the squares, at a power of %d', (learningRatePower) => {
    const weights = new Parameter(tensor([0, 0.3, -0.3, 0.3], undefined, cpu64))
    const optimizer = ftrl({ initialAccumulator: 0, learningRatePower, l2Shrinkage: 0.1 })
    for (let step = 0; step < 5; step++) optimizer.step([weights], [tensor([0, 0, 1e-300, 1], undefined, cpu64)])
    expect([...weights.values].every(Number.isFinite)).toBe(true)
  })

  it.each([
    [{ learningRate: 0 }, 'learningRate to be a number in (0, ∞) or a function but got 0'],
    [{ learningRate: NaN }, 'learningRate to be a number in (0, ∞) or a function but got NaN'],
    [{ learningRatePower: 0.5 }, 'learningRatePower to be a number in (-∞, 0] but got 0.5'],
    [{ learningRatePower: NaN }, 'learningRatePower to be a number in (-∞, 0] but got NaN'],
    [{ initialAccumulator: -0.1 }, 'initialAccumulator to be a number in [0, ∞) but got -0.1'],
    [{ l1: -1 }, 'l1 to be a number in [0, ∞) but got -1'],
    [{ l2: Infinity }, 'l2 to be a number in [0, ∞) but got Infinity'],
    [{ l2Shrinkage: NaN }, 'l2Shrinkage to be a number in [0, ∞) but got NaN'],
    [{ beta: -2 }, 'beta to be a number in [0, ∞) but got -2'],
  ])('refuses %o', (config, message) => {
    expect(() => ftrl(config)).toThrow(new RangeError(`ftrl: expected ${message}`))
  })

  it('takes a start of 0 and a power of 0', () => {
    expect(ftrl({ initialAccumulator: 0, learningRatePower: 0 }).name).toBe('ftrl')
  })

  it('refuses the step whose scheduled rate is not above 0, and moves nothing', () => {
    const weights = new Parameter(tensor([0, 0], undefined, cpu64))
    const optimizer = ftrl({ learningRate: (step) => 1 - step })
    const gradient = tensor([1, 2], undefined, cpu64)
    optimizer.step([weights], [gradient])
    const before = weights.values.slice()
    expect(() => {
      optimizer.step([weights], [gradient])
    }).toThrow(new RangeError('ftrl: expected the learningRate of step 2 to be a number in (0, ∞) but got 0'))
    expect(weights.values).toEqual(before)
    expect(optimizer.steps).toBe(1)
  })
})

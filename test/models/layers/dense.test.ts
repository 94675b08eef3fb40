/** A layer does dense, batch normalisation, activation and dropout, in this order. */
import { describe, expect, it } from 'vitest'
import { gradients, sum } from '../../../src/autograd/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { Dense, INFERENCE, glorotNormal, glorotUniform } from '../../../src/models/index.ts'
import type { DenseOptions, ForwardOptions } from '../../../src/models/index.ts'
import { stream, tensor } from '../../../src/tensor/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'

const training = (step: number): ForwardOptions => ({ training: true, step })

const INPUTS = 3
const UNITS = 4
const ROWS = 6

const x = tensor(
  Float64Array.from({ length: ROWS * INPUTS }, (_, at) => stream(2).normal(at)),
  [ROWS, INPUTS],
  cpu64,
)

function layerOf(options: DenseOptions): Dense {
  const layer = new Dense(INPUTS, UNITS, stream(1), { backend: cpu64, ...options })
  layer.bias?.assign([0.5, -0.5, 1, 0])
  layer.batchNorm?.scale.assign([1, 2, -1, 0.5])
  layer.batchNorm?.shift.assign([0, 1, -1, 2])
  return layer
}

/** x·W + c by columns. */
const product = ({ weight, bias }: Dense): number[][] =>
  Array.from({ length: UNITS }, (_, unit) =>
    Array.from({ length: ROWS }, (__, row) => {
      let total = bias?.values[unit] ?? 0
      for (let at = 0; at < INPUTS; at++) total += x.values[row * INPUTS + at] * weight.values[at * UNITS + unit]
      return total
    }),
  )

/** Columns normalised by their own mean and biased variance. */
const normalised = ({ batchNorm }: Dense, columns: readonly (readonly number[])[]): number[][] =>
  columns.map((values, unit) => {
    const mean = values.reduce((total, value) => total + value) / values.length
    const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length
    const [scale, shift] = [batchNorm!.scale.values[unit], batchNorm!.shift.values[unit]]
    return values.map((value) => ((value - mean) / Math.sqrt(variance + 1e-5)) * scale + shift)
  })

const softplus = (value: number): number => Math.log1p(Math.exp(value))

const expectColumns = (y: Tensor, columns: readonly (readonly number[])[]): void => {
  expect(y.shape).toEqual([ROWS, UNITS])
  columns.forEach((values, unit) => {
    values.forEach((value, row) => expect(y.values[row * UNITS + unit]).toBeCloseTo(value, 12))
  })
}

describe('a layer', () => {
  it('is x·W + c, without activation unless asked', () => {
    const layer = layerOf({})
    expectColumns(layer.forward(x, INFERENCE), product(layer))
  })

  it('has no bias where it is told so', () => {
    const layer = layerOf({ bias: false })
    expect(layer.bias).toBeUndefined()
    expectColumns(layer.forward(x, INFERENCE), product(layer))
  })

  it('applies its activation to the product', () => {
    const layer = layerOf({ activation: 'softplus' })
    expectColumns(
      layer.forward(x, INFERENCE),
      product(layer).map((values) => values.map(softplus)),
    )
  })

  it('normalises between product and activation', () => {
    const layer = layerOf({ activation: 'softplus', batchNorm: true })
    const expected = normalised(layer, product(layer)).map((values) => values.map(softplus))
    expectColumns(layer.forward(x, training(0)), expected)
  })

  it('drops what comes out of its activation, and scales up what it keeps', () => {
    const layer = layerOf({ activation: 'softplus', batchNorm: true, dropout: 0.75 })
    const expected = normalised(layer, product(layer)).map((values) => values.map(softplus))
    const y = layer.forward(x, training(0))
    const kept = expected.map((values, unit) => values.map((_, row) => y.values[row * UNITS + unit] !== 0))
    expect(new Set(kept.flat())).toEqual(new Set([true, false]))
    expectColumns(
      y,
      expected.map((values, unit) => values.map((value, row) => (kept[unit][row] ? 4 * value : 0))),
    )
  })

  it('uses relu on what batch normalisation gives, though relu without it is fused', () => {
    const layer = layerOf({ activation: 'relu', batchNorm: true })
    const expected = normalised(layer, product(layer)).map((values) => values.map((value) => Math.max(value, 0)))
    expectColumns(layer.forward(x, training(0)), expected)
  })

  it('records l2 on its weight, and on nothing else', () => {
    const layer = layerOf({ l2: 0.01, batchNorm: true, activation: 'prelu' })
    expect(layer.weight.l2).toBe(0.01)
    for (const { l2 } of [layer.bias!, layer.batchNorm!.scale, layer.batchNorm!.shift]) expect(l2).toBe(0)
    expect(layerOf({}).weight.l2).toBe(0)
  })

  it('draws its weight from its own stream and no other', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => new Dense(3, 4, stream(100 + seed)).weight.values)
    expect(again).toEqual(first)
    expect(other.some((value, at) => value === first[at])).toBe(false)
  })

  it.each([
    ['no inputs', [0, 1], {}, 'Dense: expected inputs to be an integer of at least 1 but got 0'],
    ['half an input', [1.5, 1], {}, 'Dense: expected inputs to be an integer of at least 1 but got 1.5'],
    ['no units', [1, 0], {}, 'Dense: expected units to be an integer of at least 1 but got 0'],
    ['fewer units than none', [1, -3], {}, 'Dense: expected units to be an integer of at least 1 but got -3'],
    ['units that are no number', [1, NaN], {}, 'Dense: expected units to be an integer of at least 1 but got NaN'],
    ['all dropped', [1, 1], { dropout: 1 }, 'Dense: expected dropout to be a number in [0, 1) but got 1'],
    [
      'less than none dropped',
      [1, 1],
      { dropout: -0.1 },
      'Dense: expected dropout to be a number in [0, 1) but got -0.1',
    ],
    [
      'who knows how many dropped',
      [1, 1],
      { dropout: NaN },
      'Dense: expected dropout to be a number in [0, 1) but got NaN',
    ],
    ['weights pushed away from 0', [1, 1], { l2: -1 }, 'Dense: expected l2 to be a number in [0, ∞) but got -1'],
  ] as const)('is refused with %s', (_, [inputs, units], options, message) => {
    expect(() => new Dense(inputs, units, stream(1), options)).toThrow(new RangeError(message))
  })
})

describe('dropout', () => {
  const wide = 20_000
  const ones = tensor(new Float64Array(wide).fill(1), [wide, 1], cpu64)
  const dropper = (rate: number, name = 'layer'): Dense => {
    const layer = new Dense(1, 1, stream(1).stream(name), { dropout: rate, backend: cpu64 })
    layer.weight.assign([1])
    return layer
  }

  it.each([0.1, 0.5, 0.9])('drops a share of %d, within what chance allows', (rate) => {
    const y = dropper(rate).forward(ones, training(0)).values
    const dropped = y.filter((value) => value === 0).length
    expect(Math.abs(dropped - rate * wide)).toBeLessThan(4 * Math.sqrt(wide * rate * (1 - rate)))
    for (const value of new Set(y)) if (value !== 0) expect(value).toBeCloseTo(1 / (1 - rate), 12)
  })

  it('tosses its coins independently from value to value', () => {
    const y = dropper(0.5).forward(ones, training(0)).values
    for (const lag of [1, 2, 7, 64]) {
      let equal = 0
      for (let at = lag; at < wide; at++) if (y[at] === y[at - lag]) equal++
      expect(Math.abs(equal - wide / 2)).toBeLessThan(4 * Math.sqrt(wide / 4))
    }
  })

  const agreement = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).filter((value, at) => value === b[at]).length

  it('gives one mask per step, and an independent one in the next', () => {
    const layer = dropper(0.5)
    const [first, again, next] = [7, 7, 8].map((step) => layer.forward(ones, training(step)).values)
    expect(again).toEqual(first)
    expect(Math.abs(agreement(first, next) - wide / 2)).toBeLessThan(4 * Math.sqrt(wide / 4))
  })

  it('goes by the step of the moment where that is a function, forth and back', () => {
    const layer = dropper(0.5)
    let step = 7
    const options: ForwardOptions = { training: true, step: () => step }
    for (step = 7; step < 9; step++) {
      const [y, expected] = [options, training(step)].map((each) => layer.forward(ones, each))
      expect(y.values).toEqual(expected.values)
      const [found, wanted] = [y, expected].map((each) => gradients(sum(each), [layer.weight])[0].item())
      expect(found).toBe(wanted)
    }
  })

  it('differs from layer to layer', () => {
    const [first, other] = ['one', 'two'].map((name) => dropper(0.5, name).forward(ones, training(0)).values)
    expect(Math.abs(agreement(first, other) - wide / 2)).toBeLessThan(4 * Math.sqrt(wide / 4))
  })

  it('gives gradients the mask of the values', () => {
    const layer = dropper(0.5)
    const y = layer.forward(ones, training(3))
    const [gradient] = gradients(sum(y), [layer.weight])
    const total = [...y.values].reduce((sum, value) => sum + value)
    expect(gradient.item()).toBeCloseTo(total, 6)
  })

  it('is nothing in inference', () => {
    expect(dropper(0.9).forward(ones, INFERENCE).values).toEqual(ones.values)
    expect(dropper(0.9).forward(ones, { training: false, step: 5 }).values).toEqual(ones.values)
  })
})

describe('an initializer', () => {
  const [inputs, outputs] = [60, 40]
  const spread = (values: ArrayLike<number>): number =>
    Math.sqrt(Array.from(values).reduce((total, value) => total + value * value, 0) / values.length)

  it('glorotNormal has variance 2/(i + o)', () => {
    const { values, shape } = glorotNormal(inputs, outputs, stream(1), cpu64)
    expect(shape).toEqual([inputs, outputs])
    // The deviation of a sample's deviation is σ/√(2n).
    expect(Math.abs(spread(values) / Math.sqrt(2 / 100) - 1)).toBeLessThan(4 / Math.sqrt(2 * values.length))
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(2.5 * Math.sqrt(2 / 100))
  })

  it('glorotUniform has the same variance, and no value beyond √(6/(i + o))', () => {
    const { values } = glorotUniform(inputs, outputs, stream(1), cpu64)
    expect(Math.abs(spread(values) / Math.sqrt(2 / 100) - 1)).toBeLessThan(0.03)
    const largest = Math.max(...values.map(Math.abs))
    expect(largest).toBeLessThan(Math.sqrt(6 / 100))
    expect(largest).toBeGreaterThan(0.98 * Math.sqrt(6 / 100))
  })
})

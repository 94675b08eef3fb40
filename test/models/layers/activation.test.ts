/** Activations against the formulas of their papers, number by number. */
import { describe, expect, it } from 'vitest'
import { gradients, mul, square, sum, tanh } from '../../../src/autograd/index.ts'
import { batches, dataset, denseFeature } from '../../../src/data/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { Dense, INFERENCE, PLE, parameters } from '../../../src/models/index.ts'
import type { ActivationName } from '../../../src/models/index.ts'
import { compile } from '../../../src/program/index.ts'
import { Parameter, stream, tensor } from '../../../src/tensor/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'

const X = [-30, -3, -1, -0.1, 0, 0.1, 1, 3, 30]

/** Φ(x) by Simpson's rule on its density. */
const normalDistribution = (x: number): number => {
  const strips = 20000
  const at = (strip: number): number => Math.exp(-(((x * strip) / strips) ** 2) / 2)
  let total = at(0) + at(strips)
  for (let strip = 1; strip < strips; strip++) total += (strip % 2 === 1 ? 4 : 2) * at(strip)
  return 0.5 + (total * x) / strips / 3 / Math.sqrt(2 * Math.PI)
}

const FORMULAS: Readonly<
  Record<Exclude<ActivationName, 'softmax' | 'prelu' | 'dice' | 'Dice'>, (x: number) => number>
> = {
  linear: (x) => x,
  relu: (x) => (x > 0 ? x : 0),
  leakyRelu: (x) => (x > 0 ? x : 0.01 * x),
  elu: (x) => (x > 0 ? x : Math.exp(x) - 1),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  gelu: (x) => x * normalDistribution(x),
  swish: (x) => x / (1 + Math.exp(-x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  softsign: (x) => x / (1 + Math.abs(x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.log1p(Math.exp(x)),
  tanh: (x) => (Math.exp(2 * x) - 1) / (Math.exp(2 * x) + 1),
}

/** A layer of one unit that passes its input on to the activation. */
const layerOf = (activation: ActivationName, units = 1): Dense => {
  const layer = new Dense(units, units, stream(1), { activation, backend: cpu64 })
  layer.weight.assign(Array.from({ length: units * units }, (_, at) => (at % (units + 1) === 0 ? 1 : 0)))
  return layer
}

const column = (values: readonly number[]) => tensor(values, [values.length, 1], cpu64)

describe('an activation', () => {
  it.each(Object.entries(FORMULAS))('%s is its formula', (name, formula) => {
    const y = layerOf(name as ActivationName).forward(column(X), INFERENCE)
    X.forEach((x, row) => expect(y.values[row], `${name}(${x})`).toBeCloseTo(formula(x), 11))
  })

  it('softmax shares 1 among the units of each row', () => {
    const rows = [
      [0, 0, 0],
      [1, 2, 3],
      [-1000, 0, 1000],
    ]
    const y = layerOf('softmax', 3).forward(tensor(rows, undefined, cpu64), INFERENCE)
    const total = Math.exp(1) + Math.exp(2) + Math.exp(3)
    const expected = [1 / 3, 1 / 3, 1 / 3, Math.exp(1) / total, Math.exp(2) / total, Math.exp(3) / total, 0, 0, 1]
    expected.forEach((value, at) => expect(y.values[at]).toBeCloseTo(value, 14))
  })

  it('prelu learns its slope below 0, from 0.25', () => {
    const layer = layerOf('prelu')
    const expectSlope = (slope: number): void => {
      const y = layer.forward(column(X), INFERENCE)
      X.forEach((x, row) => expect(y.values[row]).toBeCloseTo(x > 0 ? x : slope * x, 12))
    }
    expectSlope(0.25)
    const { 'activation.alpha': alpha } = parameters(layer)
    const [gradient] = gradients(sum(layer.forward(column(X), INFERENCE)), [alpha])
    expect(gradient.item()).toBeCloseTo(-34.1, 12)
    alpha.assign([-0.5])
    expectSlope(-0.5)
  })

  /** dice(x) = p·x + (1 − p)·α·x with p = 1/(1 + e^−(x − mean)/√(variance + ε)). */
  const dice = (x: number, mean: number, variance: number, alpha: number): number => {
    const p = 1 / (1 + Math.exp(-(x - mean) / Math.sqrt(variance + 1e-9)))
    return p * x + (1 - p) * alpha * x
  }

  it('dice bends at the mean of the batch in training, and at the running mean in inference', () => {
    const layer = layerOf('dice')
    const { 'activation.alpha': alpha, ...rest } = parameters(layer)
    alpha.assign([0.3])
    const x = [-2, -1, 0.5, 4]
    const mean = 1.5 / 4
    const squares = x.reduce((total, value) => total + (value - mean) ** 2, 0)
    const y = layer.forward(column(x), { training: true, step: 0 })
    x.forEach((value, row) => expect(y.values[row]).toBeCloseTo(dice(value, mean, squares / 4, 0.3), 12))
    expect(rest['activation.normalization.runningMean'].item()).toBeCloseTo(0.1 * mean, 14)

    rest['activation.normalization.runningMean'].assign([2])
    rest['activation.normalization.runningVariance'].assign([9])
    const z = layer.forward(column(x), INFERENCE)
    x.forEach((value, row) => expect(z.values[row]).toBeCloseTo(dice(value, 2, 9, 0.3), 12))
  })

  it('dice trains its alpha, and no scale or shift of its normalisation', () => {
    const named = parameters(layerOf('dice', 2))
    const learned = Object.keys(named).filter((path) => named[path].trainable)
    expect(learned).toEqual(['weight', 'bias', 'activation.alpha'])
    expect([...named['activation.alpha'].values]).toEqual([0, 0])
  })

  it.each([
    ['constructor', "'constructor'"],
    ['Relu', "'Relu', did you mean 'relu'?"],
    ['leaky_relu', "'leaky_relu', did you mean 'leakyRelu'?"],
    ['', "''"],
    ['toString', "'toString'"],
    [null, 'null'],
    [Object.create(null), 'an empty object'],
  ])('is refused under the unknown name %j, and the known ones are told', (name, got) => {
    expect(() => new Dense(1, 1, stream(1), { activation: name as ActivationName })).toThrow(
      new RangeError(
        'Dense: expected activation to be one of linear, relu, leakyRelu, elu, selu, gelu, swish, silu, sigmoid, ' +
          `softplus, softsign, softmax, tanh, prelu, dice, Dice, or a function, but got ${got}`,
      ),
    )
  })

  it.each([
    ['Dice', 'dice'],
    ['silu', 'swish'],
  ] as const)('%s is another name of %s', (name, other) => {
    const random = stream(5)
    const [one, two] = [name, other].map((activation) => new Dense(1, 1, random, { activation, backend: cpu64 }))
    expect(Object.keys(parameters(one))).toEqual(Object.keys(parameters(two)))
    const pass = { training: true, step: 0 }
    expect([...one.forward(column(X), pass).values]).toEqual([...two.forward(column(X), pass).values])
  })

  it('may be a function of tensors, which is differentiated through and compiled like any other', () => {
    const cubed = (x: Tensor): Tensor => mul(x, square(x))
    const layer = new Dense(1, 1, stream(1), { activation: cubed, backend: cpu64 })
    layer.weight.assign([2])
    const x = new Parameter(column([-1, 0.5, 3]))
    const y = layer.forward(x, INFERENCE)
    expect([...y.values]).toEqual([-8, 1, 216])
    expect([...gradients(sum(y), [x])[0].values]).toEqual([24, 6, 216])
    const step = compile((input: Tensor) => layer.forward(input, INFERENCE))
    expect([...step(column([-1, 0.5, 3])).values]).toEqual([-8, 1, 216])
  })

  it('reaches experts, gates and towers of a model as a function', () => {
    const calls: number[] = []
    const counted = (x: Tensor): Tensor => {
      calls.push(x.shape[1])
      return tanh(x)
    }
    const shape = {
      expertDnnHiddenUnits: [5],
      gateDnnHiddenUnits: [4],
      towerDnnHiddenUnits: [3],
      numLevels: 1,
      seed: 2,
    }
    const tasks = { taskNames: ['a', 'b'], taskTypes: ['binary', 'binary'] } as const
    const features = [denseFeature('x')]
    const own = new PLE({ features, ...tasks, ...shape, dnnActivation: counted })
    const named = new PLE({ features, ...tasks, ...shape, dnnActivation: 'tanh' })
    const [batch] = batches(dataset({ features, columns: { x: [1, -2, 0.5] } }), { batchSize: 3 })
    const { logits } = own.forward(batch)
    expect(calls.sort()).toEqual([3, 3, 4, 4, 5, 5, 5])
    expect([...logits.b.values]).toEqual([...named.forward(batch).logits.b.values])
  })

  it.each([
    ['another shape', (x: Tensor) => sum(x, { axis: 1 }), '(2)'],
    ['numbers', () => 5 as never, '5'],
    ['nothing', () => undefined as never, 'undefined'],
  ])('is refused as a function that gives %s', (_, activation, got) => {
    const layer = new Dense(1, 3, stream(1), { activation, backend: cpu64 })
    expect(() => layer.forward(column([1, 2]), INFERENCE)).toThrow(
      new RangeError(`activation: expected a function to give a tensor (2×3), as it is given, but got ${got}`),
    )
  })

  it('relu fused into a layer is relu after it, gradients included', () => {
    const random = stream(3)
    const fused = new Dense(4, 3, random, { activation: 'relu', backend: cpu64 })
    const plain = new Dense(4, 3, random, { activation: 'linear', backend: cpu64 })
    const x = new Parameter(
      tensor(
        Float64Array.from({ length: 20 }, (_, at) => random.normal(at)),
        [5, 4],
        cpu64,
      ),
    )
    for (const layer of [fused, plain]) layer.bias?.assign([0.1, -0.2, 0.3])
    const y = fused.forward(x, INFERENCE)
    const z = plain.forward(x, INFERENCE)
    expect([...y.values]).toEqual([...z.values].map((value) => Math.max(value, 0)))
    expect(new Set([...y.values].map((value) => value > 0)).size).toBe(2)
    const kept = tensor(
      Float64Array.from(z.values, (value) => Number(value > 0)),
      [5, 3],
      cpu64,
    )
    const expected = gradients(z, [plain.weight, plain.bias!, x], { seed: kept })
    gradients(sum(y), [fused.weight, fused.bias!, x]).forEach((gradient, index) => {
      gradient.values.forEach((value, at) => expect(value).toBeCloseTo(expected[index].values[at], 13))
    })
  })
})

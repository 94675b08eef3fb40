/** Losses of rows that fit takes by task: what they are worth, where they are least, and how they behave far out. */
import { describe, expect, it } from 'vitest'
import { binaryCrossEntropy, checkGradients, gradients, squaredError, sum } from '../../../src/autograd/index.ts'
import { cpu, cpu64, wasm } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { PLE, saveState } from '../../../src/models/index.ts'
import { Parameter, tensor } from '../../../src/tensor/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { crossEntropy, fit, focalLoss, huber, sgd, taskLoss, taskLosses } from '../../../src/training/index.ts'
import type { RowLoss } from '../../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed } from '../../models/feed.ts'

const of = (...values: readonly number[]): Tensor => tensor(values, undefined, cpu64)
const sigma = (z: number): number => 1 / (1 + Math.exp(-z))

const LOGITS = [-3, -0.5, 0.25, 1, 2.5, 0.75]
const LABELS = [0, 1, 0.5, 0.25, 1, 0]

/** d loss/d output of each row. */
function slopes(loss: RowLoss, output: Tensor, labels: Tensor): number[] {
  const at = new Parameter(output)
  return [...gradients(sum(loss(at, labels)), [at])[0].values]
}

const expectRows = (loss: RowLoss, formula: (z: number, y: number) => number): void => {
  const { values } = loss(of(...LOGITS), of(...LABELS))
  expect(values).toHaveLength(LOGITS.length)
  LOGITS.forEach((z, row) => expect(values[row]).toBeCloseTo(formula(z, LABELS[row]), 12))
}

/** Rows of y = 1, 1, 0, 0 far on both sides, in float32. */
const farOut = (loss: RowLoss): { losses: number[]; gradient: number[] } => {
  const z = tensor([1e3, -1e3, 1e3, -1e3], undefined, cpu)
  const labels = tensor([1, 1, 0, 0], undefined, cpu)
  const plain = (values: Iterable<number>): number[] => Array.from(values, (value) => value + 0)
  return { losses: plain(loss(z, labels).values), gradient: plain(slopes(loss, z, labels)) }
}

describe('an infinite output', () => {
  const infinite = (loss: RowLoss, on: Backend): { losses: number[]; gradient: number[] } => {
    const output = tensor([Infinity, -Infinity, Infinity, -Infinity, Infinity], undefined, on)
    const labels = tensor([1, 1, 0, 0, 0.5], undefined, on)
    const losses = [...loss(output, labels).values]
    return { losses: losses.map((cost) => cost + 0), gradient: slopes(loss, output, labels).map((slope) => slope + 0) }
  }
  const BACKENDS = [cpu, cpu64, wasm()]

  it.each<[string, RowLoss, readonly number[]]>([
    ['cross-entropy', crossEntropy(), [0, -1, 1, 0, 0.5]],
    ['cross-entropy of a weight', crossEntropy({ positiveWeight: 3 }), [0, -3, 1, 0, 0.5]],
    ['cross-entropy as focal loss of γ = 0', focalLoss({ gamma: 0 }), [0, -1, 1, 0, 0.5]],
  ])('costs %s nothing where it is right and everything where it is wrong', (_, loss, slope) => {
    for (const on of BACKENDS)
      expect(infinite(loss, on)).toEqual({ losses: [0, Infinity, Infinity, 0, Infinity], gradient: slope })
  })

  it('costs focal loss the same, and has a gradient of 0 where it is right', () => {
    for (const on of BACKENDS) {
      const { losses, gradient } = infinite(focalLoss(), on)
      expect(losses).toEqual([0, Infinity, Infinity, 0, Infinity])
      expect([gradient[0], gradient[3]]).toEqual([0, 0])
    }
  })

  it('costs regression everything, and pulls at huber no harder than δ', () => {
    for (const on of BACKENDS) {
      expect(infinite(squaredError, on).losses).toEqual(Array.from({ length: 5 }, () => Infinity))
      expect(infinite(huber({ delta: 2 }), on)).toEqual({
        losses: Array.from({ length: 5 }, () => Infinity),
        gradient: [2, -2, 2, -2, 2],
      })
    }
  })
})

describe('cross-entropy', () => {
  it('is by default that of a binary task', () => {
    expect([...crossEntropy()(of(...LOGITS), of(...LABELS)).values]).toEqual([
      ...binaryCrossEntropy(of(...LOGITS), of(...LABELS)).values,
    ])
  })

  it.each([
    [{ positiveWeight: 3 }, 3, 0],
    [{ labelSmoothing: 0.1 }, 1, 0.1],
    [{ positiveWeight: 0.25, labelSmoothing: 0.2 }, 0.25, 0.2],
  ])('is its formula at %o', (options, w, epsilon) => {
    expectRows(crossEntropy(options), (z, label) => {
      const y = (1 - epsilon) * label + epsilon / 2
      return -(w * y * Math.log(sigma(z)) + (1 - y) * Math.log(sigma(-z)))
    })
  })

  it('of a weight 3 is that of positives repeated 3 times, over as many rows as there were', () => {
    const weighted = crossEntropy({ positiveWeight: 3 })
    const mean = (loss: RowLoss, z: number[], y: number[]): number =>
      taskLoss('binary', of(...z), of(...y), of(...y.map(() => 1)), loss).item()
    const repeated = mean(crossEntropy(), [0.3, 0.3, 0.3, -1, 2], [1, 1, 1, 0, 0])
    expect(mean(weighted, [0.3, -1, 2], [1, 0, 0]) * 3).toBeCloseTo(repeated * 5, 12)
  })

  it('is least, under a weight w and a share p of positives, at w·p/(w·p + 1 − p)', () => {
    const [w, p] = [3, 0.2]
    const [slope] = slopes(crossEntropy({ positiveWeight: w }), of(Math.log((w * p) / (1 - p))), of(p))
    expect(slope).toBeCloseTo(0, 14)
  })

  it('is least, smoothed by ε, at a probability of 1 − ε/2', () => {
    const epsilon = 0.1
    const z = Math.log((1 - epsilon / 2) / (epsilon / 2))
    const [one, zero, before, beyond] = slopes(
      crossEntropy({ labelSmoothing: epsilon }),
      of(z, -z, z - 0.1, z + 0.1),
      of(1, 0, 1, 1),
    )
    expect(one).toBeCloseTo(0, 14)
    expect(zero).toBeCloseTo(0, 14)
    expect(before).toBeLessThan(-1e-3)
    expect(beyond).toBeGreaterThan(1e-3)
  })

  it('keeps a weight that float32 cannot add to 1', () => {
    const loss = crossEntropy({ positiveWeight: 1e-9 })
    for (const on of [cpu, wasm()]) {
      const [cost] = loss(tensor([-1e3], undefined, on), tensor([1], undefined, on)).values
      expect(cost).toBeCloseTo(1e-6, 12)
    }
  })

  it('is a line far out, in float32', () => {
    expect(farOut(crossEntropy({ positiveWeight: 3 }))).toEqual({
      losses: [0, 3000, 1000, 0],
      gradient: [0, -3, 1, 0],
    })
    const { losses, gradient } = farOut(crossEntropy({ labelSmoothing: 0.5 }))
    expect(losses).toEqual([250, 750, 750, 250])
    expect(gradient).toEqual([0.25, -0.75, 0.75, -0.25])
  })

  it.each([{ positiveWeight: 0 }, { positiveWeight: -1 }, { positiveWeight: Infinity }, { positiveWeight: NaN }])(
    'refuses %o',
    (options) => {
      expect(() => crossEntropy(options)).toThrow(
        new RangeError(
          `crossEntropy: expected positiveWeight to be a number in (0, ∞) but got ${options.positiveWeight}`,
        ),
      )
    },
  )

  it.each([{ labelSmoothing: 1 }, { labelSmoothing: -0.1 }, { labelSmoothing: NaN }])('refuses %o', (options) => {
    expect(() => crossEntropy(options)).toThrow(RangeError)
  })
})

describe('focal loss', () => {
  const focal = (z: number, gamma: number): number => -((1 - sigma(z)) ** gamma) * Math.log(sigma(z))

  it.each([0.5, 1, 2, 5])('is its formula at γ = %d, between classes the mean of theirs', (gamma) => {
    expectRows(focalLoss({ gamma }), (z, y) => y * focal(z, gamma) + (1 - y) * focal(-z, gamma))
  })

  it('weighs positives by α and negatives by 1 − α', () => {
    expectRows(focalLoss({ alpha: 0.25 }), (z, y) => 0.25 * y * focal(z, 2) + 0.75 * (1 - y) * focal(-z, 2))
    expectRows(focalLoss({ alpha: 0 }), (z, y) => (1 - y) * focal(-z, 2))
  })

  it('is cross-entropy at γ = 0', () => {
    expectRows(focalLoss({ gamma: 0 }), (z, y) => binaryCrossEntropy(of(z), of(y)).values[0])
  })

  it('counts a row of probability 0.9 a hundred times less than cross-entropy does', () => {
    const z = of(Math.log(9))
    const [focused] = focalLoss()(z, of(1)).values
    const [plain] = crossEntropy()(z, of(1)).values
    expect(plain / focused).toBeCloseTo(100, 9)
  })

  it.each([0, 0.5, 2])('is nothing or a line far out, in float32, at γ = %d', (gamma) => {
    expect(farOut(focalLoss({ gamma }))).toEqual({ losses: [0, 1000, 1000, 0], gradient: [0, -1, 1, 0] })
  })

  it.each([{ gamma: -1 }, { gamma: NaN }, { gamma: Infinity }, { alpha: -0.1 }, { alpha: 1.1 }, { alpha: NaN }])(
    'refuses %o',
    (options) => {
      expect(() => focalLoss(options)).toThrow(RangeError)
    },
  )
})

describe('the Huber loss', () => {
  const errors = [0, 0.5, -0.5, 2, -3, 10]

  it('is half the square up to δ, then a line', () => {
    expect([...huber()(of(...errors), of(0, 0, 0, 0, 0, 0)).values]).toEqual([0, 0.125, 0.125, 1.5, 2.5, 9.5])
    expect([...huber({ delta: 2 })(of(5, 1), of(1, 0)).values]).toEqual([2 * (4 - 1), 0.5])
  })

  it('pulls no harder than at δ, however far the label', () => {
    expect(slopes(huber(), of(...errors), of(0, 0, 0, 0, 0, 0))).toEqual([0, 0.5, -0.5, 1, -1, 1])
  })

  it('is half the squared error where δ is far', () => {
    const near = huber({ delta: 100 })(of(...LOGITS), of(...LABELS)).values
    squaredError(of(...LOGITS), of(...LABELS)).values.forEach((value, row) =>
      expect(near[row]).toBeCloseTo(value / 2, 14),
    )
  })

  it('does not overflow in float32 where the square would', () => {
    expect([...huber()(tensor([1e30], undefined, cpu), tensor([0], undefined, cpu)).values]).toEqual([
      Math.fround(1e30),
    ])
  })

  it.each([0, -1, Infinity, NaN])('refuses δ = %d', (delta) => {
    expect(() => huber({ delta })).toThrow(
      new RangeError(`huber: expected delta to be a number in (0, ∞) but got ${delta}`),
    )
  })
})

describe('the gradients of losses', () => {
  it.each<[string, RowLoss]>([
    ['weighted cross-entropy', crossEntropy({ positiveWeight: 3 })],
    ['smoothed cross-entropy', crossEntropy({ labelSmoothing: 0.1 })],
    ['cross-entropy with both', crossEntropy({ positiveWeight: 0.5, labelSmoothing: 0.2 })],
    ['focal loss', focalLoss()],
    ['focal loss with α, γ below 1', focalLoss({ gamma: 0.5, alpha: 0.25 })],
    ['Huber', huber({ delta: 0.9 })],
  ])('agree with differences to second order: %s', (name, loss) => {
    checkGradients((z, y) => loss(z, y), [of(...LOGITS), of(...LABELS)], { name, cases: 3, seed: 5 })
  })
})

describe('a task with a loss of its own', () => {
  const batch = {
    rows: 2,
    ids: {},
    numbers: {},
    labels: { click: of(1, 0), buy: of(5, 0), other: of(NaN, NaN) },
    masks: { click: of(1, 1), buy: of(1, 0), other: of(1, 1) },
  }
  const logits = { click: of(0, 0), buy: of(0, 7), other: of(0, 0) }

  it('is averaged over its own rows; the others keep that of their type', () => {
    const types = { click: 'binary', buy: 'regression' } as const
    const losses = taskLosses(logits, batch, types, { buy: huber() })
    expect(losses.buy.item()).toBe(4.5)
    expect(losses.click.item()).toBeCloseTo(Math.LN2, 14)
    expect(taskLosses(logits, batch, { buy: 'regression' }, { click: focalLoss() }).buy.item()).toBe(25)
  })

  it('is trained by it, compiled as op by op', async () => {
    const losses = { click: focalLoss({ alpha: 0.25 }), click_buy: crossEntropy({ positiveWeight: 3 }) }
    const trained = async (options: { losses?: typeof losses; compiled?: boolean }): Promise<Float32Array> => {
      const model = new PLE({
        features: FEATURES,
        taskNames: TASKS,
        taskTypes: TYPES,
        expertDnnHiddenUnits: [4],
        towerDnnHiddenUnits: [3],
      })
      await fit(model, { data: feed(22), batchSize: 5, optimizer: sgd({ learningRate: 0.1 }), ...options })
      return Float32Array.from(Object.values(saveState(model)).flatMap((values) => [...values]))
    }
    const compiled = await trained({ losses })
    const eager = await trained({ losses, compiled: false })
    compiled.forEach((value, at) => expect(value).toBeCloseTo(eager[at], 5))
    expect(compiled).not.toEqual(await trained({}))
  })
})

/** The laws of models: what must hold of PLE and its siblings, whatever their numbers are. */
import { describe, expect, it } from 'vitest'
import { gradientErrors, gradients, mean, sigmoid, sum } from '../../src/autograd/index.ts'
import { batches } from '../../src/data/index.ts'
import type { Batch } from '../../src/data/index.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import {
  ESMM,
  PLE,
  SHARED,
  SharedBottom,
  SingleTask,
  WideDeep,
  cgc,
  mlMmoe,
  mmoe,
  parameters,
  productLogit,
  restoreState,
  saveState,
  trainable,
} from '../../src/models/index.ts'
import type { FeatureEmbedding, Model, ModelOptions, PLEOptions, State } from '../../src/models/index.ts'
import { Parameter, tensor } from '../../src/tensor/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { taskLosses, weightedSum } from '../../src/training/index.ts'
import { FEATURES, KINDS, TASKS, TYPES, feed, stir } from '../models/feed.ts'
import { literalMmoe, literalPle } from './literalModels.ts'
import type { Matrix } from './literalModels.ts'
import { checkModel, everything, modelErrors } from './modelCheck.ts'

const TWO = { taskNames: ['click', 'click_buy'], taskTypes: ['binary', 'binary'] } as const
const GATELESS = {
  features: FEATURES,
  towerDnnHiddenUnits: [3],
  dnnActivation: 'tanh',
  initStd: 0.5,
  backend: cpu64,
} as const satisfies Partial<PLEOptions>
const SMALL = { ...GATELESS, expertDnnHiddenUnits: [5, 4], gateDnnHiddenUnits: [3] }
const BOTTOM = { ...GATELESS, bottomDnnHiddenUnits: [5, 4] }
const { features: _, ...DEEP } = BOTTOM

/** A model of each kind, under names that are prefixes of one another. */
const zoo = (
  options: Partial<ModelOptions> = {},
): Readonly<Record<string, Model & { readonly embedding?: object }>> => {
  const tasks = { taskNames: TASKS, taskTypes: TYPES, ...options }
  const three = { ...SMALL, ...tasks }
  return {
    PLE: new PLE({ ...three, specificExpertNum: { click: 2, click_buy: 1, click_buy_price: 3 }, sharedExpertNum: 2 }),
    CGC: cgc(three),
    MMoE: mmoe(three),
    'ML-MMoE': mlMmoe(three),
    SharedBottom: new SharedBottom({ ...BOTTOM, ...tasks }),
    SingleTask: new SingleTask({ ...BOTTOM, ...tasks }),
    ESMM: new ESMM({ ...GATELESS, ...options, taskNames: TWO.taskNames, conversionName: 'buy' }),
    WideDeep: new WideDeep({ ...DEEP, ...tasks, wideFeatures: FEATURES, deepFeatures: FEATURES }),
  }
}

const batchOf = (rows: number, seed = 1): Batch =>
  [...batches(feed(rows, seed), { batchSize: rows, backend: cpu64 })][0]

const rowsOf = (x: Tensor): Matrix => {
  const [rows, width] = x.shape
  return Array.from({ length: rows }, (_, row) => [...x.values.subarray(row * width, (row + 1) * width)])
}

const embedded = (model: { readonly embedding: FeatureEmbedding }, batch: Batch): Matrix =>
  rowsOf(model.embedding.forward(batch))

/** The largest difference, in units of the larger of 1 and the expected value. */
const distance = (actual: ArrayLike<number>, expected: ArrayLike<number>): number => {
  if (actual.length !== expected.length) return Infinity
  const differences = Array.from(expected, (value, at) => Math.abs(actual[at] - value) / Math.max(1, Math.abs(value)))
  return differences.some(Number.isNaN) ? Infinity : Math.max(0, ...differences)
}

describe('the gradient of every parameter of a PLE that has everything', () => {
  it('agrees with finite differences in a training pass', () => {
    const { worst, parameters: count } = checkModel()
    expect(count).toBe(Object.keys(trainable(everything('tanh'))).length)
    expect(worst).toBeGreaterThan(0)
    expect(worst).toBeLessThanOrEqual(1e-8)
  })

  it('agrees with finite differences in an inference pass', () => {
    const { paths, errors } = modelErrors({ training: false })
    expect(errors.message).toBeUndefined()
    expect(errors.orders).toMatchObject([{ cases: paths.length, kinks: 0 }])
  })

  it.each(['gelu', 'relu', 'prelu', 'dice'] as const)('agrees with finite differences under %s', (activation) => {
    const { paths, errors } = modelErrors({ activation, every: 7 })
    expect(errors.message).toBeUndefined()
    expect(errors.orders).toMatchObject([{ cases: paths.length, kinks: 0 }])
  })

  it.each([1, 2] as const)(
    'of order %i agrees with finite differences where tasks are of classes, labels and counts',
    (order) => {
      const { paths, errors } = modelErrors({ types: KINDS, order, every: order === 1 ? 3 : 17 })
      expect(errors.message).toBeUndefined()
      expect(errors.orders).toMatchObject([{ cases: paths.length + order - 1, kinks: 0 }])
    },
  )

  it.each([true, false])('has a gradient itself that agrees with finite differences, training: %s', (training) => {
    const { paths, errors } = modelErrors({ training, order: 2, every: 17 })
    expect(errors.message).toBeUndefined()
    // The gradient is a function of its cotangent, too.
    expect(errors.orders).toMatchObject([{ cases: paths.length + 1, kinks: 0 }])
    expect(errors.orders[0].worst).toBeLessThanOrEqual(1e-7)
  })

  it('is not 0, biases in front of a batch normalisation apart, which takes them out again', () => {
    const model = stir(everything('tanh'))
    const batch = batchOf(6)
    const losses = taskLosses(model.forward(batch, { training: true, step: 0 }).logits, batch, model.tasks)
    const named = Object.entries(trainable(model))
    const found = Object.values(losses).map((loss) =>
      gradients(
        loss,
        named.map(([, parameter]) => parameter),
      ),
    )
    named.forEach(([path], index) => {
      const largest = Math.max(...found.flatMap((each) => [...each[index].values].map(Math.abs)))
      if (/layers\.\d+\.bias$/.test(path)) expect(largest, path).toBeLessThan(1e-12)
      else expect(largest, path).toBeGreaterThan(1e-9)
    })
  })
})

describe('the gradient of every parameter of its siblings', () => {
  const { MMoE, SharedBottom: bottom, SingleTask: single, ESMM: esmm, WideDeep: both } = zoo({ dnnUseBn: true })

  it.each(Object.entries({ MMoE, bottom, single, esmm, both }))('agrees with finite differences: %s', (name, model) => {
    stir(model)
    const batch = batchOf(5)
    const loss = () =>
      weightedSum(taskLosses(model.forward(batch, { training: true, step: 0 }).logits, batch, model.tasks), {})
    const learned = Object.values(trainable(model))
    const errors = gradientErrors(loss, learned, { name, orders: [1], seed: 1 })
    expect(errors.message).toBeUndefined()
    expect(errors.orders).toMatchObject([{ cases: learned.length, kinks: 0 }])
  })
})

describe('what the click loss reaches', () => {
  /** The parameters whose gradient by the click loss is not 0 throughout. */
  const reached = (model: Model): string[] => {
    const batch = batchOf(12)
    const { click } = taskLosses(model.forward(batch).logits, batch, model.tasks)
    const named = Object.entries(trainable(model))
    return gradients(
      click,
      named.map(([, parameter]) => parameter),
    ).flatMap(({ values }, index) => (values.some((value) => value !== 0) ? [named[index][0]] : []))
  }
  const pathsOf = (model: Model, pattern: RegExp): string[] =>
    Object.keys(trainable(model)).filter((path) => pattern.test(path))
  const of = (numLevels: number): PLE => stir(new PLE({ ...SMALL, ...TWO, numLevels }))

  it('is, at depth 1, no expert, gate or tower of the other task', () => {
    const model = of(1)
    expect(reached(model)).toEqual(
      pathsOf(model, /^embedding|^levels\.0\.experts\.(click|shared)\.|^levels\.0\.gates\.click\.|^towers\.click\./),
    )
    expect(pathsOf(model, /click_buy/).length).toBeGreaterThan(0)
  })

  it('is, at depth 2, also what the shared gate of level 0 hears, but no gate of the other task', () => {
    const model = of(2)
    const below = /^embedding|^levels\.0\.experts\.|^levels\.0\.gates\.(click|shared)\./
    const above = /^levels\.1\.experts\.(click|shared)\.|^levels\.1\.gates\.click\.|^towers\.click\./
    expect(reached(model)).toEqual(pathsOf(model, new RegExp(`${below.source}|${above.source}`)))
  })

  it('is, at depth 3, all of level 0', () => {
    const model = of(3)
    expect(reached(model).filter((path) => path.startsWith('levels.0'))).toEqual(pathsOf(model, /^levels\.0/))
    expect(reached(model).filter((path) => /^levels\.2.*click_buy|^towers\.click_buy/.test(path))).toEqual([])
  })

  it('is nothing of the other task where no expert is shared', () => {
    const model = stir(new PLE({ ...SMALL, ...TWO, numLevels: 2, sharedExpertNum: 0 }))
    // A gate over one expert gives 1, whatever its weights are.
    expect(reached(model)).toEqual(pathsOf(model, /^embedding|^levels\.[01]\.experts\.click\.|^towers\.click\./))
  })

  it('is nothing of the other task, embeddings included, in single-task learning', () => {
    const model = stir(new SingleTask({ ...BOTTOM, ...TWO }))
    expect(reached(model)).toEqual(pathsOf(model, /^networks\.click\./))
  })

  it('is, of both parts of Wide & Deep, what is its own or shared', () => {
    const model = stir(new WideDeep({ ...DEEP, ...TWO, wideFeatures: FEATURES, deepFeatures: FEATURES }))
    expect(reached(model)).toEqual(
      pathsOf(model, /^wide\.click\.|^deep\.embedding\.|^deep\.layers\.|^deep\.towers\.click\./),
    )
  })

  it('is not the conversion tower of ESMM', () => {
    const model = stir(new ESMM({ ...GATELESS, taskNames: TWO.taskNames }))
    expect(reached(model)).toEqual(pathsOf(model, /^embedding|^click\./))
  })
})

describe('PLE', () => {
  const counts = { click: 2, click_buy: 1, [SHARED]: 3 }
  const options = { ...SMALL, ...TWO, sharedExpertNum: 3, specificExpertNum: { click: 2, click_buy: 1 } }

  it.each([
    ['of one level is CGC', 1],
    ['of two levels is CGC on CGC, selected by the gates below', 2],
    ['of four levels goes on so', 4],
  ])('%s, as the paper writes it', (_, levels) => {
    const model = stir(new PLE({ ...options, numLevels: levels }))
    const batch = batchOf(7)
    const literal = literalPle(saveState(model), embedded(model, batch), { tasks: TWO.taskNames, counts, levels })
    const { logits, gates } = model.forward(batch)
    for (const task of TWO.taskNames) {
      expect(logits[task].shape).toEqual([7])
      expect(distance(logits[task].values, literal.logits[task])).toBeLessThan(1e-12)
    }
    expect(gates.map((level) => Object.keys(level))).toEqual(literal.gates.map((level) => Object.keys(level)))
    gates.forEach((level, index) => {
      for (const [listener, weights] of Object.entries(level))
        expect(distance(weights.values, literal.gates[index][listener].flat())).toBeLessThan(1e-12)
    })
  })

  it('of one level is what cgc() makes', () => {
    expect(saveState(cgc(options))).toEqual(saveState(new PLE({ ...options, numLevels: 1 })))
  })

  it('without task experts is MMoE, as its paper writes it', () => {
    const batch = batchOf(7)
    const ple = stir(new PLE({ ...SMALL, ...TWO, numLevels: 1, specificExpertNum: 0, sharedExpertNum: 4 }))
    const model = mmoe({ ...SMALL, ...TWO, numExperts: 4 })
    restoreState(model, saveState(ple))
    const literal = literalMmoe(saveState(ple), embedded(ple, batch), { tasks: TWO.taskNames, experts: 4 })
    for (const task of TWO.taskNames) {
      expect(distance(ple.forward(batch).logits[task].values, literal[task])).toBeLessThan(1e-12)
      expect(model.forward(batch).logits[task].values).toEqual(ple.forward(batch).logits[task].values)
    }
  })

  it('with a single expert, shared, is shared-bottom', () => {
    const ple = stir(new PLE({ ...SMALL, ...TWO, numLevels: 1, specificExpertNum: 0, sharedExpertNum: 1 }))
    const bottom = new SharedBottom({ ...BOTTOM, ...TWO })
    // Gates over one expert give 1 whatever their weights are, and shared-bottom has none.
    const moved = Object.entries(saveState(ple))
      .filter(([path]) => !path.includes('.gates.'))
      .map(([path, values]) => [path.replace('levels.0.experts.shared.0', 'bottom'), values] as const)
    restoreState(bottom, Object.fromEntries(moved))
    const batch = batchOf(7)
    expect(bottom.forward(batch).gates).toEqual([])
    for (const task of TWO.taskNames)
      expect(bottom.forward(batch).logits[task].values).toEqual(ple.forward(batch).logits[task].values)
  })

  it('without shared experts is a network per task above one embedding', () => {
    const ple = stir(new PLE({ ...SMALL, ...TWO, numLevels: 1, sharedExpertNum: 0 }))
    const single = new SingleTask({ ...BOTTOM, ...TWO })
    const state: Record<string, ArrayLike<number>> = {}
    for (const [path, values] of Object.entries(saveState(ple)))
      for (const task of TWO.taskNames) {
        if (path.startsWith('embedding')) state[`networks.${task}.${path}`] = values
        if (path.startsWith(`levels.0.experts.${task}.0.`))
          state[path.replace(`levels.0.experts.${task}.0`, `networks.${task}.bottom`)] = values
        if (path.startsWith(`towers.${task}.`)) state[path.replace(`towers.${task}`, `networks.${task}.tower`)] = values
      }
    restoreState(single, state)
    const batch = batchOf(7)
    for (const task of TWO.taskNames)
      expect(single.forward(batch).logits[task].values).toEqual(ple.forward(batch).logits[task].values)
  })
})

describe('the order of tasks', () => {
  const specificExpertNum = { click: 2, click_buy: 1, click_buy_price: 3 }
  const orders = [
    [0, 1, 2],
    [2, 0, 1],
    [1, 0, 2],
  ]
  const ordered = (order: readonly number[], numLevels: number): PLE =>
    new PLE({
      ...SMALL,
      taskNames: order.map((index) => TASKS[index]),
      taskTypes: order.map((index) => TYPES[index]),
      specificExpertNum,
      sharedExpertNum: 2,
      numLevels,
    })

  it('changes nothing at depth 1, not even how parameters start', () => {
    const batch = batchOf(5)
    const first = ordered(orders[0], 1)
    for (const order of orders) {
      const model = ordered(order, 1)
      for (const task of TASKS)
        expect(model.forward(batch).logits[task].values).toEqual(first.forward(batch).logits[task].values)
    }
  })

  /** The state of one model for another whose tasks come in another order: shared gates hear the same experts elsewhere. */
  const permuted = (from: PLE, to: PLE): State => {
    const state = saveState(from)
    from.levels.forEach((level, index) => {
      const path = `levels.${index}.gates.${SHARED}.output.weight`
      if (!(path in state)) return
      const [before, after] = [level.voices(SHARED), to.levels[index].voices(SHARED)]
      const weight = state[path]
      state[path] = weight.map((_, at) => {
        const row = Math.floor(at / after.length)
        return weight[row * before.length + before.indexOf(after[at % after.length])]
      })
    })
    return state
  }

  it.each([2, 3])('permutes outputs, and the columns of shared gates, at depth %i', (numLevels) => {
    const batch = batchOf(5)
    const first = stir(ordered(orders[0], numLevels))
    for (const order of orders) {
      const model = ordered(order, numLevels)
      restoreState(model, permuted(first, model))
      expect(Object.keys(model.forward(batch).logits)).toEqual(order.map((index) => TASKS[index]))
      for (const task of TASKS)
        expect(
          distance(model.forward(batch).logits[task].values, first.forward(batch).logits[task].values),
        ).toBeLessThan(1e-12)
    }
    const moved = ordered(orders[1], numLevels)
    restoreState(moved, saveState(first))
    expect(
      distance(moved.forward(batch).logits.click.values, first.forward(batch).logits.click.values),
    ).toBeGreaterThan(1e-6)
  })
})

describe('ESMM', () => {
  const probability = (z: number): number => 1 / (1 + Math.exp(-z))

  it('predicts click and conversion as the product of click and conversion after it', () => {
    const model = stir(new ESMM({ ...GATELESS, towerDnnHiddenUnits: [4] }), 1, 1)
    const { ctr, cvr, ctcvr } = model.forward(batchOf(20)).logits
    const expected = Array.from(ctr.values, (z, row) => probability(z) * probability(cvr.values[row]))
    Array.from(sigmoid(ctcvr).values).forEach((p, row) => {
      expect(Math.abs(p - expected[row]) / expected[row]).toBeLessThan(1e-12)
    })
  })

  it('keeps the product of probabilities where they round to 0 or 1, and its gradients finite', () => {
    const extremes = [-700, -40, -1, 0, 1, 40, 700]
    const pairs = extremes.flatMap((a) => extremes.map((b) => [a, b] as const))
    const a = new Parameter(
      tensor(
        pairs.map(([z]) => z),
        undefined,
        cpu64,
      ),
    )
    const b = new Parameter(
      tensor(
        pairs.map(([, z]) => z),
        undefined,
        cpu64,
      ),
    )
    const product = productLogit(a, b)
    pairs.forEach(([first, second], row) => {
      const p = probability(first) * probability(second)
      const z = product.values[row]
      expect(Number.isFinite(z)).toBe(true)
      expect(Math.abs(probability(z) - p)).toBeLessThanOrEqual(1e-12 * Math.max(p, 1e-290))
      // The complement, 1 − pq = (1 − p) + p·(1 − q), which rounding would have swallowed.
      const complement = probability(-first) + probability(first) * probability(-second)
      expect(Math.abs(probability(-z) - complement)).toBeLessThanOrEqual(1e-12 * Math.max(complement, 1e-290))
    })
    for (const gradient of gradients(sum(product), [a, b]))
      expect(gradient.values.every((value) => value >= 0 && value <= 1 + 1e-12)).toBe(true)
  })

  it('teaches conversion from rows that nobody clicked', () => {
    const model = stir(new ESMM({ ...GATELESS, taskNames: TWO.taskNames }))
    const batch = batchOf(6)
    const none = {
      ...batch,
      labels: { click: tensor(new Float64Array(6), [6], cpu64), click_buy: tensor(new Float64Array(6), [6], cpu64) },
    }
    const { click_buy: loss } = taskLosses(model.forward(none).logits, none, model.tasks)
    const [weight, bias] = gradients(loss, [model.conversion.output.weight, model.conversion.bias])
    expect(weight.values.every((value) => value !== 0)).toBe(true)
    // d(−ln(1 − pq))/dz of conversion's logit is p·q(1 − q)/(1 − pq), averaged over the rows of the task.
    const { click, cvr } = model.forward(none).logits
    const inside = [...none.masks.click_buy.values]
    const slope = inside
      .map((mask, row) => {
        const [p, q] = [probability(click.values[row]), probability(cvr.values[row])]
        return (mask * p * q * (1 - q)) / (1 - p * q)
      })
      .reduce((total, value) => total + value)
    expect(bias.item()).toBeCloseTo(slope / inside.reduce((total, mask) => total + mask), 12)
  })
})

describe('a pass that wants some tasks only', () => {
  // Gates over at least two experts, so that every gate that is heard has a gradient.
  const normalised = { dnnUseBn: true, dnnActivation: 'dice', dnnDropout: 0.3 } as const
  const three = { ...SMALL, taskNames: TASKS, taskTypes: TYPES, ...normalised, sharedExpertNum: 2 }
  const models = {
    ...zoo(normalised),
    CGC: cgc(three),
    'PLE of 1 level': new PLE({ ...three, numLevels: 1 }),
    'PLE of 3 levels': new PLE({ ...three, numLevels: 3 }),
    'PLE of 3 levels without shared experts': new PLE({
      ...three,
      numLevels: 3,
      sharedExpertNum: 0,
      specificExpertNum: 2,
    }),
    'PLE of 3 levels, some tasks without experts': new PLE({
      ...three,
      numLevels: 3,
      specificExpertNum: { click: 2, click_buy: 0, click_buy_price: 1 },
    }),
  }
  const cases = Object.entries(models).flatMap(([name, model]) => {
    const names = Object.keys(model.tasks)
    const wanted = [...names.map((task) => [task]), names.slice(0, 2), names.slice(-2).reverse()]
    return wanted.map((tasks) => [tasks.join(' and '), name, tasks, stir(model)] as const)
  })
  const statistics = (model: object): string[] =>
    Object.keys(parameters(model)).filter((path) => path.includes('running'))
  /** The layer that a statistic belongs to. */
  const layerOf = (path: string): string => path.replace(/\.(batchNorm|activation)\..*$/, '')

  it.each(cases)('gives the logits of %s that a full pass of %s gives, and no others', (_, __, tasks, model) => {
    for (const training of [false, true]) {
      const batch = batchOf(9)
      const full = model.forward(batch, { training, step: 3 })
      const part = model.forward(batch, { training, step: 3, tasks })
      const outputs = Object.keys(part.logits).filter((name) => name in model.tasks)
      expect(outputs).toEqual(Object.keys(model.tasks).filter((name) => tasks.includes(name)))
      for (const [name, logit] of Object.entries(part.logits)) expect(logit.values).toEqual(full.logits[name].values)
      expect(part.gates.length).toBe(full.gates.length)
      part.gates.forEach((level, index) => {
        for (const [listener, weights] of Object.entries(level))
          expect(weights.values).toEqual(full.gates[index][listener].values)
      })
      expect(Object.keys(part.gates.at(-1) ?? {})).toEqual(part.gates.length > 0 ? outputs : [])
    }
  })

  it.each(cases)('to learn %s, moves the statistics of %s in the layers that they depend on', (_, __, tasks, model) => {
    const batch = batchOf(9)
    const before = saveState(model)
    const { logits } = model.forward(batch, { training: true, step: 3, tasks })
    const after = saveState(model)
    const changed = Object.keys(after).filter((path) => after[path].some((value, at) => value !== before[path][at]))
    const weights = Object.entries(trainable(model)).filter(([path]) => /layers\.\d+\.weight$/.test(path))
    const reached = new Set(
      Object.values(logits).flatMap((logit) =>
        gradients(
          sum(logit),
          weights.map(([, weight]) => weight),
        ).flatMap(({ values }, index) =>
          values.some((value) => value !== 0) ? [weights[index][0].replace(/\.weight$/, '')] : [],
        ),
      ),
    )
    expect(changed).toEqual(statistics(model).filter((path) => reached.has(layerOf(path))))
  })

  it.each([1, 2, 3])('leaves alone, in a PLE of %i levels, what belongs to other tasks at the top', (numLevels) => {
    const model = stir(new PLE({ ...three, numLevels }))
    const before = saveState(model)
    model.forward(batchOf(9), { training: true, step: 0, tasks: ['click'] })
    const own = new RegExp(`^(levels\\.${numLevels - 1}\\.(experts|gates)|towers)\\.click_buy`)
    for (const [path, values] of Object.entries(saveState(model)))
      if (own.test(path)) expect(values, path).toEqual(before[path])
    // Below, the shared gate hears the other tasks' experts, but nobody needs the other tasks' gates.
    const moved = statistics(model).filter((path) =>
      parameters(model)[path].values.some((v, at) => v !== before[path][at]),
    )
    expect(moved.some((path) => path.startsWith('levels.0.experts.click_buy.'))).toBe(numLevels > 1)
    expect(moved.some((path) => path.startsWith('levels.0.gates.click_buy.'))).toBe(numLevels > 2)
  })

  it.each(Object.entries(models))('is refused by %s where it wants a task that there is not, or none', (_, model) => {
    const before = saveState(model)
    for (const tasks of [['nothing'], ['click', 'cvr'], []])
      expect(() => model.forward(batchOf(3), { training: true, step: 0, tasks })).toThrow(
        /expected wanted tasks among click, click_buy.* but got ('nothing'|'cvr'|none)$/,
      )
    expect(saveState(model)).toEqual(before)
  })
})

describe('how models start', () => {
  const isRandom = (path: string): boolean => /weight$|tables/.test(path) && !path.startsWith('wide.')

  it.each(Object.entries(zoo()))('no two random parameters of %s are the same', (_, model) => {
    const random = Object.entries(saveState(model)).filter(([, values]) => values.some((value) => value !== values[0]))
    expect(random.length).toBeGreaterThan(5)
    const twins = random.flatMap(([path, values], index) =>
      random
        .slice(index + 1)
        .filter(([, other]) => other.length === values.length && other[0] === values[0])
        .map(([twin]) => `${path} and ${twin}`),
    )
    expect(twins).toEqual([])
  })

  it('all weights and embeddings are random, all biases and linear models 0', () => {
    for (const model of Object.values(zoo()))
      for (const [path, values] of Object.entries(saveState(model))) {
        if (isRandom(path)) expect(new Set(values).size, path).toBe(values.length)
        else expect(new Set(values), path).toEqual(new Set([0]))
      }
  })

  it('one seed gives one model, bit by bit, and another seed another', () => {
    const [first, second, other] = [zoo({ seed: 5 }), zoo({ seed: 5 }), zoo({ seed: 6 })]
    for (const name of Object.keys(first)) {
      expect(saveState(second[name])).toEqual(saveState(first[name]))
      const start = saveState(first[name])
      for (const [path, values] of Object.entries(saveState(other[name])))
        if (isRandom(path)) expect([...values].filter((value, at) => value === start[path][at])).toEqual([])
    }
  })

  it('an expert more leaves those that were there as they were', () => {
    const before = saveState(new PLE({ ...SMALL, ...TWO, specificExpertNum: 1 }))
    const after = saveState(new PLE({ ...SMALL, ...TWO, specificExpertNum: 2 }))
    for (const [path, values] of Object.entries(before))
      if (!path.includes('gates')) expect(after[path], path).toEqual(values)
  })
})

describe.each([true, false])('a batch, batch normalisation: %s', (dnnUseBn) => {
  const models = Object.entries(zoo({ dnnUseBn, dnnDropout: 0.3 })).map(([name, model]) => [name, stir(model)] as const)

  it.each(models)('of one row goes through %s in either pass', (_, model) => {
    const before = saveState(model)
    for (const training of [true, false]) {
      const { logits } = model.forward(batchOf(1), { training, step: 3 })
      const values = Object.values(logits)
      expect(values.length).toBeGreaterThan(1)
      for (const logit of values) {
        expect(logit.shape).toEqual([1])
        expect(Number.isFinite(logit.item())).toBe(true)
      }
      const named = Object.values(trainable(model))
      const total = values.map((logit) => mean(logit)).flatMap((logit) => gradients(logit, named))
      expect(total.every((gradient) => gradient.values.every(Number.isFinite))).toBe(true)
    }
    // One row has no variance to record.
    expect(saveState(model)).toEqual(before)
  })

  it.each(models)('does not matter to a row that %s predicts in it', (_, model) => {
    const rows = 9
    const together = model.forward(batchOf(rows)).logits
    const data = feed(rows)
    for (let row = 0; row < rows; row++) {
      const [alone] = batches(data.select([row]), { batchSize: 1, backend: cpu64 })
      for (const [name, logit] of Object.entries(model.forward(alone).logits))
        expect(distance(logit.values, [together[name].values[row]])).toBeLessThan(1e-14)
    }
  })

  it.each(models)('is recorded by %s where it is normalised, in training, and nowhere else', (_, model) => {
    const state = parameters(model)
    const statistics = Object.keys(state).filter((path) => path.includes('running'))
    expect(statistics.length > 0).toBe(dnnUseBn)
    const before = saveState(model)
    model.forward(batchOf(9), { training: true, step: 0 })
    const changed = Object.entries(saveState(model)).filter(([path, values]) =>
      values.some((value, at) => value !== before[path][at]),
    )
    expect(changed.map(([path]) => path)).toEqual(statistics)
  })
})

/** Training: what one seed promises, when it stops, what it tells, and what it never does. */
import { describe, expect, it } from 'vitest'
import { dataset, denseFeature, sparseFeature } from '../../../src/data/index.ts'
import { ESMM, PLE, SharedBottom, SingleTask, mmoe, parameters, saveState } from '../../../src/models/index.ts'
import type { Model, PLEOptions, State } from '../../../src/models/index.ts'
import { stream } from '../../../src/tensor/index.ts'
import { adagrad, adam, evaluate, fit, predict, sgd, stepDecay } from '../../../src/training/index.ts'
import type { EpochRecord, FitOptions, Progress } from '../../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed, funnel } from '../../models/feed.ts'

const SMALL = {
  features: FEATURES,
  taskNames: TASKS,
  taskTypes: TYPES,
  expertDnnHiddenUnits: [4],
  towerDnnHiddenUnits: [3],
  initStd: 0.1,
} as const satisfies PLEOptions

const modelOf = (options: Partial<PLEOptions> = {}): PLE => new PLE({ ...SMALL, ...options })

const data = feed(22)
const validation = feed(15, 23)

/** Paths whose numbers differ between two states. */
const changed = (a: State, b: State): string[] =>
  Object.keys(a).filter((path) => Array.from(a[path]).some((value, at) => !Object.is(value, b[path][at])))

/** Trains a fresh model and returns its state. */
async function trained(options: Partial<FitOptions> = {}, model: Partial<PLEOptions> = {}): Promise<State> {
  const fresh = modelOf(model)
  await fit(fresh, { data, epochs: 3, batchSize: 5, ...options })
  return saveState(fresh)
}

const NOISY = { dnnDropout: 0.4, dnnUseBn: true } as const

describe('one seed', () => {
  it('gives one result, bit by bit', async () => {
    const [first, again] = [await trained({ seed: 21 }, NOISY), await trained({ seed: 21 }, NOISY)]
    expect(changed(first, again)).toEqual([])
  })

  it('of another order of rows gives another result', async () => {
    const [first, other] = [await trained({ seed: 21 }), await trained({ seed: 22 })]
    expect(changed(first, other)).toEqual(Object.keys(first))
  })

  it('orders rows anew in each epoch', async () => {
    const orders: string[] = []
    let epoch = ''
    const onBatch = ({ losses }: Progress): void => {
      epoch += `${losses.click} `
    }
    const onEpoch = (): void => {
      orders.push(epoch)
      epoch = ''
    }
    const still = sgd({ learningRate: 0 })
    await fit(modelOf({ l2RegEmbedding: 0 }), { data, epochs: 4, batchSize: 5, optimizer: still, onBatch, onEpoch })
    expect(new Set(orders).size).toBe(4)
    orders.length = 0
    await fit(modelOf(), { data, epochs: 4, batchSize: 5, optimizer: still, shuffle: false, onBatch, onEpoch })
    expect(new Set(orders).size).toBe(1)
  })

  it('drops other values in every step', async () => {
    const losses: unknown[] = []
    const options = { data, epochs: 5, batchSize: 22, shuffle: false, optimizer: sgd({ learningRate: 0 }) }
    const onBatch = ({ losses: { click } }: Progress): void => void losses.push(click)
    await fit(modelOf({ dnnDropout: 0.4, l2RegEmbedding: 0 }), { ...options, onBatch })
    expect(new Set(losses).size).toBe(5)
    losses.length = 0
    await fit(modelOf({ l2RegEmbedding: 0 }), { ...options, onBatch })
    expect(new Set(losses).size).toBe(1)
  })

  it('of a model decides its start and its dropout, and that of training neither', async () => {
    const still = { shuffle: false, seed: 21 }
    expect(changed(await trained(still, NOISY), await trained({ ...still, seed: 22 }, NOISY))).toEqual([])
    const [dropping, keeping] = [await trained(still, { dnnDropout: 0.4 }), await trained(still)]
    expect(changed(dropping, keeping).length).toBeGreaterThan(0)
  })
})

describe('validation', () => {
  it('changes nothing of what is learned, with dropout and batch normalisation', async () => {
    const without = await trained({}, NOISY)
    const withIt = await trained({ validation, restoreBest: false }, NOISY)
    expect(changed(without, withIt)).toEqual([])
  })

  it('sees the model as it is in inference, after each epoch', async () => {
    const model = modelOf(NOISY)
    const seen: unknown[] = []
    const { epochs } = await fit(model, {
      data,
      validation,
      epochs: 3,
      batchSize: 5,
      restoreBest: false,
      onEpoch: () => void seen.push(evaluate(model, validation)),
    })
    expect(epochs.map((record) => record.validation)).toEqual(seen)
    const scores = epochs.map((record) => record.validation!)
    expect(new Set(scores.map(({ click }) => click.logLoss)).size).toBe(3)
    // AUC of both binary tasks, less the squared error of the regression.
    expect(epochs.map(({ score }) => score)).toEqual(
      scores.map((of) => of.click.auc + of.click_buy.auc - of.click_buy_price.mse),
    )
  })

  it('measures what it is asked to', async () => {
    const metrics = { click: ['logLoss'], click_buy_price: ['rmse', 'mae'] } as const
    const { epochs } = await fit(modelOf(), { data, validation, metrics })
    const { click, click_buy, click_buy_price } = epochs[0].validation!
    expect([click, click_buy, click_buy_price].map((scores) => Object.keys(scores))).toEqual([
      ['logLoss'],
      ['auc', 'logLoss'],
      ['rmse', 'mae'],
    ])
    expect(epochs[0].score).toBe(-click.logLoss + click_buy.auc - click_buy_price.rmse)
  })

  const relabelled = (labels: Readonly<Record<string, ArrayLike<number>>>) => {
    const { ids, numbers, labels: given } = feed(8)
    return dataset({ features: FEATURES, columns: { ...ids, ...numbers }, labels: { ...given, ...labels } })
  }

  it('of one class only has no AUC, which is left out of the score', async () => {
    const ones = relabelled({ click: new Float32Array(8).fill(1) })
    const { epochs, best } = await fit(modelOf(), { data, validation: ones, epochs: 4, patience: 3 })
    expect(epochs[0].validation?.click.auc).toBeNaN()
    for (const { score, validation: scores } of epochs)
      expect(score).toBe(scores!.click_buy.auc - scores!.click_buy_price.mse)
    expect(best).toBe(1 + epochs.map(({ score }) => score!).indexOf(Math.max(...epochs.map(({ score }) => score!))))
  })

  it('of which no metric is defined is refused before a step, unless it is scored otherwise', async () => {
    const nobody = new Float32Array(8).fill(NaN)
    const none = relabelled({
      click: new Float32Array(8).fill(1),
      click_buy: new Float32Array(8).fill(0),
      click_buy_price: nobody,
    })
    const model = modelOf()
    const before = saveState(model)
    await expect(fit(model, { data, validation: none })).rejects.toThrow(
      /^fit: expected validation labels that a score is defined by but got auc of 'click' over 8 rows, auc of 'click_buy' over 8 rows, mse of 'click_buy_price' over 0 rows: because /,
    )
    expect(changed(saveState(model), before)).toEqual([])
    const metrics = { click: ['logLoss'] } as const
    await expect(fit(model, { data, validation: none, metrics })).resolves.toMatchObject({ best: 1 })
    const history = await fit(model, { data, validation: none, score: ({ click }) => -click.logLoss })
    expect(history.best).toBe(1)
  })
})

/** Trains with the scores that a list gives, and keeps the state of every epoch. */
async function scored(scores: readonly number[], options: Partial<FitOptions> = {}) {
  const model = modelOf()
  const states: State[] = []
  const history = await fit(model, {
    data,
    validation,
    epochs: scores.length,
    batchSize: 5,
    score: () => scores[states.length],
    onEpoch: () => void states.push(saveState(model)),
    ...options,
  })
  return { history, states, last: saveState(model) }
}

describe('the best epoch', () => {
  it('is the one of the highest score, whose parameters the model has in the end', async () => {
    const { history, states, last } = await scored([1, 3, 2, 2.5])
    expect(history).toMatchObject({ best: 2, stopped: 'finished', steps: 20 })
    expect(history.epochs.map(({ score }) => score)).toEqual([1, 3, 2, 2.5])
    expect(changed(last, states[1])).toEqual([])
    expect(changed(last, states[3]).length).toBeGreaterThan(0)
  })

  it('is told, though the model keeps its last parameters where it should', async () => {
    const { history, states, last } = await scored([1, 3, 2], { restoreBest: false })
    expect(history.best).toBe(2)
    expect(changed(last, states[2])).toEqual([])
  })

  it('is the first of equals', async () => {
    const { history } = await scored([2, 2, 2])
    expect(history.best).toBe(1)
  })

  it.each([
    ['-Infinity', [-Infinity, NaN]],
    ['NaN', [NaN, NaN]],
  ])('is none where every score is %s', async (_, scores) => {
    const { history, states, last } = await scored(scores)
    expect(history).not.toHaveProperty('best')
    expect(changed(last, states[1])).toEqual([])
  })

  it('is not restored over what came later without validation', async () => {
    const model = modelOf()
    let last: State = {}
    const history = await fit(model, { data, epochs: 2, onEpoch: () => void (last = saveState(model)) })
    expect(changed(saveState(model), last)).toEqual([])
    expect(history).not.toHaveProperty('best')
    expect(history.epochs[0]).not.toHaveProperty('validation')
    expect(history.epochs[0]).not.toHaveProperty('score')
  })
})

describe('patience', () => {
  it('ends training after so many epochs in a row without a better score', async () => {
    const { history, states, last } = await scored([1, 3, 2, 3, 2, 9], { patience: 3 })
    expect(history).toMatchObject({ best: 2, stopped: 'early' })
    expect(history.epochs).toHaveLength(5)
    expect(changed(last, states[1])).toEqual([])
  })

  it('starts anew with every better score', async () => {
    const { history } = await scored([1, 0, 2, 1, 3, 2], { patience: 2 })
    expect(history).toMatchObject({ best: 5, stopped: 'finished' })
  })

  it('of one ends at the first epoch that is no better', async () => {
    const { history } = await scored([1, 1, 5], { patience: 1 })
    expect(history).toMatchObject({ best: 1, stopped: 'early' })
    expect(history.epochs).toHaveLength(2)
  })
})

describe('an abort signal', () => {
  it('ends training before the next batch, with the steps taken so far', async () => {
    const model = modelOf(NOISY)
    const controller = new AbortController()
    let atAbort: State = {}
    const history = await fit(model, {
      data,
      epochs: 4,
      batchSize: 5,
      signal: controller.signal,
      onBatch: ({ epoch, batch }) => {
        if (epoch === 2 && batch === 3) {
          controller.abort()
          atAbort = saveState(model)
        }
      },
    })
    expect(history).toMatchObject({ stopped: 'aborted', steps: 8 })
    expect(history.epochs.map(({ epoch }) => epoch)).toEqual([1])
    expect(changed(saveState(model), atAbort)).toEqual([])
  })

  it('that came before anything leaves the model as it is', async () => {
    const model = modelOf(NOISY)
    const before = saveState(model)
    const history = await fit(model, { data, signal: { aborted: true } })
    expect(history).toMatchObject({ stopped: 'aborted', steps: 0, epochs: [] })
    expect(changed(saveState(model), before)).toEqual([])
  })

  it('leaves the best epoch so far where there is one', async () => {
    const signal = { aborted: false }
    const { history, states, last } = await scored([2, 1, 5], {
      signal,
      onBatch: ({ step }) => void (signal.aborted = step === 12),
    })
    expect(history).toMatchObject({ best: 1, stopped: 'aborted', steps: 12 })
    expect(changed(last, states[0])).toEqual([])
  })
})

describe('what training tells', () => {
  it('after each batch and epoch is where it stands, and it waits until that is heard', async () => {
    const batches: Progress[] = []
    const epochs: EpochRecord[] = []
    const order: string[] = []
    const pause = () => new Promise((resolve) => setTimeout(resolve, 1))
    const history = await fit(modelOf(), {
      data,
      epochs: 2,
      batchSize: 8,
      optimizer: adam({ learningRate: stepDecay(0.01, { every: 3, factor: 0.1 }) }),
      onBatch: async (progress) => {
        order.push(`batch ${progress.step} begins`)
        await pause()
        batches.push(progress)
        order.push(`batch ${progress.step} ends`)
      },
      onEpoch: async (record) => {
        await pause()
        epochs.push(record)
        order.push(`epoch ${record.epoch}`)
      },
    })
    expect(batches.map(({ losses: _, ...where }) => where)).toEqual(
      [1, 2, 3, 4, 5, 6].map((step) => ({
        epoch: step < 4 ? 1 : 2,
        epochs: 2,
        batch: ((step - 1) % 3) + 1,
        batches: 3,
        step,
        weights: { click: 1, click_buy: 1, click_buy_price: 1 },
      })),
    )
    for (const { losses } of batches) expect(Object.keys(losses)).toEqual([...TASKS])
    expect(order.slice(0, 7)).toEqual([
      ...[1, 2, 3].flatMap((step) => [`batch ${step} begins`, `batch ${step} ends`]),
      'epoch 1',
    ])
    expect(history.epochs).toEqual(epochs)
    expect(epochs.map(({ epoch, learningRate }) => [epoch, learningRate])).toEqual([
      [1, 0.01],
      [2, 0.001],
    ])
    for (const { seconds } of epochs) expect(seconds).toBeGreaterThanOrEqual(0.003)
    expect(history).toMatchObject({ stopped: 'finished', optimizer: 'adam', steps: 6 })
  })

  it('of an epoch is the mean loss over the rows of each sample space', async () => {
    const batches: Progress[] = []
    const { epochs } = await fit(modelOf(), {
      data,
      batchSize: 8,
      shuffle: false,
      onBatch: (progress) => void batches.push(progress),
    })
    for (const task of TASKS) {
      const rows = [0, 8, 16].map(
        (start) => data.labels[task].subarray(start, start + 8).filter((label) => !Number.isNaN(label)).length,
      )
      const total = batches.reduce((sum, { losses }, batch) => sum + losses[task] * rows[batch], 0)
      expect(epochs[0].losses[task]).toBeCloseTo(total / rows.reduce((sum, count) => sum + count), 6)
    }
  })
})

describe('training', () => {
  it('steps once per batch, of which the last may have one row', async () => {
    const history = await fit(modelOf(NOISY), { data: data.select([...Array(9).keys()]), batchSize: 4, epochs: 2 })
    expect(history.steps).toBe(6)
    expect(history.epochs.every(({ losses }) => Object.values(losses).every(Number.isFinite))).toBe(true)
  })

  it('goes through batches of one class, and without a row of a task', async () => {
    const features = [denseFeature('age')]
    const columns = { age: [1, 2, 3, 4] }
    const nobody = [NaN, NaN, NaN, NaN]
    const some = dataset({
      features,
      columns,
      labels: { click: [1, 1, 1, 1], click_buy: nobody, click_buy_price: [1, NaN, 2, 3] },
    })
    const model = modelOf({ features, numLevels: 1, sharedExpertNum: 0 })
    const before = saveState(model)
    const { epochs } = await fit(model, { data: some, epochs: 2, batchSize: 1 })
    expect(Number.isFinite(epochs[1].losses.click)).toBe(true)
    // Nobody's mean.
    expect(epochs[1].losses.click_buy).toBeNaN()
    expect(changed(before, saveState(model)).filter((path) => path.includes('.click_buy.'))).toEqual([])
  })

  it('of a task weighted 0 leaves its tower, and what only it hears, as they were', async () => {
    const model = modelOf({ numLevels: 1 })
    const before = saveState(model)
    await fit(model, { data, epochs: 2, batchSize: 5, taskWeights: { click_buy: 0 } })
    const moved = changed(before, saveState(model))
    expect(moved.filter((path) => path.includes('.click_buy.'))).toEqual([])
    // All else moved; one number of each tensor is enough.
    expect(moved).toEqual(Object.keys(before).filter((path) => !path.includes('.click_buy.')))
  })

  it('weighs tasks by their weights: of SGD, twice the weight is twice the step', async () => {
    const optimizer = () => sgd({ learningRate: 0.1 })
    const step = async (taskWeights: Record<string, number>): Promise<number> => {
      const model = modelOf({ l2RegEmbedding: 0 })
      await fit(model, { data, batchSize: 22, shuffle: false, optimizer: optimizer(), taskWeights })
      return parameters(model)['towers.click.bias'].item()
    }
    const [once, twice] = [await step({}), await step({ click: 2 })]
    expect(Math.abs(once)).toBeGreaterThan(1e-4)
    expect(twice).toBeCloseTo(2 * once, 6)
  })

  it('clips the common norm of all gradients where it is told', async () => {
    const move = async (clipNorm?: number): Promise<number> => {
      const model = modelOf({ l2RegEmbedding: 0 })
      const before = saveState(model)
      const options = clipNorm === undefined ? {} : { clipNorm }
      await fit(model, { data, batchSize: 22, optimizer: sgd({ learningRate: 1 }), ...options })
      const after = saveState(model)
      const squares = Object.keys(before).flatMap((path) =>
        Array.from(after[path], (value, at) => (value - before[path][at]) ** 2),
      )
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0))
    }
    const free = await move()
    expect(await move(free / 3)).toBeCloseTo(free / 3, 5)
    expect(await move(free * 2)).toBeCloseTo(free, 6)
  })

  it('touches, of a table, the rows of its batches only', async () => {
    const features = [sparseFeature('user', { vocabularySize: 50, dimension: 2 })]
    const labels = { click: [1, 0, 1], click_buy: [0, 0, 1], click_buy_price: [1, 2, 3] }
    const rows = dataset({ features, columns: { user: [7, 30, 7] }, labels })
    const model = modelOf({ features })
    const before = saveState(model)['embedding.tables.user']
    await fit(model, { data: rows, epochs: 3, batchSize: 2, optimizer: adam({ learningRate: 0.1 }) })
    const after = saveState(model)['embedding.tables.user']
    const moved = [...Array(50).keys()].filter((row) => after[2 * row] !== before[2 * row])
    expect(moved).toEqual([7, 30])
  })

  it('continues where it was with an optimizer that has been used', async () => {
    const optimizer = adagrad({ learningRate: 0.1 })
    const model = modelOf()
    await fit(model, { data, batchSize: 11, optimizer })
    const { steps } = await fit(model, { data, batchSize: 11, optimizer })
    expect(steps).toBe(2)
    expect(optimizer.steps).toBe(4)
  })

  it('learns 64 rows by heart', async () => {
    const rows = 64
    const random = stream(31)
    const features = [
      sparseFeature('user', { vocabularySize: 16, dimension: 4 }),
      sparseFeature('item', { vocabularySize: 16, dimension: 4 }),
      denseFeature('x', { dimension: 4 }),
    ]
    const draw = (name: string) => (row: number) => random.stream(name).uniform(row)
    const ids = (name: string) => Array.from({ length: rows }, (_, row) => Math.floor(draw(name)(row) * 16))
    const coins = (name: string) => Array.from({ length: rows }, (_, row) => (draw(name)(row) < 0.5 ? 1 : 0))
    const heart = dataset({
      features,
      columns: {
        user: ids('user'),
        item: ids('item'),
        x: Array.from({ length: rows * 4 }, (_, at) => random.normal(at)),
      },
      labels: {
        click: coins('click'),
        click_buy: coins('buy'),
        click_buy_price: Array.from({ length: rows }, (_, row) => draw('price')(row)),
      },
    })
    const model = modelOf({ features, expertDnnHiddenUnits: [16], towerDnnHiddenUnits: [8] })
    const { epochs } = await fit(model, {
      data: heart,
      epochs: 60,
      batchSize: 16,
      optimizer: adam({ learningRate: 0.02 }),
    })
    const { click, click_buy, click_buy_price } = evaluate(model, heart)
    expect(click.auc).toBeGreaterThan(0.95)
    expect(click_buy.auc).toBeGreaterThan(0.95)
    expect(click_buy_price.mse).toBeLessThan(0.02)
    expect(epochs[59].losses.click).toBeLessThan(epochs[0].losses.click / 2)
  })

  const two = { ...SMALL, taskNames: ['click', 'click_buy'], taskTypes: ['binary', 'binary'] } as const
  const { expertDnnHiddenUnits: _, ...bare } = two
  const others: Readonly<Record<string, () => Model>> = {
    MMoE: () => mmoe(two),
    SharedBottom: () => new SharedBottom({ ...bare, bottomDnnHiddenUnits: [4] }),
    SingleTask: () => new SingleTask({ ...bare, bottomDnnHiddenUnits: [4] }),
    ESMM: () => new ESMM({ features: FEATURES, taskNames: two.taskNames, towerDnnHiddenUnits: [4] }),
  }

  it.each(Object.entries(others))('lowers the loss of %s, and moves every parameter', async (_, build) => {
    const model = build()
    const before = saveState(model)
    const { epochs } = await fit(model, {
      data: funnel(data),
      epochs: 20,
      batchSize: 22,
      optimizer: adam({ learningRate: 0.03 }),
    })
    const total = ({ losses }: EpochRecord): number => losses.click + losses.click_buy
    expect(total(epochs[19])).toBeLessThan(0.8 * total(epochs[0]))
    expect(changed(before, saveState(model))).toEqual(Object.keys(before))
    expect(Object.values(predict(model, data)).every((values) => values.every(Number.isFinite))).toBe(true)
  })
})

describe('a number that is not finite', () => {
  it('in a parameter ends training before the step, and is named', async () => {
    const model = modelOf()
    const { weight } = model.levels[1].experts.click_buy[0].layers[0]
    weight.assign(weight.values.map((value, at) => (at === 5 ? NaN : value)))
    const before = saveState(model)
    const optimizer = adam()
    await expect(fit(model, { data, optimizer })).rejects.toThrow(
      "fit: expected finite losses but got NaN of task 'click_buy' in epoch 1, step 1: " +
        'because parameter levels.1.experts.click_buy.0.layers.0.weight (4×4) holds a value that is not finite',
    )
    expect(changed(saveState(model), before)).toEqual([])
    expect(optimizer.steps).toBe(0)
  })

  it('that an op made of finite ones ends training before the step, and the op is named', async () => {
    const features = [denseFeature('age')]
    const labels = { click: [1, 0], click_buy: [1, 0], click_buy_price: [1, 3e38] }
    const far = dataset({ features, columns: { age: [1, 2] }, labels })
    const model = modelOf({ features })
    const before = saveState(model)
    await expect(
      fit(model, { data: far, batchSize: 1, shuffle: false, optimizer: sgd({ learningRate: 0 }) }),
    ).rejects.toThrow(
      /^fit: expected finite losses but got Infinity of task 'click_buy_price' in epoch 1, step 2: because square of \(1\) was the first to give one, from finite inputs; the nearest parameter behind it is towers\.click_buy_price\.bias$/,
    )
    expect(changed(saveState(model), before)).toEqual([])
  })

  it('that training itself ran into is told with the epoch and step', async () => {
    const wild = fit(modelOf(), { data, batchSize: 2, optimizer: sgd({ learningRate: 1e6 }) })
    await expect(wild).rejects.toThrow(
      /^fit: expected finite losses but got (NaN|Infinity) of task '\w+' in epoch 1, step \d+: because /,
    )
  })

  it('and that no loss reads again is found when the epoch ends', async () => {
    const wild = fit(modelOf(), { data, epochs: 50, batchSize: data.rows, optimizer: sgd({ learningRate: 1e6 }) })
    await expect(wild).rejects.toThrow(/^fit: expected finite parameters at the end of epoch \d+ but [\w.]+ is not$/)
  })

  it('in a batch of infinities leaves batch normalisation as it was', async () => {
    const features = [denseFeature('age')]
    const labels = { click: [1, 0], click_buy: [1, 0], click_buy_price: [1, 2] }
    const far = dataset({ features, columns: { age: [3e38, -3e38] }, labels })
    const model = modelOf({ features, dnnUseBn: true })
    const before = saveState(model)
    await expect(fit(model, { data: far })).rejects.toThrow(/^fit: expected finite losses/)
    expect(changed(saveState(model), before)).toEqual([])
  })

  it('and a second call with the same optimizer goes on where the first stopped', async () => {
    const once = modelOf({ dnnDropout: 0.3 })
    await fit(once, { data, epochs: 2, batchSize: 8, optimizer: adam() })
    const twice = modelOf({ dnnDropout: 0.3 })
    const optimizer = adam()
    await fit(twice, { data, epochs: 1, batchSize: 8, optimizer })
    await fit(twice, { data, epochs: 1, batchSize: 8, optimizer })
    expect(changed(saveState(twice), saveState(once))).toEqual([])
  })
})

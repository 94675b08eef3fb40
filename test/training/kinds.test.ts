/** Tasks of classes, of labels and of counts are trained, kept, served and exported as binary tasks are. */
import { describe, expect, it } from 'vitest'
import { add, checkGradients, exp, mul, neg, square, sub, sum } from '../../src/autograd/index.ts'
import { batches, dataset, sparseFeature, denseFeature } from '../../src/data/index.ts'
import type { Dataset, SampleWeights } from '../../src/data/index.ts'
import { cpu, cpu64, wasm } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { toONNX } from '../../src/onnx.ts'
import { loadProgram, servingCpu } from '../../src/serve.ts'
import { count, multiclass, multilabel, softmaxCrossEntropy } from '../../src/tasks.ts'
import {
  PLE,
  SharedBottom,
  SingleTask,
  WideDeep,
  cgc,
  mlMmoe,
  mmoe,
  restoreModel,
  restoreState,
  saveModel,
  saveState,
} from '../../src/models/index.ts'
import type { Model, ModelOptions, SavableModel, TaskKind } from '../../src/models/index.ts'
import { columnsOf } from '../../src/models/kinds/classes.ts'
import { macroAuc, multiclassLogLoss } from '../../src/metrics/index.ts'
import {
  caGrad,
  compilePredictor,
  dwa,
  evaluate,
  fit,
  fitAlternating,
  gradNorm,
  memoryStore,
  pcGrad,
  permutationImportance,
  predict,
  saveProgram,
  startAtBaseRates,
  uncertainty,
} from '../../src/training/index.ts'
import type { FitOptions, Strategy } from '../../src/training/index.ts'
import { stream, tensor } from '../../src/tensor/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { apart as furthest, inputsOf } from '../exchange/onnx/drawn.ts'
import { feedsOf } from '../exchange/onnx/feeds.ts'
import { NO_ORT, ort, ranBy } from '../exchange/onnx/runtime.ts'

const features = [sparseFeature('user', { vocabularySize: 5, dimension: 2 }), denseFeature('age')]
const genre = multiclass(['comedy', 'drama', 'news'])
const tags = multilabel(['short', 'loud'])
const KINDS = { genre, tags, visits: count(), like: 'binary' } as const
const TASKS = Object.keys(KINDS)
const OUTPUTS = ['genre.comedy', 'genre.drama', 'genre.news', 'tags.short', 'tags.loud', 'visits', 'like']

/** Rows by number; one that comes twice is there twice. Some labels are missing, of tags one by one. */
function feedOf(rows: readonly number[], sampleWeights?: SampleWeights): Dataset {
  const random = stream(5)
  const draw = (name: string) => (row: number) => random.stream(name).uniform(row)
  const missing = (name: string) => (row: number) => draw(`${name}?`)(row) < 0.2
  const coin = (name: string) => (row: number) => (missing(name)(row) ? NaN : Number(draw(name)(row) < 0.5))
  return dataset({
    features,
    columns: { user: rows.map((row) => row % 5), age: rows.map((row) => random.normal(row)) },
    labels: {
      genre: rows.map((row) => (missing('genre')(row) ? NaN : Math.floor(3 * draw('genre')(row)))),
      tags: rows.map((row) => [coin('short')(row), coin('loud')(row)]),
      visits: rows.map((row) => (missing('visits')(row) ? NaN : Math.floor(4 * draw('visits')(row)))),
      like: rows.map(coin('like')),
    },
    tasks: KINDS,
    ...(sampleWeights && { sampleWeights }),
  })
}
const ROWS = Array.from({ length: 40 }, (_, row) => row)
const data = feedOf(ROWS)

const OPTIONS = (backend: Backend): ModelOptions => ({
  features,
  taskNames: TASKS,
  taskTypes: Object.values(KINDS),
  towerDnnHiddenUnits: [3],
  initStd: 0.3,
  backend,
})
const small = (backend: Backend) => ({ ...OPTIONS(backend), expertDnnHiddenUnits: [4] })
const bottom = (backend: Backend) => ({ ...OPTIONS(backend), bottomDnnHiddenUnits: [4] })

const ZOO: Readonly<Record<string, (backend: Backend) => Model & SavableModel>> = {
  PLE: (backend) => new PLE(small(backend)),
  CGC: (backend) => cgc(small(backend)),
  MMoE: (backend) => mmoe({ ...small(backend), numExperts: 2 }),
  'ML-MMoE': (backend) => mlMmoe({ ...small(backend), numExperts: 2 }),
  SharedBottom: (backend) => new SharedBottom(bottom(backend)),
  SingleTask: (backend) => new SingleTask(bottom(backend)),
  WideDeep: (backend) => {
    const { features: deepFeatures, ...rest } = bottom(backend)
    return new WideDeep({ ...rest, wideFeatures: features, deepFeatures })
  },
}

const RECIPE = { data, batchSize: 16, epochs: 2, optimizer: 'adam' } as const satisfies FitOptions
/** The largest difference of what two trainings made of one model. */
function apart(one: Model, other: Model): number {
  const [a, b] = [saveState(one), saveState(other)]
  return Math.max(...Object.keys(a).map((path) => furthest(a[path], Array.from(b[path]))))
}

describe.each(Object.entries(ZOO))('%s', (_, build) => {
  it('learns compiled what it learns op by op, and on WebAssembly within rounding', async () => {
    const [eager, compiled, fast] = [build(cpu), build(cpu), build(wasm())]
    await fit(eager, { ...RECIPE, compiled: false })
    await fit(compiled, { ...RECIPE, backend: cpu })
    await fit(fast, RECIPE)
    expect(saveState(compiled)).toEqual(saveState(eager))
    expect(apart(fast, eager)).toBeLessThan(1e-3)
    expect(apart(eager, build(cpu))).toBeGreaterThan(1e-3)
  })

  it('is saved and restored, kinds and names of classes with it', () => {
    const model = build(cpu)
    const restored = restoreModel(saveModel(model))
    expect(JSON.stringify(restored.tasks)).toBe(JSON.stringify(model.tasks))
    expect(predict(restored, data)).toEqual(predict(model, data))
    expect(Object.keys(predict(restored, data))).toEqual(OUTPUTS)
  })

  it('predicts shares of classes that add up to 1, and so do predictor and saved program, row by row', () => {
    const model = build(cpu)
    const all = predict(model, data)
    const predictor = compilePredictor(model, { backend: cpu })
    const program = loadProgram(saveProgram(predictor), { backend: servingCpu })
    for (const row of [0, 7]) {
      const given = { user: data.ids.user[row], age: data.numbers.age[row] }
      const scored = { ...predictor.score(given) }
      expect(scored['genre.comedy'] + scored['genre.drama'] + scored['genre.news']).toBeCloseTo(1, 6)
      expect(Object.keys(scored)).toEqual(OUTPUTS)
      for (const name of OUTPUTS) expect(scored[name]).toBeCloseTo(all[name][row], 6)
      expect({ ...program.score(given) }).toEqual(scored)
    }
    predictor.release()
  })

  it('begins at the base rates of its outputs', () => {
    const model = build(cpu)
    const rates = startAtBaseRates(model, data)
    const predictions = predict(model, data)
    expect(Object.keys(rates)).toEqual(OUTPUTS)
    const { labels } = data
    const inside = (name: string, row: number): boolean => {
      if (name.startsWith('tags')) return !Number.isNaN(labels.tags[2 * row + Number(name === 'tags.loud')])
      return !Number.isNaN(labels[name.split('.')[0]][row])
    }
    for (const name of OUTPUTS) {
      const rows = ROWS.filter((row) => inside(name, row))
      const mean = rows.reduce((sum, row) => sum + predictions[name][row], 0) / rows.length
      expect(Math.abs(mean / rates[name] - 1), name).toBeLessThan(1e-4)
    }
  })

  it.skipIf(!ort)(`predicts the same in ONNX Runtime${NO_ORT}`, async () => {
    const model = build(cpu)
    const outputs = await ranBy(ort!, toONNX(model), feedsOf(ort!, inputsOf(data)))
    const expected = predict(model, data)
    expect(Object.keys(outputs).sort()).toEqual([...OUTPUTS].sort())
    for (const name of OUTPUTS) expect(furthest(outputs[name].data, expected[name]), name).toBeLessThan(1e-5)
  })
})

describe('training', () => {
  const STRATEGIES: Readonly<Record<string, () => Strategy>> = {
    uncertainty: () => uncertainty(),
    dwa: () => dwa(),
    gradNorm: () => gradNorm(),
    pcGrad: () => pcGrad(),
    caGrad: () => caGrad(),
  }

  it.each(Object.entries(STRATEGIES))(
    'by %s goes on from a checkpoint in the middle of an epoch',
    async (_, strategy) => {
      const whole = ZOO.PLE(cpu)
      await fit(whole, { ...RECIPE, strategy: strategy() })
      const [model, store] = [ZOO.PLE(cpu), memoryStore()]
      const stop = new AbortController()
      const options = { ...RECIPE, signal: stop.signal, checkpoint: { store, every: 1 } }
      let steps = 0
      await fit(model, {
        ...options,
        strategy: strategy(),
        onBatch: () => {
          if (++steps === 4) stop.abort()
        },
      })
      const again = ZOO.PLE(cpu)
      await fit(again, { ...RECIPE, strategy: strategy(), checkpoint: { store, every: 1 }, resume: store })
      expect(saveState(again)).toEqual(saveState(whole))
    },
  )

  it('counts each kind but regression whole where losses are weighed by their uncertainty', async () => {
    const strategy = uncertainty()
    await fit(ZOO.PLE(cpu), {
      ...RECIPE,
      epochs: 1,
      batchSize: 40,
      strategy,
      onBatch: ({ weights }) => {
        expect(weights).toEqual({ genre: 1, tags: 1, visits: 1, like: 1 })
      },
    })
  })

  it('goes on only with the same kinds', async () => {
    const store = memoryStore()
    await fit(ZOO.PLE(cpu), { ...RECIPE, checkpoint: { store } })
    const other = new PLE({ ...small(cpu), taskTypes: [multiclass(3), tags, count(), 'binary'] })
    await expect(fit(other, { ...RECIPE, resume: store })).rejects.toThrow('as in the checkpoint')
  })

  it('takes class weights and label smoothing, and refuses a loss of a single logit by name', async () => {
    const [plain, weighted] = [ZOO.PLE(cpu), ZOO.PLE(cpu)]
    await fit(plain, RECIPE)
    const losses = { genre: softmaxCrossEntropy({ classWeights: [1, 2, 3], labelSmoothing: 0.1 }) }
    await fit(weighted, { ...RECIPE, losses })
    expect(apart(plain, weighted)).toBeGreaterThan(1e-4)
    const model = ZOO.PLE(cpu)
    await expect(fit(model, { ...RECIPE, losses: { genre: 'focal' } })).rejects.toThrow(
      "fit: expected a function as the loss of 'genre' but got 'focal', of one logit",
    )
    expect(saveState(model)).toEqual(saveState(ZOO.PLE(cpu)))
  })

  it('in turns learns them too', async () => {
    const model = ZOO.SharedBottom(cpu)
    await fitAlternating(model, {
      turns: { a: { data, tasks: ['genre'] }, b: { data, tasks: ['tags', 'visits', 'like'] } },
    })
    expect(apart(model, ZOO.SharedBottom(cpu))).toBeGreaterThan(0)
  })

  it('stops by the first metric of each kind', async () => {
    const history = await fit(ZOO.PLE(cpu), { ...RECIPE, validation: data })
    const [{ validation }] = history.epochs
    expect(Object.keys(validation!.genre)).toEqual(['auc', 'logLoss', 'accuracy'])
    expect(Object.keys(validation!.tags)).toEqual(['auc', 'logLoss'])
    expect(Object.keys(validation!.visits)).toEqual(['poissonDeviance', 'mae'])
  })

  it.each([
    [
      'a dataset that was not told of labels',
      { ...data, labels: { ...data.labels, tags: data.labels.like } },
      "fit: expected labels of multilabel task 'tags' to be 2 a row, as in tasks of dataset, but got 1",
    ],
    [
      'a class beyond',
      { ...data, labels: { ...data.labels, genre: data.labels.genre.map(() => 3) } },
      "fit: expected labels of multiclass task 'genre' to be classes from 0 to 2 but got 3 at row 0 of data",
    ],
    [
      'a negative count',
      { ...data, labels: { ...data.labels, visits: data.labels.visits.map(() => -1) } },
      "fit: expected labels of count task 'visits' to be at least 0 but got -1 at row 0 of data",
    ],
  ])('refuses %s, and leaves the model as it was', async (_, wrong, message) => {
    const model = ZOO.PLE(cpu)
    await expect(fit(model, { ...RECIPE, data: wrong })).rejects.toThrow(message)
    expect(saveState(model)).toEqual(saveState(ZOO.PLE(cpu)))
  })
})

describe('scoring', () => {
  it('evaluates by metrics of rows of classes', () => {
    const model = ZOO.PLE(cpu)
    const predictions = predict(model, data)
    const byRow = ROWS.flatMap((row) => OUTPUTS.slice(0, 3).map((name) => predictions[name][row]))
    const scores = evaluate(model, data)
    expect(scores.genre.auc).toBe(macroAuc(byRow, data.labels.genre))
    expect(scores.genre.logLoss).toBe(multiclassLogLoss(byRow, data.labels.genre))
    const predictor = compilePredictor(model)
    expect(evaluate(predictor, data).genre.accuracy).toBe(scores.genre.accuracy)
    predictor.release()
  })

  it('counts a row of weight k as k copies, and of 0 not at all, in every loss and metric', () => {
    const weights = ROWS.map((row) => row % 3)
    const [weighted, copied] = [
      feedOf(ROWS, weights),
      feedOf(ROWS.flatMap((row) => new Array<number>(row % 3).fill(row))),
    ]
    const model = ZOO.PLE(cpu64)
    const [one, other] = [evaluate(model, weighted), evaluate(model, copied)]
    for (const task of TASKS)
      for (const [name, value] of Object.entries(one[task]))
        expect(value, `${task} ${name}`).toBeCloseTo(other[task][name], 9)
    const [first] = batches(weighted, { batchSize: 40, backend: cpu64 })
    expect(first.masks.tags.shape).toEqual([40, 2])
    expect(first.masks.tags.values[1]).toBe(0)
  })

  it('says what classes owe to features', () => {
    const { groups } = permutationImportance(ZOO.PLE(cpu), data, { repeats: 2 })
    expect(Object.keys(groups.user.genre)).toEqual(['auc', 'logLoss', 'accuracy'])
  })
})

/** A mean and the logarithm of a variance, of which the mean is predicted: two logits, and one output. */
const normal: TaskKind = {
  ...count(),
  kind: 'normal',
  width: 2,
  loss(z, y) {
    const [mean, log] = columnsOf(z)
    return add(mul(square(sub(y, mean)), exp(neg(log))), log)
  },
  predictions: (z) => [columnsOf(z)[0]],
  link: (mean) => mean,
  toJSON: () => ({ kind: 'normal' }),
}

describe('a kind of one’s own', () => {
  const build = (type: TaskKind = normal, backend: Backend = cpu): PLE =>
    new PLE({ ...small(backend), taskNames: ['visits', 'like'], taskTypes: [type, 'binary'] })

  it('has gradients of order 1 and 2 that agree with finite differences', () => {
    const z = tensor([0.5, -1, 2, 0.25], [2, 2], cpu64)
    checkGradients((logits: Tensor) => sum(normal.loss(logits, tensor([1, 3], [2], cpu64))), [z], { seed: 4 })
  })

  it('is trained, compiled and not, and goes on from a checkpoint', async () => {
    const [eager, compiled, stopped, again] = [build(), build(), build(), build()]
    await fit(eager, { ...RECIPE, compiled: false })
    await fit(compiled, { ...RECIPE, backend: cpu })
    expect(saveState(compiled)).toEqual(saveState(eager))
    const store = memoryStore()
    await fit(stopped, { ...RECIPE, backend: cpu, epochs: 1, checkpoint: { store } })
    await fit(again, { ...RECIPE, backend: cpu, resume: store })
    expect(saveState(again)).toEqual(saveState(compiled))
    expect(apart(again, build())).toBeGreaterThan(1e-3)
  })

  it('is not gone on with as another', async () => {
    const store = memoryStore()
    await fit(build(), { ...RECIPE, checkpoint: { store } })
    const other = { ...normal, toJSON: () => ({ kind: 'normal', floor: 1 }) }
    await expect(fit(build(other), { ...RECIPE, resume: store })).rejects.toThrow('as in the checkpoint')
  })

  it('starts at its base rate, and is kept, measured, served and written down by what it predicts', async () => {
    const model = build()
    const { visits } = startAtBaseRates(model, data)
    const predicted = predict(model, data)
    const rows = ROWS.filter((row) => !Number.isNaN(data.labels.visits[row]))
    expect(rows.reduce((total, row) => total + predicted.visits[row], 0) / rows.length).toBeCloseTo(visits, 4)
    expect(model.biases.visits.values[1]).toBe(0)
    const again = build()
    restoreState(again, saveState(model))
    expect(evaluate(again, data, { metrics: { visits: ['mae'] } })).toEqual(
      evaluate(model, data, { metrics: { visits: ['mae'] } }),
    )
    const program = loadProgram(saveProgram(compilePredictor(model, { backend: cpu })), { backend: servingCpu })
    const score = program.score({ user: data.ids.user[3], age: data.numbers.age[3] })
    expect(score.visits).toBeCloseTo(predicted.visits[3], 6)
    if (!ort) return
    const outputs = await ranBy(ort, toONNX(model), feedsOf(ort, inputsOf(data)))
    expect(furthest(outputs.visits.data, predicted.visits)).toBeLessThan(1e-5)
  })

  it('is refused where its loss is of another shape than labels, and leaves the model as it was', async () => {
    const model = build({ ...normal, loss: (z) => square(z) })
    await expect(fit(model, RECIPE)).rejects.toThrow(
      'taskLoss: expected a loss of each label, (16), but got (16×2): because its mean is over the labels that are there',
    )
    expect(saveState(model)).toEqual(saveState(build()))
  })
})

it('a file holds no kind of one’s own, and says so', () => {
  const own = { ...count(), kind: 'tweedie' }
  const model = new SingleTask({ ...bottom(cpu), taskNames: ['spent'], taskTypes: [own] })
  expect(() => saveModel(model)).toThrow(
    "saveModel: expected a kind of plegrad/tasks for task 'spent' but got 'tweedie': because a file holds no function; keep its numbers by saveState",
  )
})

/** Wide & Deep: a linear model beside a network, each doing what it is there for and nothing else. */
import { describe, expect, it } from 'vitest'
import { gradientErrors, gradients, sum } from '../../src/autograd/index.ts'
import { batches, crossedFeature, dataset, denseFeature, sparseFeature, varLenFeature } from '../../src/data/index.ts'
import type { Batch, Feature } from '../../src/data/index.ts'
import { cpu64, wasm } from '../../src/kernels/index.ts'
import { SharedBottom, WideDeep, parameters, restoreState, saveState, trainable } from '../../src/models/index.ts'
import type { WideDeepOptions } from '../../src/models/index.ts'
import { compile } from '../../src/program/index.ts'
import { compilePredictor, fit, predict, sgd, taskLosses, weightedSum } from '../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed, stir } from './feed.ts'

const user = sparseFeature('user', { vocabularySize: 3, dimension: 2 })
const tab = sparseFeature('tab', { vocabularySize: 4, dimension: 2 })
const tags = varLenFeature('tags', { vocabularySize: 4, dimension: 2, maxLength: 3 })
const sizes = varLenFeature('sizes', {
  vocabularySize: 4,
  dimension: 2,
  maxLength: 3,
  pooling: 'sum',
  weights: 'heavy',
})
const both = crossedFeature(['user', 'tab'], { hashBuckets: 50, dimension: 2 })
const place = denseFeature('place', { dimension: 2 })
const age = denseFeature('age')

const DATA = dataset({
  features: [user, tab, tags, sizes, both, place, age],
  columns: {
    user: [2, 0, 2],
    tab: [1, 1, 3],
    tags: [[1, 3], [], [2]],
    sizes: [[3], [1, 2], []],
    heavy: [[2], [0.5, -1], []],
    place: [1, 2, 3, 4, 5, 6],
    age: [7, 8, 9],
  },
  labels: { click: [1, 0, 1], price: [0.5, NaN, -1] },
  tasks: { click: 'binary', price: 'regression' },
})
const [ROWS] = batches(DATA, { batchSize: 3, backend: cpu64 })

const SMALL = {
  taskNames: ['click', 'price'],
  taskTypes: ['binary', 'regression'],
  bottomDnnHiddenUnits: [4],
  dnnActivation: 'tanh',
  initStd: 0.5,
  backend: cpu64,
} as const satisfies Partial<WideDeepOptions>

const wideDeep = (options: Partial<WideDeepOptions> = {}): WideDeep =>
  new WideDeep({ ...SMALL, wideFeatures: [age, both, tags, user, sizes, place], deepFeatures: [user, tab], ...options })

/** The logits of a batch as plain numbers. */
const logitsOf = (model: WideDeep, batch: Batch = ROWS): Record<string, number[]> =>
  Object.fromEntries(Object.entries(model.forward(batch).logits).map(([task, { values }]) => [task, [...values]]))

const muted = (model: WideDeep, part: 'wide' | 'deep'): WideDeep => {
  for (const [path, parameter] of Object.entries(parameters(model)))
    if (path.startsWith(`${part}.`)) parameter.assign(new Float64Array(parameter.size))
  return model
}

describe('a wide and deep model', () => {
  it('reads what its network reads, and then what only its linear models do', () => {
    const names = wideDeep().features.map(({ name }) => name)
    expect(names).toEqual(['user', 'tab', 'age', 'user_x_tab', 'tags', 'sizes', 'place'])
  })

  it('has a linear model and a tower per task, and a network for all of them', () => {
    const shapes = Object.entries(parameters(wideDeep())).map(([path, { shape }]) => [path, shape.join('×')])
    const linear = (task: string): readonly (readonly string[])[] => [
      [`wide.${task}.embedding.tables.user_x_tab`, '51×1'],
      [`wide.${task}.embedding.tables.tags`, '4×1'],
      [`wide.${task}.embedding.tables.user`, '3×1'],
      [`wide.${task}.embedding.tables.sizes`, '4×1'],
      [`wide.${task}.weight`, '3×1'],
    ]
    const tower = (task: string): readonly (readonly string[])[] => [
      [`deep.towers.${task}.output.weight`, '4×1'],
      [`deep.towers.${task}.bias`, '1'],
    ]
    expect(shapes).toEqual([
      ...linear('click'),
      ...linear('price'),
      ['deep.embedding.tables.user', '3×2'],
      ['deep.embedding.tables.tab', '4×2'],
      ['deep.layers.0.weight', '4×4'],
      ['deep.layers.0.bias', '4'],
      ...tower('click'),
      ...tower('price'),
    ])
  })

  it("has DeepCTR's layers unless told otherwise, none of them a task's own", () => {
    const { taskNames, taskTypes } = SMALL
    const model = new WideDeep({ taskNames, taskTypes, wideFeatures: [both], deepFeatures: [user, tab] })
    expect(model.deep.layers.map(({ weight }) => weight.shape)).toEqual([
      [4, 256],
      [256, 128],
      [128, 64],
    ])
    expect(model.deep.towers.click.layers).toEqual([])
    const regularised = Object.entries(trainable(model)).map(([path, { l2 }]) => [path.split('.')[0], l2])
    expect(regularised).toContainEqual(['wide', 1e-5])
    expect(Object.entries(trainable(wideDeep({ l2RegLinear: 0.5 }))).map(([path, { l2 }]) => [path[0], l2])).toEqual(
      Object.keys(trainable(wideDeep())).map((path) => [
        path[0],
        path.startsWith('wide') ? 0.5 : path.includes('tables') ? 1e-5 : 0,
      ]),
    )
  })

  it('starts with linear models that say nothing', () => {
    const { wide } = wideDeep()
    for (const { values } of Object.values(parameters(wide))) expect([...values]).toEqual([...values].map(() => 0))
  })

  it('of a silent network adds up the weights of ids, pooled as features say, and of numbers, by hand', () => {
    const model = muted(wideDeep(), 'deep')
    const { embedding, weight } = model.wide.click
    if (!embedding || !weight) expect.fail('a part of the linear model is missing')
    const [one, two, three] = ROWS.ids.user_x_tab.values
    expect(new Set([one, two, three]).size).toBe(3)
    embedding.tables.user_x_tab.assign(
      Float64Array.from({ length: 51 }, (_, id) => ({ [one]: 100, [two]: 200, [three]: 300 })[id] ?? NaN),
    )
    embedding.tables.user.assign([1, NaN, 3])
    embedding.tables.tags.assign([NaN, 10, 20, 30])
    embedding.tables.sizes.assign([NaN, 4, 8, 16])
    // Numbers come in the order of the list: age, then place.
    weight.assign([0.1, 0.01, 0.001])
    model.deep.towers.click.bias.assign([1000])
    // Padding is gathered too, and then left out by its weight of 0, which NaN would survive.
    embedding.tables.tags.assign([7, 10, 20, 30])
    embedding.tables.sizes.assign([7, 4, 8, 16])
    const { click, price } = logitsOf(model)
    ;[
      1000 + 100 + 3 + (10 + 30) / 2 + 2 * 16 + 0.1 * 7 + 0.01 * 1 + 0.001 * 2,
      1000 + 200 + 1 + 0 + (0.5 * 4 - 8) + 0.1 * 8 + 0.01 * 3 + 0.001 * 4,
      1000 + 300 + 3 + 20 + 0 + 0.1 * 9 + 0.01 * 5 + 0.001 * 6,
    ].forEach((expected, row) => {
      expect(click[row]).toBeCloseTo(expected, 9)
    })
    expect(price).toEqual([0, 0, 0])
  })

  it('of a silent linear model is shared-bottom', () => {
    const options = { towerDnnHiddenUnits: [3], dnnUseBn: true }
    const model = muted(stir(wideDeep(options)), 'wide')
    const bottom = new SharedBottom({ ...SMALL, ...options, features: [user, tab] })
    const deep = Object.entries(saveState(model)).filter(([path]) => path.startsWith('deep.'))
    const moved = deep.map(([path, values]) => [path.slice(5).replace(/^layers/, 'bottom.layers'), values] as const)
    restoreState(bottom, Object.fromEntries(moved))
    const { logits } = bottom.forward(ROWS)
    expect(logitsOf(model)).toEqual({ click: [...logits.click.values], price: [...logits.price.values] })
  })

  it('starts its network as shared-bottom of the same seed starts', () => {
    const model = wideDeep({ seed: 5 })
    const bottom = saveState(new SharedBottom({ ...SMALL, features: [user, tab], towerDnnHiddenUnits: [], seed: 5 }))
    for (const [path, values] of Object.entries(saveState(model.deep)))
      expect(values).toEqual(bottom[path.replace(/^layers/, 'bottom.layers')])
  })

  it('says what both of its parts say together', () => {
    const whole = logitsOf(stir(wideDeep()))
    const wide = logitsOf(muted(stir(wideDeep()), 'deep'))
    const deep = logitsOf(muted(stir(wideDeep()), 'wide'))
    for (const task of SMALL.taskNames)
      whole[task].forEach((logit, row) => {
        expect(logit).toBeCloseTo(wide[task][row] + deep[task][row], 12)
      })
  })

  it.each<[string, readonly Feature[]]>([
    ['numbers', [place, age]],
    ['ids', [both, tags]],
    ['one number', [age]],
    ['one id', [user]],
  ])('may be linear in %s only, of one task', (_, wideFeatures) => {
    const model = stir(wideDeep({ wideFeatures, taskNames: ['click'], taskTypes: ['binary'] }))
    const errors = gradientErrors(
      () => weightedSum(taskLosses(model.forward(ROWS).logits, ROWS, model.tasks), {}),
      Object.values(trainable(model)),
      { name: 'WideDeep', orders: [1], seed: 1 },
    )
    expect(errors.message).toBeUndefined()
    expect(Object.keys(parameters(model.wide.click)).length).toBe(
      wideFeatures[0].kind === 'dense' ? 1 : wideFeatures.length,
    )
  })

  it('may have no layers below its towers', () => {
    const { deep } = wideDeep({ bottomDnnHiddenUnits: [] })
    expect(deep.towers.click.output.weight.shape).toEqual([4, 1])
  })

  it("gives linear models' tables gradients of the batch's rows alone", () => {
    const model = stir(wideDeep())
    const { click, price } = model.wide
    if (!click.embedding || !price.embedding) expect.fail('there are no tables')
    const { logits } = model.forward(ROWS)
    const wrt = [click.embedding.tables.user_x_tab, price.embedding.tables.user_x_tab, click.embedding.tables.user]
    const [cross, others, users] = gradients(sum(logits.click), wrt)
    const touched = new Set(ROWS.ids.user_x_tab.values)
    expect([...cross.values]).toEqual(Array.from({ length: 51 }, (_, id) => (touched.has(id) ? 1 : 0)))
    expect(new Set(others.values)).toEqual(new Set([0]))
    expect([...users.values]).toEqual([1, 0, 2])
  })
})

describe('a wide and deep model, compiled', () => {
  const options = { taskNames: TASKS, taskTypes: TYPES, wideFeatures: FEATURES, deepFeatures: FEATURES }
  const layers = { bottomDnnHiddenUnits: [8], towerDnnHiddenUnits: [4], dnnUseBn: true }

  it('computes what it computes otherwise', () => {
    const model = stir(new WideDeep({ ...SMALL, ...options, ...layers }))
    const run = compile((batch: Batch) => model.forward(batch).logits)
    for (const rows of [1, 7]) {
      const [batch] = batches(feed(rows), { batchSize: rows, backend: cpu64 })
      const compiled = Object.entries(run(batch)).map(([task, { values }]) => [task, [...values]])
      expect(compiled).toEqual(Object.entries(logitsOf(model, batch)))
    }
  })

  it.each(['cpu', 'wasm'] as const)('trains on %s to the numbers that it trains to otherwise', async (where) => {
    const train = async (compiled: boolean): Promise<Readonly<Record<string, ArrayLike<number>>>> => {
      const model = new WideDeep({ ...options, ...layers, initStd: 0.1, seed: 3 })
      const backend = where === 'wasm' && compiled ? { backend: wasm({ bytes: 2 ** 24 }) } : {}
      const optimizer = sgd({ learningRate: 0.1 })
      await fit(model, { data: feed(40), epochs: 3, batchSize: 16, optimizer, compiled, ...backend })
      return saveState(model)
    }
    const [eager, compiled] = [await train(false), await train(true)]
    for (const [path, values] of Object.entries(eager)) {
      const differences = Array.from(compiled[path], (value, at) => Math.abs(value - values[at]))
      expect(Math.max(...differences), path).toBeLessThan(1e-4)
      if (path.startsWith('wide.'))
        expect(
          Array.from(values).some((value) => value !== 0),
          path,
        ).toBe(true)
    }
  })

  it('scores rows as an application has them, crossed columns by their sources', () => {
    const model = stir(wideDeep())
    const predictor = compilePredictor(model)
    const row = { user: 2, tab: 1, tags: [1, 3], sizes: [3], heavy: [2], place: [1, 2], age: 7 }
    expect(predictor.score(row).price).toBeCloseTo(predict(model, DATA).price[0], 6)
    predictor.release()
  })
})

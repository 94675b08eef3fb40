/** An optimizer goes on with a model that has grown: known rows as they would have, new rows as all began. */
import { describe, expect, it } from 'vitest'
import { dataset, fitVocabulary, sparseFeature, varLenFeature } from '../../../src/data/index.ts'
import type { Dataset, Feature } from '../../../src/data/index.ts'
import { cpu, cpu64 } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { WideDeep, growModel, parameters, restoreModel, saveModel, saveState } from '../../../src/models/index.ts'
import { adagrad, adam, adamW, fit, ftrl, growState, parameterGroups, sgd } from '../../../src/training/index.ts'
import type { Optimizer, TrainingState } from '../../../src/training/index.ts'
import { readSafetensors, writeSafetensors } from '../../../src/safetensors/index.ts'

const words = fitVocabulary(['ann', 'bob', 'cyd', 'dan'])
const user = sparseFeature('user', { vocabulary: words, dimension: 2 })
const friends = varLenFeature('friends', { vocabulary: words, dimension: 2, table: 'user', maxLength: 2 })
const features: readonly Feature[] = [user, friends]
const GROWTH = { features: { user: ['eve', 'fay'] } }

const dataOf = (known: readonly Feature[], users: readonly string[]): Dataset =>
  dataset({
    features: known,
    columns: { user: users, friends: users.map((_, at) => [users[(at + 1) % users.length]]) },
    labels: { like: users.map((_, at) => at % 2), buy: users.map((_, at) => (at % 3) / 2) },
    tasks: { like: 'binary', buy: 'regression' },
  })

const KNOWN = ['ann', 'bob', 'cyd', 'ann', 'dan', 'bob']

const build = (backend: Backend = cpu): WideDeep =>
  new WideDeep({
    taskNames: ['like', 'buy'],
    taskTypes: ['binary', 'regression'],
    wideFeatures: [user],
    deepFeatures: features,
    bottomDnnHiddenUnits: [3],
    initStd: 0.3,
    backend,
  })

const OPTIMIZERS: Readonly<Record<string, (model: WideDeep) => Optimizer>> = {
  sgd: () => sgd({ learningRate: 0.05, momentum: 0.9 }),
  adam: () => adam({ learningRate: 0.02 }),
  adamW: () => adamW({ learningRate: 0.02 }),
  adagrad: () => adagrad({ learningRate: 0.05, initialAccumulator: 0.25 }),
  ftrl: () => ftrl({ learningRate: 0.05, initialAccumulator: 0.5 }),
  groups: (model) =>
    parameterGroups(model, [{ paths: /^wide\./, optimizer: ftrl() }, { optimizer: adam({ learningRate: 0.02 }) }]),
}

const train = (model: WideDeep, optimizer: Optimizer, users = KNOWN): Promise<unknown> =>
  fit(model, { data: dataOf(model.features, users), optimizer, epochs: 3, batchSize: 2, restoreBest: false })

/** What an optimizer remembers of a model. */
const remembered = (optimizer: Optimizer, model: WideDeep): TrainingState => optimizer.saveState!(parameters(model))

describe.each(Object.entries(OPTIMIZERS))('%s', (_, make) => {
  it('moves what was known on as it would have', async () => {
    const model = build()
    const optimizer = make(model)
    await train(model, optimizer)
    const state = remembered(optimizer, model)

    const grown = growModel(model, GROWTH)
    const next = make(grown)
    next.restoreState!(growState(state, grown), parameters(grown))
    const forgetful = growModel(model, GROWTH)
    await train(grown, next)
    await train(forgetful, make(forgetful))
    await train(model, optimizer)

    const expected = saveState(model)
    const known = (of: WideDeep): unknown =>
      Object.fromEntries(
        Object.entries(saveState(of)).map(([path, values]) => [path, values.slice(0, expected[path].length)]),
      )
    expect(next.steps).toBe(optimizer.steps)
    expect(known(grown)).toEqual(expected)
    expect(known(forgetful)).not.toEqual(expected)
  })

  it('has new rows where all rows were at first', async () => {
    const model = build(cpu64)
    const optimizer = make(model)
    await train(model, optimizer)
    const grown = growModel(model, GROWTH)
    const state = growState(remembered(optimizer, model), grown)
    const fresh = build(cpu64)
    const first = make(fresh)
    // Of rows that no batch has, nothing moves.
    await train(fresh, first, ['ann', 'ann'])
    const starts = remembered(first, fresh).tensors
    const tables = Object.entries(state.tensors).filter(([name]) => name.includes('embedding.tables.'))
    expect(tables.length).toBeGreaterThan(2)
    for (const [name, { shape, values }] of tables) {
      const [rows, width] = shape
      expect(rows).toBe(8)
      expect(values).toBeInstanceOf(Float64Array)
      expect([...values.slice(-2 * width)], name).toEqual([...starts[name].values.slice(-2 * width)])
    }
  })
})

describe('a state', () => {
  it('goes over to the same optimizer, which goes on with the model that has grown', async () => {
    const [model, other] = [build(), build()]
    const [optimizer, twin] = [adam(), adam()]
    await train(model, optimizer)
    await train(other, twin)
    const [grown, same] = [model, other].map((each) => growModel(each, GROWTH))
    const next = adam()
    next.restoreState!(growState(remembered(optimizer, model), grown), parameters(grown))
    twin.restoreState!(growState(remembered(twin, other), same), parameters(same))
    const users = ['eve', 'ann', 'fay', 'dan']
    await train(grown, next, users)
    await train(same, twin, users)
    expect(saveState(same)).toEqual(saveState(grown))
  })

  it('is the same whether the model grew once or twice', async () => {
    const model = build()
    const optimizer = ftrl()
    await train(model, optimizer)
    const once = growModel(model, GROWTH)
    const half = growModel(model, { features: { user: ['eve'] } })
    const twice = growModel(half, { features: { user: ['fay'] } })
    const state = remembered(optimizer, model)
    expect(growState(growState(state, half), twice)).toEqual(growState(state, once))
  })

  it('may have been in a file', async () => {
    const model = build()
    const optimizer = adagrad()
    await train(model, optimizer)
    const { settings, facts, tensors } = remembered(optimizer, model)
    const bytes = writeSafetensors(tensors, { state: JSON.stringify({ settings, facts }) })
    const restored = restoreModel(saveModel(model)) as WideDeep
    const file = readSafetensors(bytes)
    const read = { ...(JSON.parse(file.metadata.state) as TrainingState), tensors: file.tensors }
    const [a, b] = [growModel(model, GROWTH), growModel(restored, GROWTH)]
    const [kept, back] = [adagrad(), adagrad()]
    kept.restoreState!(growState({ settings, facts, tensors }, a), parameters(a))
    back.restoreState!(growState(read, b), parameters(b))
    await train(a, kept)
    await train(b, back)
    expect(saveState(b)).toEqual(saveState(a))
  })

  it('is left as it is where it is of no parameter, or no row is new', async () => {
    const model = build()
    const optimizer = adam()
    await train(model, optimizer)
    const state = remembered(optimizer, model)
    const own = { shape: [3], values: Float32Array.of(1, 2, 3) }
    const same = growState({ ...state, tensors: { ...state.tensors, own } }, model)
    expect(same.tensors.own).toBe(own)
    for (const [name, { values }] of Object.entries(state.tensors)) expect(same.tensors[name].values).toBe(values)
  })

  it('is refused where it is none, or of a model of other shapes', async () => {
    const model = build()
    const optimizer = adam()
    await train(model, optimizer)
    const state = remembered(optimizer, model)
    expect(() => growState({} as TrainingState, model)).toThrow(
      'growState: expected the first argument to be what saveState returned but got an empty object',
    )
    expect(() => growState({ ...state, tensors: [] as never }, model)).toThrow(
      'growState: expected tensors to be an object',
    )
    expect(() => growState(state, {} as never)).toThrow('growState: expected the second argument to be a model')
    const grown = growModel(model, GROWTH)
    const more = growState(state, grown)
    expect(() => growState(more, model)).toThrow(
      'growState: expected m.wide.like.embedding.tables.user of (6×1), or fewer rows of a table, but got (8×1)',
    )
    const wider = new WideDeep({ ...model.options, bottomDnnHiddenUnits: [4] })
    expect(() => growState(state, wider)).toThrow('or fewer rows of a table, but got')
  })
})

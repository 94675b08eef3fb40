/** What does not fit is refused in its own words before anything changes: no parameter, no statistic, no optimizer. */
import { describe, expect, it } from 'vitest'
import { dataset, denseFeature, fitVocabulary, sparseFeature, varLenFeature } from '../../../src/data/index.ts'
import type { Columns, Dataset, Feature } from '../../../src/data/index.ts'
import { PLE, saveState } from '../../../src/models/index.ts'
import type { MetricName } from '../../../src/training/index.ts'
import {
  adam,
  evaluate,
  fit,
  fixedWeights,
  focalLoss,
  gateWeights,
  pcGrad,
  predict,
} from '../../../src/training/index.ts'
import type { FitOptions } from '../../../src/training/index.ts'

const USERS = ['ann', 'bob', 'cyd']
const vocabulary = fitVocabulary(USERS)

const features = [
  sparseFeature('user', { vocabulary, dimension: 2 }),
  varLenFeature('tags', { vocabularySize: 4, dimension: 2, maxLength: 2, weights: 'w' }),
  denseFeature('age'),
]
const columns = { user: USERS, tags: [[1], [2, 3], []], w: [[1], [0.5, 2], []], age: [1, 2, 3] }
const labels = { click: [1, 0, 1], price: [3, NaN, -2] }

const good = dataset({ features, columns, labels })

/** The same rows where one feature is another one, or none. */
const without = (name: string, instead: readonly Feature[] = [], values: Columns = {}): Dataset => {
  const read = ({ name: column }: Feature): string[] => (column === 'tags' ? ['tags', 'w'] : [column])
  const others = features.filter((feature) => feature.name !== name)
  const kept = Object.entries(columns).filter(([column]) => others.flatMap(read).includes(column))
  return dataset({ features: [...others, ...instead], columns: { ...Object.fromEntries(kept), ...values }, labels })
}

const unlabelled = dataset({ features, columns })
const empty = dataset({ features, columns: { user: [], tags: [], w: [], age: [] }, labels: { click: [], price: [] } })
const classes = (click: number[]): Dataset => dataset({ features, columns, labels: { ...labels, click } })

const modelOf = (): PLE =>
  new PLE({
    features,
    taskNames: ['click', 'price'],
    taskTypes: ['binary', 'regression'],
    expertDnnHiddenUnits: [3],
    dnnUseBn: true,
  })

const WRONG: Readonly<Record<string, readonly [Partial<FitOptions>, string]>> = {
  'no epochs': [{ epochs: 0 }, 'fit: expected epochs to be an integer of at least 1 but got 0'],
  'half an epoch': [{ epochs: 0.5 }, 'fit: expected epochs to be an integer of at least 1 but got 0.5'],
  'no rows in a batch': [{ batchSize: 0 }, 'fit: expected batchSize to be an integer of at least 1 but got 0'],
  'rows in a batch that are no number': [
    { batchSize: NaN },
    'fit: expected batchSize to be an integer of at least 1 but got NaN',
  ],
  'no patience': [{ patience: 0, validation: good }, 'fit: expected patience to be an integer of at least 1 but got 0'],
  'patience for nothing': [
    { patience: 3 },
    'fit: expected validation data but got none: because a patience of 3 waits for its score',
  ],
  'the weight of an unknown task': [
    { taskWeights: { clik: 1 } },
    "fit: expected weights of click, price but got 'clik', did you mean 'click'?",
  ],
  'a negative weight': [
    { taskWeights: { click: -1 } },
    "fit: expected taskWeights to be an object, each of its members to be a number in [0, ∞) but got -1 of 'click'",
  ],
  'a weight that is no number': [
    { taskWeights: { click: NaN } },
    "fit: expected taskWeights to be an object, each of its members to be a number in [0, ∞) but got NaN of 'click'",
  ],
  'an infinite weight': [
    { taskWeights: { price: Infinity } },
    "fit: expected taskWeights to be an object, each of its members to be a number in [0, ∞) but got Infinity of 'price'",
  ],
  'a norm of 0 to clip to': [{ clipNorm: 0 }, 'fit: expected clipNorm to be a number in (0, ∞] but got 0'],
  'a negative norm, which would turn gradients around': [
    { clipNorm: -1 },
    'fit: expected clipNorm to be a number in (0, ∞] but got -1',
  ],
  'a norm that is no number': [{ clipNorm: NaN }, 'fit: expected clipNorm to be a number in (0, ∞] but got NaN'],
  'no batches to accumulate': [{ accumulate: 0 }, 'fit: expected accumulate to be an integer of at least 1 but got 0'],
  'an average that never moves': [{ emaDecay: 1 }, 'fit: expected emaDecay to be a number in [0, 1) but got 1'],
  'an average that overshoots': [{ emaDecay: -0.5 }, 'fit: expected emaDecay to be a number in [0, 1) but got -0.5'],
  'a strategy and weights beside it': [
    { strategy: pcGrad(), taskWeights: { click: 2 } },
    "fit: expected a strategy or taskWeights but got both: because 'PCGrad' has weights of its own",
  ],
  'a strategy that weighs an unknown task': [
    { strategy: fixedWeights({ clik: 1 }) },
    "fixedWeights: expected weights of click, price but got 'clik', did you mean 'click'?",
  ],
  'the loss of an unknown task': [
    { losses: { clik: focalLoss() } },
    "fit: expected losses of click, price but got 'clik', did you mean 'click'?",
  ],
  'half a seed': [{ seed: 1.5 }, 'fit: expected seed to be an integer but got 1.5'],
  'metrics of an unknown task': [
    { metrics: { clik: ['auc'] } },
    "fit: expected metrics of click, price but got 'clik'",
  ],
  'an unknown metric': [
    { metrics: { click: ['constructor' as MetricName] } },
    "fit: expected metrics of binary task 'click' among auc, logLoss, mse, mae, rmse but got 'constructor'",
  ],
  'a metric of classes for a regression': [
    { metrics: { price: ['auc'] } },
    "fit: expected metrics of regression task 'price' among mse, mae, rmse but got 'auc'",
  ],
  'a task without a metric': [{ metrics: { click: [] } }, "fit: expected at least one metric of 'click' but got none"],
  'data without a row': [{ data: empty }, 'fit: expected at least one row of data but got none'],
  'validation without a row': [{ validation: empty }, 'fit: expected at least one row of validation but got none'],
  'data without labels': [{ data: unlabelled }, "fit: expected labels of task 'click' but got none"],
  'validation without the labels of one task': [
    { validation: dataset({ features, columns, labels: { click: [1, 0, 1] } }) },
    "fit: expected labels of task 'price' but got click",
  ],
  'classes beyond 1': [
    { data: classes([1, 2, 0]) },
    "fit: expected labels of binary task 'click' in [0, 1] but got 2 at row 1 of data",
  ],
  'soft labels to be scored by': [
    { validation: classes([1, 0, 0.5]) },
    "fit: expected labels of binary task 'click' of 0 or 1 but got 0.5 at row 2 of validation",
  ],
  'a feature that the data lacks': [
    { data: without('age') },
    "fit: expected a feature 'age' in the data but got none of that name",
  ],
  'a feature that is wider in the data': [
    { data: without('age', [denseFeature('age', { dimension: 2 })], { age: [1, 2, 3, 4, 5, 6] }) },
    "fit: expected feature 'age' to be 1 dense but the data has 2 dense",
  ],
  'a feature that is of another kind in the data': [
    { validation: without('age', [sparseFeature('age', { vocabularySize: 4, dimension: 1 })], { age: [1, 2, 3] }) },
    "fit: expected feature 'age' to be 1 dense but the data has 1 sparse of 4",
  ],
  'a feature whose weights the data lacks': [
    {
      data: without('tags', [varLenFeature('tags', { vocabularySize: 4, dimension: 2, maxLength: 2 })], {
        tags: columns.tags,
      }),
    },
    "fit: expected feature 'tags' to be 2 varLen of 4 weighted by 'w' but the data has 2 varLen of 4",
  ],
  'a feature that was encoded by another vocabulary of the same size': [
    {
      data: without(
        'user',
        [sparseFeature('user', { vocabulary: fitVocabulary(['bob', 'cyd', 'dan']), dimension: 2 })],
        { user: USERS },
      ),
    },
    "fit: expected feature 'user' to have the model's vocabulary but the data was encoded by another",
  ],
  'a feature that was scaled where the model reads numbers as they are': [
    { data: without('age', [denseFeature('age', { scaling: { mean: [2] } })], { age: [1, 2, 3] }) },
    "fit: expected feature 'age' to have the model's scaling but the data was encoded by another",
  ],
  'a feature that has an indicator in the data': [
    { data: without('age', [denseFeature('age', { scaling: { missing: [2], indicator: true } })], { age: [1, 2, 3] }) },
    "fit: expected feature 'age' to be 1 dense but the data has 2 dense",
  ],
}

describe('training is refused with', () => {
  it.each(Object.entries(WRONG))('%s, and nothing has changed', async (_, [wrong, message]) => {
    const model = modelOf()
    const before = saveState(model)
    const optimizer = adam()
    await expect(fit(model, { data: good, optimizer, ...wrong })).rejects.toThrow(new RangeError(message))
    expect(saveState(model)).toEqual(before)
    expect(optimizer.steps).toBe(0)
  })
})

describe('training takes', () => {
  it('soft labels to learn from', async () => {
    const { epochs } = await fit(modelOf(), { data: classes([0.25, 0, 1]) })
    expect(Number.isFinite(epochs[0].losses.click)).toBe(true)
  })

  it('a vocabulary that is equal though not the same', async () => {
    const same = [sparseFeature('user', { vocabulary: fitVocabulary(USERS), dimension: 2 })]
    await expect(fit(modelOf(), { data: without('user', same, { user: USERS }) })).resolves.toMatchObject({ steps: 1 })
  })
})

describe('numbers that data made otherwise than the model would', () => {
  const refusalOf = (own: Feature, other: Feature): string => {
    const model = new PLE({ features: [own], taskNames: ['a', 'b'], taskTypes: ['binary', 'binary'] })
    try {
      predict(model, dataset({ features: [other], columns: { age: [1, 2, 3] } }))
    } catch (error) {
      return (error as Error).message
    }
    return 'welcome'
  }
  const scaled = (mean: number) => denseFeature('age', { scaling: { mean: [mean], log: true } })
  const edged = (edge: number) => sparseFeature('age', { edges: [edge, 9] })

  it('are refused, by whatever numbers they differ', () => {
    expect(refusalOf(scaled(1), scaled(1))).toBe('welcome')
    expect(refusalOf(scaled(1), denseFeature('age', { scaling: { log: true, mean: [1] } }))).toBe('welcome')
    expect(refusalOf(scaled(1), scaled(2))).toBe(
      "predict: expected feature 'age' to have the model's scaling but the data was encoded by another",
    )
    expect(refusalOf(scaled(1), denseFeature('age'))).toContain(
      "the model's scaling but the data was encoded by another",
    )
    expect(refusalOf(edged(1), edged(1))).toBe('welcome')
    expect(refusalOf(edged(1), edged(2))).toContain("to have the model's edges but the data was encoded by another")
    // Whoever is given ids answers for them.
    expect(refusalOf(edged(1), sparseFeature('age', { vocabularySize: 4 }))).toBe('welcome')
  })
})

describe('prediction', () => {
  it.each([
    ['predict', predict],
    ['evaluate', evaluate],
    ['gateWeights', gateWeights],
  ])('%s refuses data that lacks a feature, in its own name', (who, ask) => {
    expect(() => ask(modelOf(), without('age'))).toThrow(
      new RangeError(`${who}: expected a feature 'age' in the data but got none of that name`),
    )
  })

  it.each([
    ['evaluate refuses data without labels', unlabelled, {}, "evaluate: expected labels of task 'click' but got none"],
    ['evaluate refuses data without rows', empty, {}, 'evaluate: expected at least one row but got none'],
    [
      'evaluate refuses a metric that it does not know',
      good,
      { metrics: { click: ['f1' as MetricName] } },
      "evaluate: expected metrics of binary task 'click' among auc, logLoss, mse, mae, rmse but got 'f1'",
    ],
  ])('%s', (_, data, options, message) => {
    expect(() => evaluate(modelOf(), data, options)).toThrow(new RangeError(message))
  })

  it('needs no labels', () => {
    expect(predict(modelOf(), unlabelled).click).toHaveLength(3)
    expect(gateWeights(modelOf(), unlabelled)).toHaveLength(2)
  })
})

/** What a model says of data: predictions and metrics, whatever the batch size. */
import { describe, expect, it } from 'vitest'
import { batches } from '../../../src/data/index.ts'
import { ESMM, PLE } from '../../../src/models/index.ts'
import {
  auc,
  evaluate,
  gauc,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  predict,
  rootMeanSquaredError,
} from '../../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed, funnel, stir } from '../../models/feed.ts'

const SIZES = [1, 3, 7, 20, 21, 4096]
const data = feed(20)

const model = stir(
  new PLE({
    features: FEATURES,
    taskNames: TASKS,
    taskTypes: TYPES,
    expertDnnHiddenUnits: [4],
    towerDnnHiddenUnits: [3],
    specificExpertNum: { click: 2, click_buy: 1, click_buy_price: 1 },
    dnnUseBn: true,
    dnnDropout: 0.5,
  }),
)

const [batch] = batches(data, { batchSize: 20 })
const direct = model.forward(batch)

const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>): void => {
  expect(actual).toHaveLength(expected.length)
  Array.from(expected, (value, at) => expect(actual[at]).toBeCloseTo(value, 6))
}

describe('predictions', () => {
  it('are probabilities of binary tasks and values of regressions, as a forward pass gives them', () => {
    const predictions = predict(model, data)
    expect(Object.keys(predictions)).toEqual([...TASKS])
    for (const task of ['click', 'click_buy'] as const)
      expectClose(
        predictions[task],
        direct.logits[task].values.map((z) => 1 / (1 + Math.exp(-z))),
      )
    expectClose(predictions.click_buy_price, direct.logits.click_buy_price.values)
  })

  it('are a forward pass bit by bit where nothing is compiled', () => {
    const { click_buy_price: price } = predict(model, data, { compiled: false })
    expect([...price]).toEqual([...direct.logits.click_buy_price.values])
  })

  it.each(SIZES)('are the same, bit by bit, in batches of %i', (batchSize) => {
    expect(predict(model, data, { batchSize })).toEqual(predict(model, data))
  })

  it('are the same again: asking changes nothing', () => {
    expect(predict(model, data)).toEqual(predict(model, data))
  })

  it('of ESMM include conversion, which has no label, and multiply', () => {
    const esmm = stir(new ESMM({ features: FEATURES, taskNames: ['click', 'click_buy'], towerDnnHiddenUnits: [3] }))
    const { click, click_buy, cvr } = predict(esmm, data)
    expectClose(
      click_buy,
      click.map((p, row) => p * cvr[row]),
    )
    expect(Object.keys(evaluate(esmm, funnel(data)))).toEqual(['click', 'click_buy'])
  })

  it.each([0, -1, 1.5])('are refused in batches of %d', (batchSize) => {
    expect(() => predict(model, data, { batchSize })).toThrow(RangeError)
  })
})

describe('scores', () => {
  const predictions = predict(model, data)
  const { click, click_buy_price: price } = data.labels

  it('are by default AUC and log loss of binary tasks, squared and absolute errors of regressions', () => {
    expect(evaluate(model, data)).toEqual({
      click: { auc: auc(predictions.click, click), logLoss: logLoss(predictions.click, click) },
      click_buy: {
        auc: auc(predictions.click_buy, data.labels.click_buy),
        logLoss: logLoss(predictions.click_buy, data.labels.click_buy),
      },
      click_buy_price: {
        mse: meanSquaredError(predictions.click_buy_price, price),
        mae: meanAbsoluteError(predictions.click_buy_price, price),
      },
    })
  })

  it('are those that are asked for, task by task', () => {
    const scores = evaluate(model, data, { metrics: { click_buy_price: ['rmse'], click: ['mse'] } })
    expect(scores.click_buy_price).toEqual({ rmse: rootMeanSquaredError(predictions.click_buy_price, price) })
    expect(scores.click).toEqual({ mse: meanSquaredError(predictions.click, click) })
    expect(Object.keys(scores.click_buy)).toEqual(['auc', 'logLoss'])
  })

  it('include AUC within users where users are given, of binary tasks', () => {
    const users = Array.from({ length: 20 }, (_, row) => row % 3)
    const scores = evaluate(model, data, { users })
    expect(scores.click.gauc).toBe(gauc(predictions.click, click, users))
    expect(scores.click_buy_price).not.toHaveProperty('gauc')
  })

  it.each(SIZES)('are the same in batches of %i', (batchSize) => {
    expect(evaluate(model, data, { batchSize })).toEqual(evaluate(model, data))
  })
})

/** What epochs are scored by: metrics by name, by users, of one's own, and of what follows from tasks. */
import { describe, expect, it } from 'vitest'
import { dataset, denseFeature, sparseFeature } from '../../../src/data/index.ts'
import { ESMM, SharedBottom } from '../../../src/models/index.ts'
import { adam, auc, evaluate, fit, fitAlternating, gaucOf, predict } from '../../../src/training/index.ts'
import type { FitOptions, NamedMetric } from '../../../src/training/index.ts'
import { stream } from '../../../src/tensor/index.ts'

const features = [sparseFeature('user', { vocabularySize: 6 }), denseFeature('age')]
const feedOf = (rows: number, seed: number) => {
  const random = stream(seed)
  const clicks = Float64Array.from({ length: rows }, (_, row) => (random.uniform(row) < 0.5 ? 1 : 0))
  return dataset({
    features,
    columns: {
      user: Int32Array.from({ length: rows }, (_, row) => row % 6),
      age: Float64Array.from({ length: rows }, (_, row) => random.normal(row) + clicks[row]),
    },
    labels: {
      ctr: clicks,
      ctcvr: clicks.map((click, row) => (click === 1 && random.uniform(5000 + row) < 0.5 ? 1 : 0)),
    },
  })
}
const data = feedOf(120, 1)
const validation = feedOf(60, 2)
const users = Array.from({ length: 60 }, (_, row) => row % 6)

const build = (): SharedBottom =>
  new SharedBottom({
    features,
    taskNames: ['ctr', 'ctcvr'],
    taskTypes: ['binary', 'binary'],
    bottomDnnHiddenUnits: [4],
    towerDnnHiddenUnits: [],
    initStd: 0.3,
  })
const options = (): FitOptions => ({
  data,
  validation,
  batchSize: 20,
  epochs: 6,
  optimizer: adam({ learningRate: 0.05 }),
})

describe('a metric of users', () => {
  it('is told of every epoch, and the first of a task chooses the best', async () => {
    const model = build()
    const history = await fit(model, { ...options(), metrics: { ctr: [gaucOf(users), 'auc'], ctcvr: [gaucOf(users)] } })
    const scores = history.epochs.map(({ validation: told }) => told!.ctr.gauc + told!.ctcvr.gauc)
    expect(history.epochs.map(({ score }) => score)).toEqual(scores)
    expect(history.best).toBe(1 + scores.indexOf(Math.max(...scores)))
    const { ctr, ctcvr } = evaluate(model, validation, { users })
    expect([ctr.gauc, ctcvr.gauc]).toEqual([
      history.epochs[history.best! - 1].validation!.ctr.gauc,
      history.epochs[history.best! - 1].validation!.ctcvr.gauc,
    ])
    expect(Object.keys(history.epochs[0].validation!.ctr)).toEqual(['gauc', 'auc'])
  })

  it('is refused for other rows, before a step is taken', async () => {
    const said = "expected gauc of 'ctr' for 60 rows but got one for 59: because they are scored by it"
    const metrics = { ctr: [gaucOf(users.slice(1))] }
    await expect(fit(build(), { ...options(), metrics })).rejects.toThrow(`fit: ${said}`)
    const turns = { a: { data, validation } }
    await expect(fitAlternating(build(), { turns, metrics })).rejects.toThrow(`fitAlternating: ${said}`)
    expect(() => evaluate(build(), validation, { metrics })).toThrow(`evaluate: ${said}`)
  })
})

describe('a metric of one’s own', () => {
  const spread: NamedMetric = {
    name: 'spread',
    direction: 'lower',
    compute: (predictions) => Math.max(...Array.from(predictions)) - Math.min(...Array.from(predictions)),
  }
  it('counts as it is better, and stops a training', async () => {
    const { epochs, best, stopped } = await fit(build(), {
      ...options(),
      epochs: 30,
      patience: 2,
      metrics: { ctr: [spread], ctcvr: [spread] },
    })
    const told = epochs.map(({ validation: scores }) => -scores!.ctr.spread - scores!.ctcvr.spread)
    expect(epochs.map(({ score }) => score)).toEqual(told)
    // The more it learns, the further predictions are apart.
    expect([best, stopped]).toEqual([1, 'early'])
  })

  it('is refused where it is none', async () => {
    const metrics = { ctr: [{ name: 'spread' }] } as never
    await expect(fit(build(), { ...options(), metrics })).rejects.toThrow(/^fit: expected metrics to be an object/)
  })
})

describe('conversion after a click', () => {
  it('is scored over the rows that were clicked', async () => {
    const model = new ESMM({ features, towerDnnHiddenUnits: [4], initStd: 0.3 })
    const { epochs } = await fit(model, { ...options(), restoreBest: false, metrics: { cvr: ['auc', 'logLoss'] } })
    const { cvr } = predict(model, validation)
    const clicked = validation.labels.ctcvr.map((label, row) => (validation.labels.ctr[row] === 1 ? label : NaN))
    expect(epochs.at(-1)?.validation?.cvr.auc).toBe(auc(cvr, clicked))
    expect(evaluate(model, validation, { metrics: { cvr: ['auc'] } }).cvr).toEqual({ auc: auc(cvr, clicked) })
    expect(auc(cvr, clicked)).not.toBe(auc(cvr, validation.labels.ctcvr))
    // Unasked it is not told, and a model without it has none.
    expect(Object.keys(evaluate(model, validation))).toEqual(['ctr', 'ctcvr'])
    expect(() => evaluate(build(), validation, { metrics: { cvr: ['auc'] } })).toThrow(
      "metrics of ctr, ctcvr but got 'cvr'",
    )
    expect(() => evaluate(model, validation, { metrics: { cvrs: ['auc'] } })).toThrow(
      "of ctr, ctcvr, cvr but got 'cvrs'",
    )
  })
})

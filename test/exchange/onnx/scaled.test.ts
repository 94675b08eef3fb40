/** Numbers that a file scales, and those between edges, are what datasets, predictors and saved programs make of them. */
import { describe, expect, it } from 'vitest'
import { dataset, denseFeature, fitScaling, quantileBins, sparseFeature } from '../../../src/data/index.ts'
import type { Feature, Row } from '../../../src/data/index.ts'
import { SingleTask, parameters, restoreModel, saveModel } from '../../../src/models/index.ts'
import { toONNX } from '../../../src/onnx.ts'
import { loadProgram, servingCpu } from '../../../src/serve.ts'
import { compilePredictor, predict, saveProgram } from '../../../src/training/index.ts'
import { stir } from '../../models/feed.ts'
import { apart, diceOf } from './drawn.ts'
import { readONNX } from './read.ts'
import { feedsOf } from './feeds.ts'
import { NO_ORT, ort, ranBy } from './runtime.ts'

const single = (features: readonly Feature[]): SingleTask =>
  stir(
    new SingleTask({
      ...{ features, taskNames: ['like'], taskTypes: ['regression'] },
      ...{ bottomDnnHiddenUnits: [4], towerDnnHiddenUnits: [], dnnActivation: 'linear' },
    }),
  )

/** Numbers from 1e-12 to 1e8 of either sign, zeros and missing ones. */
function column(seed: number, rows: number): readonly (number | null)[] {
  const { chance, normal } = diceOf(seed)
  return Array.from({ length: rows }, () => {
    if (chance(0.2)) return null
    return chance(0.1) ? 0 : normal() * 10 ** Math.min(8, 6 * normal())
  })
}

const ROWS = 200
const [age, price, size] = [column(1, ROWS), column(2, ROWS), column(3, 2 * ROWS)]
const pairs = Array.from({ length: ROWS }, (_, row) => [size[2 * row], size[2 * row + 1]])
const features = [
  denseFeature('age', {
    scaling: fitScaling(age, {
      ...{ missing: 'median', indicator: true, clipQuantiles: [0.05, 0.95], log: true, standardise: true },
    }),
  }),
  denseFeature('size', {
    dimension: 2,
    scaling: fitScaling(pairs, { dimension: 2, missing: 'mean', indicator: true, log: true, standardise: true }),
  }),
  sparseFeature('price', { edges: quantileBins(price, 8), dimension: 2 }),
]
const columns = { age, price, size: pairs }
const model = single(features)
const expected = predict(model, dataset({ features, columns })).like

describe('what a scaling makes of numbers', () => {
  it('is the same to the bit in a dataset, a predictor, a saved program and a model that was restored', () => {
    const again = restoreModel(saveModel(model))
    expect(predict(again, dataset({ features: again.features, columns })).like).toEqual(expected)
    const predictor = compilePredictor(model, { rows: ROWS })
    const served = loadProgram(saveProgram(predictor), { backend: servingCpu })
    const rows = age.map((_, row): Row => ({ age: age[row], price: price[row], size: pairs[row] }))
    const { numbers, ids } = dataset({ features, columns })
    for (const scoring of [predictor, served]) {
      const { like } = scoring.scoreAll(rows)
      expect(apart(like, expected)).toBeLessThan(1e-5)
      for (const name of ['age', 'size'])
        expect(Float32Array.from(scoring.batch.numbers[name].values)).toEqual(numbers[name])
      expect(Int32Array.from(scoring.batch.ids.price.values)).toEqual(ids.price)
    }
    predictor.release()
    served.release()
    // It does matter what was scaled.
    expect(new Set(numbers.age).size).toBeGreaterThan(ROWS / 2)
    expect(new Set(ids.price).size).toBe(9)
  })

  it('is in a file that encodes, and told where it does not', () => {
    const told = (encode: boolean) =>
      readONNX(toONNX(model, { encode })).inputs.map(({ name, type, about }) => [name, type, about])
    expect(told(true)).toEqual([
      ['age', 11, 'numbers, NaN where missing'],
      ['size', 11, 'numbers, NaN where missing'],
      ['price', 11, 'numbers between 7 edges, NaN where missing'],
    ])
    const scaled =
      'numbers that were scaled, and behind them 1 for each that was missing: with encode, the file scales them'
    expect(told(false)).toEqual([
      ['age', 1, scaled],
      ['size', 1, scaled],
      ['price', 7, 'ids from 0 to 8: 0 is missing, and others 1 and how many of 7 edges lie below'],
    ])
  })

  it('refuses bins of a feature that has edges', () => {
    expect(() => toONNX(model, { bins: { price: [1] } })).toThrow(
      "toONNX: expected bins of a sparse feature that takes ids but got them of 'price'",
    )
  })
})

describe.skipIf(!ort)(`what ONNX Runtime makes of numbers${NO_ORT}`, () => {
  it('is what plegrad makes of them, small ones too', async () => {
    const file = toONNX(model, { encode: true })
    const floats = (values: readonly (number | null)[]): Float64Array => Float64Array.from(values, (x) => x ?? NaN)
    const feeds = feedsOf(ort!, {
      age: [floats(age), [ROWS, 1]],
      size: [floats(size), [ROWS, 2]],
      price: [floats(price), [ROWS]],
    })
    const { like } = await ranBy(ort!, file, feeds)
    expect(apart(like.data, expected)).toBeLessThan(1e-5)
    // Other numbers are told.
    expect(apart(like.data, [...expected].reverse())).toBeGreaterThan(0.01)
  })

  it('has all digits of a logarithm near 0', async () => {
    const x = [1e-300, 1e-20, -1e-17, 3e-16, 1e-12, -1e-9, 1e-4, 0, -0, 0.5, 1e6, -1e30]
    const feature = denseFeature('x', { scaling: { log: true, deviation: [1e-20] } })
    const plain = single([feature])
    // Without a bias the file says what becomes of numbers, times a weight.
    for (const [path, parameter] of Object.entries(parameters(plain)))
      if (path.endsWith('bias')) parameter.assign(new Float32Array(parameter.size))
    const file = toONNX(plain, { encode: true })
    const { like } = await ranBy(ort!, file, feedsOf(ort!, { x: [Float64Array.from(x), [x.length, 1]] }))
    const wanted = predict(plain, dataset({ features: [feature], columns: { x } })).like
    for (const [at, value] of wanted.entries()) {
      const off = Math.abs(Number(like.data[at]) - value)
      expect(off, `of ${x[at]}`).toBeLessThanOrEqual(1e-5 * Math.abs(value))
    }
    expect(wanted.filter((value) => value !== 0).length).toBeGreaterThan(8)
  })
})

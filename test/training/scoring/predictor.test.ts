/** Scoring as an application does it: rows as they come, the same numbers as predict gives, and no memory per request. */
import { describe, expect, it } from 'vitest'
import {
  dataset,
  denseFeature,
  fitVocabulary,
  rowWriter,
  sparseFeature,
  varLenFeature,
} from '../../../src/data/index.ts'
import type { Row } from '../../../src/data/index.ts'
import { cpu, wasm } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { PLE, parameters } from '../../../src/models/index.ts'
import { adam, compilePredictor, fit, predict } from '../../../src/training/index.ts'
import { stir } from '../../models/feed.ts'

const features = [
  sparseFeature('user', { vocabulary: fitVocabulary(['ann', 'bob', 'cem']), dimension: 3 }),
  sparseFeature('city', { hashBuckets: 20, dimension: 2 }),
  sparseFeature('hour', { vocabularySize: 24, dimension: 2 }),
  varLenFeature('tags', { hashBuckets: 9, dimension: 2, maxLength: 3, weights: 'heat' }),
  denseFeature('minutes', { transform: Math.log1p }),
  denseFeature('place', { dimension: 2 }),
]
const rows: readonly Row[] = [
  { user: 'ann', city: 'Bonn', hour: 7, tags: ['cats'], heat: [0.5], minutes: 3, place: [1, 2] },
  { user: 'dan', city: 'Ulm', hour: 0, tags: ['a', 'b', 'c', 'd'], heat: [1, 2, 3, 4], minutes: 0, place: [0, -1] },
  { user: null, city: undefined, hour: 23, tags: [], heat: [], minutes: 100, place: [4, 4] },
]
const column = (name: string): never => rows.map((row) => row[name]) as never
const data = dataset({
  features,
  columns: Object.fromEntries(['user', 'city', 'hour', 'tags', 'heat', 'minutes', 'place'].map((n) => [n, column(n)])),
  labels: { like: [1, 0, 1], stay: [0.1, 2, 3] },
  tasks: { like: 'binary', stay: 'regression' },
})
const modelOf = (backend: Backend = cpu): PLE =>
  stir(
    new PLE({
      features,
      taskNames: ['like', 'stay'],
      taskTypes: ['binary', 'regression'],
      expertDnnHiddenUnits: [8],
      backend,
    }),
  )

describe('a predictor', () => {
  it('scores rows as the application has them, bit by bit as predict does for the same rows encoded', () => {
    const model = modelOf()
    const expected = predict(model, data, { batchSize: 1 })
    const predictor = compilePredictor(model)
    rows.forEach((row, at) => {
      expect({ ...predictor.score(row) }).toEqual({ like: expected.like[at], stay: expected.stay[at] })
    })
    predictor.release()
  })

  it('scores many at once, and forgets rows of an earlier call that are not among them', () => {
    const model = modelOf()
    const predictor = compilePredictor(model, { rows: 4, backend: cpu })
    const expected = predict(model, data, { backend: cpu })
    const { like, stay } = predictor.scoreAll(rows)
    expect(Array.from(like).slice(0, 3)).toEqual([...expected.like])
    expect(Array.from(stay).slice(0, 3)).toEqual([...expected.stay])
    expect(predictor.scoreAll([rows[2]]).like[0]).toBe(expected.like[2])
  })

  it('scores ids that are written to its batch', () => {
    const model = modelOf()
    const predictor = compilePredictor(model)
    rowWriter(features, predictor.batch)(rows[1], 0)
    predictor.run()
    expect(predictor.predictions.like[0]).toBe(predict(model, data, { batchSize: 1 }).like[1])
  })

  it('knows no rows before the first is written, whatever was in its memory', () => {
    const dirty: Backend = {
      ...cpu,
      name: 'dirty',
      allocate: (length) => new Float32Array(length).fill(7),
      allocateIds: (length) => new Int32Array(length).fill(1),
    }
    const scored = (own: Backend, id?: number): unknown => {
      const predictor = compilePredictor(modelOf(own), { rows: 2, backend: own })
      const { ids, numbers } = predictor.batch
      if (id !== undefined) {
        for (const { values } of Object.values(ids)) values.fill(id)
        for (const { values } of Object.values(numbers)) values.fill(0)
      }
      predictor.run()
      return Object.values(predictor.predictions).map((found) => Array.from(found))
    }
    expect(scored(dirty)).toEqual(scored(cpu, 0))
    expect(scored(dirty)).not.toEqual(scored(cpu, 1))
  })

  it('says what runs', () => {
    const [fast, plain] = [compilePredictor(modelOf()), compilePredictor(modelOf(), { backend: cpu })]
    expect(fast.backend).toMatch(/^wasm-/)
    expect(plain.backend).toBe('cpu')
  })

  it('follows its model: what is learned later counts at once', async () => {
    const model = modelOf()
    const predictor = compilePredictor(model)
    const before = predictor.score(rows[0]).like
    await fit(model, { data, epochs: 3, optimizer: adam({ learningRate: 0.1 }) })
    const after = predictor.score(rows[0]).like
    expect(after).not.toBe(before)
    expect(after).toBe(predict(model, data, { batchSize: 1 }).like[0])
    predictor.release()
  })

  it('gives its memory back, and parameters move out of it', () => {
    const backend = wasm({ bytes: 2 ** 22 })
    const free = backend.freeBytes()
    const model = modelOf()
    const states = Object.values(parameters(model)).map(({ values }) => values.slice())
    const predictor = compilePredictor(model, { backend, rows: 7 })
    expect(backend.freeBytes()).toBeLessThan(free)
    predictor.release()
    expect(backend.freeBytes()).toBe(free)
    expect(Object.values(parameters(model)).map(({ values }) => values)).toEqual(states)
    expect(() => predictor.score(rows[0])).toThrow(/released/)
  })
})

describe('a predictor refuses', () => {
  it.each([
    [null, 'compilePredictor: expected the first argument to be a model but got null'],
    [{}, 'compilePredictor: expected the first argument to be a model but got an empty object'],
  ])('%j for a model', (model, message) => {
    expect(() => compilePredictor(model as never)).toThrow(new RangeError(message))
  })

  it.each<[object | string, string]>([
    [{ row: 4 }, "expected options among rows, backend, weights but got 'row', did you mean 'rows'?"],
    [{ rows: '5' }, "expected rows to be an integer of at least 1 but got '5'"],
    [{ backend: 'wasm' }, "expected backend to be a backend but got 'wasm'"],
    ['wasm', "expected an object of options, as in { rows: … }, but got 'wasm'"],
  ])('%j for options', (options, message) => {
    expect(() => compilePredictor(modelOf(), options as never)).toThrow(new RangeError(`compilePredictor: ${message}`))
  })

  it.each([0, -1, 1.5, NaN])('%d rows', (count) => {
    expect(() => compilePredictor(modelOf(), { rows: count })).toThrow(
      `compilePredictor: expected rows to be an integer of at least 1 but got ${count}`,
    )
  })

  it('more rows than there is room for', () => {
    expect(() => compilePredictor(modelOf(), { rows: 2 }).scoreAll(rows)).toThrow(
      'scoreAll: expected at most 2 rows but got 3: because that is its room',
    )
  })

  it.each<[string, Row, string]>([
    [
      'an id that its table has not',
      { hour: 24 },
      "score: expected column 'hour' to hold integer ids from 0 to 23 but got 24 at row 0: because its table has 24 rows",
    ],
    [
      'a number for a vocabulary of strings',
      { user: 7 },
      "score: expected column 'user' to hold strings but got 7 at row 0: because its vocabulary holds strings",
    ],
    [
      'one value where a list belongs',
      { tags: 'cats' },
      "score: expected column 'tags' to hold a list per row but got 'cats' at row 0: because it is read as lists",
    ],
    [
      'fewer weights than ids',
      { tags: ['a', 'b'], heat: [1] },
      "score: expected 2 weights in column 'heat' but got 1 at row 0: because 'tags' has so many ids there",
    ],
    [
      'a number that is none',
      { minutes: NaN },
      "score: expected numbers in column 'minutes' to be finite float32 numbers but got NaN at row 0: because a model multiplies them",
    ],
    [
      'a number that a transform spoils',
      { minutes: -1 },
      "score: expected numbers in column 'minutes', once transformed, to be finite float32 numbers but got -Infinity at row 0: because a model multiplies them",
    ],
    [
      'more numbers than the feature is wide',
      { minutes: [5, 6, 7] },
      "score: expected 1 numbers in column 'minutes' but got 3 at row 0: because that is its dimension",
    ],
    [
      'a column that nobody reads',
      { citty: 'Bonn' },
      "score: expected columns of features but got 'citty': because no feature reads it, did you mean 'city'?",
    ],
    [
      'too few numbers',
      { place: [1] },
      "score: expected 2 numbers in column 'place' but got 1 at row 0: because that is its dimension",
    ],
  ])('%s', (_, cell, message) => {
    expect(() => compilePredictor(modelOf(), { backend: cpu }).score({ ...rows[0], ...cell })).toThrow(
      new RangeError(message),
    )
  })
})

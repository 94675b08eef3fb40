/** Predictors whose weights have 16 and 8 bits: what they score, how far that is from float32, and what they take. */
import { afterAll, describe, expect, it } from 'vitest'
import { dataset, denseFeature, sparseFeature, varLenFeature } from '../../../src/data/index.ts'
import type { Row } from '../../../src/data/index.ts'
import { cpu, cpu64, wasm } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { PLE, WideDeep } from '../../../src/models/index.ts'
import { wasmThreads } from '../../../src/threads.ts'
import { adam, compilePredictor, evaluate, fit, predict, saveProgram } from '../../../src/training/index.ts'
import { Slot } from '../../../src/program/slot.ts'
import { stir } from '../../models/feed.ts'

const ROWS = 11
const features = [
  sparseFeature('user', { vocabularySize: 50, dimension: 8 }),
  sparseFeature('city', { vocabularySize: 9, dimension: 4 }),
  varLenFeature('tags', { vocabularySize: 20, dimension: 6, maxLength: 3 }),
  denseFeature('place', { dimension: 2 }),
]
const rows: readonly Row[] = Array.from({ length: ROWS }, (_, row) => ({
  user: (7 * row) % 50,
  city: row % 9,
  tags: Array.from({ length: row % 4 }, (_, at) => (row + 5 * at) % 20),
  place: [Math.sin(row), row / ROWS],
}))
const column = (name: string): never => rows.map((row) => row[name]) as never
const data = dataset({
  features,
  columns: { user: column('user'), city: column('city'), tags: column('tags'), place: column('place') },
  labels: { like: rows.map((_, row) => row % 2), stay: rows.map((_, row) => row / 3) },
  tasks: { like: 'binary', stay: 'regression' },
})
const modelOf = (backend: Backend = cpu): PLE =>
  stir(
    new PLE({
      features,
      taskNames: ['like', 'stay'],
      taskTypes: ['binary', 'regression'],
      expertDnnHiddenUnits: [40, 36],
      towerDnnHiddenUnits: [17],
      numLevels: 2,
      backend,
    }),
  )

const WEIGHTS = ['bfloat16', 'int8'] as const
const threaded = await wasmThreads({ bytes: 2 ** 24, threads: 3, worthwhile: 0 })
afterAll(threaded.release)
const backends: readonly (readonly [string, Backend])[] = [
  ['cpu', cpu],
  ['wasm-simd', wasm({ bytes: 2 ** 24, variant: 'simd' })],
  ['threads', threaded],
]

/** Rounds to 16 bits by the rule: half of the last place is added, less where the last bit is even, and what is below goes. */
const halved = (values: ArrayLike<number>): Float32Array => {
  const bits = new Uint32Array(Float32Array.from(values).buffer)
  return new Float32Array(bits.map((word) => (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000).buffer)
}

describe.each(backends)('a predictor on %s', (_, backend) => {
  it('scores with weights of 16 bits what a model of such weights scores', () => {
    const model = modelOf()
    const predictor = compilePredictor(model, { backend, weights: 'bfloat16', rows: ROWS })
    const { like, stay } = predictor.scoreAll(rows)
    const scored = { like: Array.from(like), stay: Array.from(stay) }
    // What is read as words; biases are float32, and are scored as such.
    const read = predictor.program.stages[0].listing.calls.flatMap(({ args }) => args.flat())
    const rounded = new Set(
      read.flatMap((slot) => (slot instanceof Slot && slot.place.at === 'made' ? slot.place.of : [])),
    )
    expect(rounded.size).toBeGreaterThan(10)
    predictor.release()
    for (const parameter of rounded) parameter.assign(halved(parameter.values))
    const expected = predict(model, data, { backend: cpu })
    for (const name of ['like', 'stay'] as const)
      for (let at = 0; at < ROWS; at++) expect(scored[name][at]).toBeCloseTo(expected[name][at], 4)
  })

  it.each(WEIGHTS)('scores the same bits in %s one by one as many at once', (weights) => {
    const model = modelOf()
    const [one, many] = [1, ROWS].map((count) => compilePredictor(model, { backend, weights, rows: count }))
    const all = many.scoreAll(rows)
    rows.forEach((row, at) => {
      expect({ ...one.score(row) }).toEqual({ like: all.like[at], stay: all.stay[at] })
    })
    one.release()
    many.release()
  })
})

describe.each(WEIGHTS)('weights in %s', (weights) => {
  const model = modelOf()

  it('are near those in float32, and how near is told', () => {
    const predictor = compilePredictor(model, { weights, rows: 4 })
    const told = predictor.difference(rows)
    const exact = predict(model, data)
    const scored = rows.map((row) => ({ ...compilePredictor(model, { weights }).score(row) }))
    for (const name of ['like', 'stay'] as const) {
      const most = Math.max(...scored.map((row, at) => Math.abs(row[name] - exact[name][at])))
      expect(told[name]).toBeCloseTo(most, 6)
      expect(told[name]).toBeGreaterThan(0)
      expect(told[name]).toBeLessThan(0.1)
    }
    expect(predictor.weights).toBe(weights)
  })

  it('follow the model: what is learned later is rounded and scored with at once', async () => {
    const learning = modelOf()
    const predictor = compilePredictor(learning, { weights })
    const before = predictor.score(rows[0]).like
    await fit(learning, { data, epochs: 3, optimizer: adam({ learningRate: 0.1 }) })
    const after = predictor.score(rows[0]).like
    expect(after).not.toBe(before)
    expect(after).toBe(compilePredictor(learning, { weights }).score(rows[0]).like)
    predictor.release()
  })

  it('take less of the memory than in float32', () => {
    const large = (): PLE =>
      new PLE({
        features: [sparseFeature('user', { vocabularySize: 4000, dimension: 16 })],
        taskNames: ['like', 'share'],
        taskTypes: ['binary', 'binary'],
        expertDnnHiddenUnits: [256],
      })
    const backend = wasm({ bytes: 2 ** 24 })
    const taken = (choice: 'float32' | typeof weights): number => {
      const free = backend.freeBytes()
      const predictor = compilePredictor(large(), { backend, weights: choice })
      const took = free - backend.freeBytes()
      predictor.release()
      expect(backend.freeBytes()).toBe(free)
      return took
    }
    expect(taken(weights) / taken('float32')).toBeLessThan(weights === 'int8' ? 0.36 : 0.53)
  })

  it('are evaluated as they are served', () => {
    const predictor = compilePredictor(model, { weights, rows: 4 })
    const like = Float32Array.from(rows, (row) => compilePredictor(model, { weights }).score(row).like)
    const { like: scores } = evaluate(predictor, data, { tasks: ['like'], metrics: { like: ['logLoss'] } })
    const expected = like.reduce((sum, p, at) => sum - Math.log(at % 2 === 1 ? p : 1 - p), 0) / ROWS
    expect(scores.logLoss).toBeCloseTo(expected, 5)
  })

  it('score in a model of float64 too', () => {
    const predictor = compilePredictor(modelOf(cpu64), { weights })
    expect(predictor.backend).toBe('cpu64')
    expect(predictor.score(rows[3]).like).toBeCloseTo(compilePredictor(model, { weights }).score(rows[3]).like, 3)
  })

  it('leave tables one wide as they are', () => {
    const wide = stir(
      new WideDeep({
        taskNames: ['like'],
        taskTypes: ['binary'],
        wideFeatures: features,
        deepFeatures: features,
        bottomDnnHiddenUnits: [40],
      }),
    )
    expect(compilePredictor(wide, { weights }).difference(rows).like).toBeLessThan(0.05)
  })

  it('are in no file yet', () => {
    expect(() => saveProgram(compilePredictor(model, { weights }))).toThrow(
      'saveProgram: expected a program that another process can run but got one with weights in fewer than 32 bits',
    )
  })
})

describe('a predictor in float32', () => {
  const model = modelOf()

  it('differs from itself by nothing', () => {
    const predictor = compilePredictor(model)
    expect(predictor.weights).toBe('float32')
    expect(predictor.difference(rows)).toEqual({ like: 0, stay: 0 })
    expect(predictor.difference([])).toEqual({ like: 0, stay: 0 })
  })

  it.each([1, 4, ROWS, 20])('is evaluated as its model is, %d rows at a time', (count) => {
    const predictor = compilePredictor(model, { rows: count })
    expect(evaluate(predictor, data)).toEqual(evaluate(model, data))
    const users = column('user')
    expect(evaluate(predictor, data, { users, tasks: ['like'] })).toEqual(
      evaluate(model, data, { users, tasks: ['like'] }),
    )
  })
})

describe('what is refused', () => {
  it.each(['float16', 16, null])('%j for weights', (weights) => {
    expect(() => compilePredictor(modelOf(), { weights: weights as never })).toThrow(
      /^compilePredictor: expected weights to be 'float32' or 'bfloat16' or 'int8' but got /,
    )
  })

  it('how a model is run, where a predictor is evaluated: that was told when it was compiled', () => {
    const predictor = compilePredictor(modelOf())
    expect(() => evaluate(predictor, data, { batchSize: 4 })).toThrow(
      "evaluate: expected options among tasks, metrics, users but got 'batchSize'",
    )
  })

  it('a difference on what are no rows', () => {
    const predictor = compilePredictor(modelOf())
    expect(() => predictor.difference({} as never)).toThrow('difference: expected the rows to be a list but got')
  })

  it('to evaluate a predictor that was released', () => {
    const predictor = compilePredictor(modelOf())
    predictor.release()
    expect(() => evaluate(predictor, data)).toThrow('it was released')
  })
})

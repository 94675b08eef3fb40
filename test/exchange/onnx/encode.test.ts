/** Encoding inside a file: raw values of random models give what plegrad predicts of them, and what cannot be inside is told. */
import { describe, expect, it } from 'vitest'
import { binOf, dataset, fitVocabulary, hashBucket, sparseFeature } from '../../../src/data/index.ts'
import type { Column, Feature, MaybeValue } from '../../../src/data/index.ts'
import { SingleTask } from '../../../src/models/index.ts'
import type { ModelOptions } from '../../../src/models/index.ts'
import { toONNX } from '../../../src/onnx.ts'
import { predict } from '../../../src/training/index.ts'
import { stir } from '../../models/feed.ts'
import { apart, drawn, inputsOf } from './drawn.ts'
import { readONNX } from './read.ts'
import { feedsOf } from './feeds.ts'
import { NO_ORT, ort, ranBy } from './runtime.ts'
import type { Numbers } from './feeds.ts'

const MISSING_INTEGER = -(2n ** 63n)

/** Values of a column as the file takes them; undefined where it takes ids. */
function rawOf(feature: Feature, column: Column, rows: number): readonly [Numbers, readonly number[]] | undefined {
  if (feature.kind === 'dense') {
    if (!feature.scaling) return undefined
    const numbers = Array.from({ length: rows }, (_, row) => column[row] as MaybeValue | MaybeValue[]).flat()
    return [Float64Array.from(numbers, (cell) => (cell === null ? NaN : Number(cell))), [rows, feature.dimension]]
  }
  if (!feature.vocabulary && !feature.edges) return undefined
  const width = feature.kind === 'varLen' ? feature.maxLength : 1
  const cells = Array.from({ length: rows }, (_, row) => {
    const cell = column[row] as MaybeValue | MaybeValue[]
    const list = Array.isArray(cell) ? cell.slice(-width) : [cell]
    return [...list, ...Array.from({ length: width - list.length }, () => null)]
  }).flat()
  const shape = feature.kind === 'varLen' ? [rows, width] : [rows]
  if (!feature.vocabulary) return [Float64Array.from(cells, (cell) => (cell === null ? NaN : Number(cell))), shape]
  const [first = ''] = feature.vocabulary.values
  if (typeof first === 'string') return [cells.map((cell) => String(cell ?? '')), shape]
  const whole = feature.vocabulary.values.every(Number.isInteger)
  const values: Numbers = whole
    ? BigInt64Array.from(cells, (cell) => (cell === null ? MISSING_INTEGER : BigInt(cell as number)))
    : Float32Array.from(cells, (cell) => (cell === null ? NaN : Number(cell)))
  return [values, shape]
}

const single = (features: readonly Feature[], options: Partial<ModelOptions> = {}): SingleTask =>
  stir(
    new SingleTask({
      ...{ features, taskNames: ['like'], taskTypes: ['binary'], bottomDnnHiddenUnits: [4], towerDnnHiddenUnits: [] },
      ...options,
    }),
  )

describe.skipIf(!ort)(`what ONNX Runtime makes of values${NO_ORT}`, () => {
  it('is what plegrad predicts of them, in 60 random models', async () => {
    const kinds = new Set<string>()
    for (let seed = 300; seed < 360; seed++) {
      const { model, columns } = drawn(seed)
      const file = toONNX(model, { encode: true })
      for (const rows of [1, 40]) {
        const some = columns(rows, seed)
        const data = dataset({ features: model.features, columns: some })
        const encoded = inputsOf(data)
        const given: Record<string, readonly [Int32Array | Numbers, readonly number[]]> = {}
        for (const [name, ids] of Object.entries(encoded)) {
          const feature = model.features.find((each) => each.name === name)
          const [values, shape] = (feature && rawOf(feature, some[name], rows)) ?? ids
          if (values !== ids[0])
            kinds.add(`${feature?.kind} ${Array.isArray(values) ? 'strings' : values.constructor.name}`)
          given[name] = [values, shape]
        }
        const outputs = await ranBy(ort!, file, feedsOf(ort!, given))
        for (const [task, values] of Object.entries(predict(model, data, { compiled: false })))
          expect(apart(outputs[task].data, values), `seed ${seed}`).toBeLessThan(1e-5)
      }
    }
    const types = ['strings', 'BigInt64Array', 'Float32Array', 'Float64Array']
    expect([...kinds].sort()).toEqual(
      [...['sparse', 'varLen'].flatMap((kind) => types.map((type) => `${kind} ${type}`)), 'dense Float64Array'].sort(),
    )
  })

  it('has the bins of numbers, to the bit', async () => {
    const edges = [-1, 0.1, 0.3, 1e6]
    const model = single([sparseFeature('age', { vocabularySize: 5 })])
    const file = toONNX(model, { bins: { age: edges } })
    const ages = [...edges, 0.1 + Number.EPSILON / 16, 0.09999999999, -Infinity, Infinity, 0.30000000000000004, 2e6]
    const { like } = await ranBy(ort!, file, feedsOf(ort!, { age: [Float64Array.from(ages), [ages.length]] }))
    const data = dataset({ features: model.features, columns: { age: ages.map((age) => binOf(edges, age)) } })
    expect(apart(like.data, predict(model, data).like)).toBeLessThan(1e-6)
    expect(new Set(like.data as Float32Array).size).toBe(5)
  })
})

describe('the input of a feature', () => {
  const about = (features: readonly Feature[], encode: boolean) =>
    readONNX(toONNX(single(features), { encode })).inputs.map(({ name, type, about }) => [name, type, about])

  it('says which ids it takes, and that a hash is made before', () => {
    const features = drawn(7).model.features
    for (const [name, , said] of about(features, false)) expect(typeof said, String(name)).toBe('string')
    expect(about([sparseFeature('user', { hashBuckets: 8 })], true)).toEqual([
      ['user', 7, 'ids from 0 to 8: hashBucket of plegrad/encoding into 8 buckets, for ONNX has no such hash'],
    ])
    expect(hashBucket('x', 8)).toBeLessThanOrEqual(8)
    expect(about([sparseFeature('country', { vocabulary: fitVocabulary(['DE']) })], false)).toEqual([
      ['country', 7, 'ids from 0 to 2: 0 is missing, 1 unknown, the value at position i of the vocabulary i + 2'],
    ])
  })

  it('takes values where a vocabulary is inside, and the file then names the domain of its nodes', () => {
    const features = [sparseFeature('country', { vocabulary: fitVocabulary(['DE']) })]
    expect(about(features, true)).toEqual([['country', 8, "values, '' where missing"]])
    expect(readONNX(toONNX(single(features), { encode: true })).opsets).toEqual({ '': 17, 'ai.onnx.ml': 3 })
    expect(readONNX(toONNX(single(features))).opsets).toEqual({ '': 17 })
  })
})

describe('refuses', () => {
  it('numbers that float32 does not tell apart', () => {
    const vocabulary = fitVocabulary([0.1, 0.1000000001])
    const model = single([sparseFeature('price', { vocabulary })])
    expect(() => toONNX(model, { encode: true })).toThrow(
      "toONNX: expected values of 'price' that float32 tells apart but got 0.1 and 0.1000000001: because ONNX looks numbers up in float32; export without encode, and make ids by its vocabulary",
    )
    expect(toONNX(model).length).toBeGreaterThan(100)
  })

  it('bins that do not fit', () => {
    const model = single([sparseFeature('age', { vocabularySize: 3 }), sparseFeature('user', { hashBuckets: 3 })])
    const refused = (bins: unknown): string => {
      try {
        toONNX(model, { bins: bins as never })
      } catch (error) {
        return String(error)
      }
      return 'nothing'
    }
    expect(refused({ user: [1] })).toContain("expected bins of a sparse feature that takes ids but got them of 'user'")
    expect(refused({ height: [1] })).toContain("got them of 'height'")
    expect(refused({ age: [2, 1] })).toContain("expected edges of 'age' to ascend but got 2, 1")
    expect(refused({ age: [1, 2, 3] })).toContain("expected fewer than 3 edges of 'age' but got 3")
    expect(refused({ age: [NaN] })).toContain(
      "each of its members to be a list, each to be a finite number but got a list of 1 of 'age'",
    )
    expect(refused([1])).toContain('expected bins to be')
  })

  it('a task that is called as a column', () => {
    const model = single([sparseFeature('like', { vocabularySize: 3 })])
    expect(() => toONNX(model)).toThrow("toONNX: expected names of tasks that no column has but got 'like'")
  })

  it('what is no model, and options that there are not', () => {
    expect(() => toONNX(5 as never)).toThrow('toONNX: expected the first argument to be a model but got 5')
    expect(() => toONNX(single([sparseFeature('user', { vocabularySize: 3 })]), { encoded: true } as never)).toThrow(
      "but got 'encoded', did you mean 'encode'?",
    )
  })
})

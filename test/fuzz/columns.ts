/**
 * Values of every kind, at every door where data enters: a feature's options, a vocabulary's column, a dataset's column.
 * What comes in is encoded as it is documented; all else is refused in words.
 */
import * as fc from 'fast-check'
import {
  binOf,
  crossedFeature,
  dataset,
  denseFeature,
  fitScaling,
  fitVocabulary,
  hashBucket,
  quantileBins,
  sparseFeature,
  varLenFeature,
  vocabularyFromJSON,
  widthOf,
} from '../../src/data/index.ts'
import type { Dataset, Feature, MaybeValue, Scaling, VocabularyJSON } from '../../src/data/index.ts'
import { stream } from '../../src/tensor/index.ts'
import { categories, hostile, mostly } from './hostile.ts'
import { attempt, must } from './refusal.ts'
import { target } from './target.ts'
import type { Target } from './target.ts'

/** One door and what is brought to it. */
type Case = readonly [door: keyof typeof DOORS, given: readonly unknown[]]

/** What a dataset holds: ids that its tables have, and numbers that are finite float32. */
export function checkEncoded(data: Dataset): void {
  for (const feature of data.features) {
    const { name } = feature
    const values = feature.kind === 'dense' ? data.numbers[name] : data.ids[name]
    const width = feature.kind === 'sparse' ? 1 : feature.kind === 'dense' ? widthOf(feature) : feature.maxLength
    must(values.length === data.rows * width, () => `'${name}' has ${values.length} values in ${data.rows} rows`)
    for (const value of values)
      must(
        feature.kind === 'dense' ? Number.isFinite(value) : value >= 0 && value < feature.vocabularySize,
        () => `'${name}' holds ${value}`,
      )
  }
}

const call = (act: unknown, ...args: readonly unknown[]): unknown =>
  (act as (...args: readonly unknown[]) => unknown)(...args)

/** A column that is one, or is not one. */
const column = (cell: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  mostly(fc.array(mostly(cell, 12), { maxLength: 6 }), 12)

const FEATURES = { sparseFeature, varLenFeature, denseFeature, crossedFeature }
const MAKERS = { dataset, fitVocabulary, vocabularyFromJSON, quantileBins, fitScaling }

const DOORS = {
  fitVocabulary: {
    drawn: fc.tuple(
      column(fc.oneof(categories(), fc.array(categories(), { maxLength: 3 }))),
      fc.record({ minCount: mostly(fc.integer({ min: 1, max: 3 })), maxSize: mostly(fc.nat(9)) }, { requiredKeys: [] }),
    ),
    check: ([values, options]: readonly unknown[]) => {
      const { value: vocabulary } = attempt(() => call(fitVocabulary, values, options)) as {
        value?: ReturnType<typeof fitVocabulary>
      }
      if (!vocabulary) return
      must(vocabulary.size === vocabulary.values.length + 2, () => `a size of ${vocabulary.size}`)
      vocabulary.values.forEach((value, index) => {
        must(vocabulary.encode(value) === index + 2, () => `${String(value)} becomes ${vocabulary.encode(value)}`)
      })
      const cells = Array.from(values as ArrayLike<MaybeValue>)
      const shuffled = Array.from(stream(1).permutation(cells.length), (from) => cells[from])
      const other = call(fitVocabulary, shuffled, options) as typeof vocabulary
      must(
        JSON.stringify(other) === JSON.stringify(vocabulary),
        () => `in another order it is ${JSON.stringify(other)} and not ${JSON.stringify(vocabulary)}`,
      )
      const again = vocabularyFromJSON(JSON.parse(JSON.stringify(vocabulary)) as VocabularyJSON)
      for (const value of vocabulary.values)
        must(again.encode(value) === vocabulary.encode(value), () => `${String(value)} is another once saved`)
    },
  },
  vocabularyFromJSON: {
    drawn: fc.tuple(mostly(fc.record({ values: column(categories()) }), 12)),
    check: ([json]: readonly unknown[]) => void attempt(() => call(vocabularyFromJSON, json)),
  },
  quantileBins: {
    drawn: fc.tuple(column(fc.double()), mostly(fc.integer({ min: 1, max: 9 }))),
    check: ([values, bins]: readonly unknown[]) => {
      const { value: edges } = attempt(() => call(quantileBins, values, bins) as readonly number[])
      if (!edges) return
      edges.forEach((edge, index) => {
        must(Number.isFinite(edge) && !(edges[index - 1] >= edge), () => `edges ${edges.join(', ')}`)
        must(binOf(edges, edge) === index, () => `edge ${edge} lies in bin ${binOf(edges, edge)}`)
      })
    },
  },
  fitScaling: {
    drawn: fc.tuple(
      column(fc.oneof(fc.double(), fc.constant(null))),
      mostly(
        fc.record(
          {
            missing: mostly(fc.constantFrom('mean', 'median', 3)),
            indicator: mostly(fc.boolean()),
            clip: mostly(fc.constant([-5, 5])),
            clipQuantiles: mostly(fc.constant([0.1, 0.9])),
            log: mostly(fc.boolean()),
            standardise: mostly(fc.boolean()),
          },
          { requiredKeys: [] },
        ),
      ),
    ),
    check: ([values, options]: readonly unknown[]) => {
      const { value: scaling } = attempt(() => call(fitScaling, values, options) as Scaling)
      if (!scaling) return
      // What is fitted can be applied to what it was fitted on, where nothing is missing or all that is has a number.
      const features = [denseFeature('x', { scaling })]
      const { value: data } = attempt(() => call(dataset, { features, columns: { x: values } }) as Dataset)
      if (data) checkEncoded(data)
    },
  },
  feature: {
    drawn: fc.tuple(
      fc.constantFrom(...Object.keys(FEATURES)),
      mostly(fc.oneof(fc.constant('x'), fc.array(mostly(fc.constantFrom('x', 'y', 'z')), { maxLength: 3 }))),
      mostly(
        fc.record(
          {
            vocabularySize: mostly(fc.integer({ min: 1, max: 9 })),
            hashBuckets: mostly(fc.integer({ min: 1, max: 9 })),
            dimension: mostly(fc.constantFrom(1, 4, 'auto')),
            table: mostly(fc.constant('t')),
            maxLength: mostly(fc.integer({ min: 1, max: 3 })),
            pooling: mostly(fc.constantFrom('mean', 'sum', 'max')),
            weights: mostly(fc.constant('w')),
            transform: mostly(fc.constant(Math.log1p)),
            edges: mostly(fc.constantFrom([], [1, 2])),
            scaling: mostly(
              fc.record(
                {
                  missing: mostly(fc.constant([1])),
                  indicator: mostly(fc.boolean()),
                  least: mostly(fc.constantFrom([0], [2])),
                  most: mostly(fc.constant([1])),
                  log: mostly(fc.boolean()),
                  mean: mostly(fc.constant([1])),
                  deviation: mostly(fc.constantFrom([0.5], [0])),
                },
                { requiredKeys: [] },
              ),
            ),
          },
          { requiredKeys: [] },
        ),
      ),
    ),
    check: ([kind, name, options]: readonly unknown[]) => {
      const { value: feature } = attempt(() => call(FEATURES[kind as keyof typeof FEATURES], name, options) as Feature)
      if (!feature) return
      must(Number.isInteger(feature.dimension) && feature.dimension > 0, () => `a dimension of ${feature.dimension}`)
      if (feature.kind === 'dense') return
      must(feature.vocabularySize >= 1, () => `a table of ${feature.vocabularySize} rows`)
    },
  },
  dataset: {
    drawn: fc.tuple(
      fc.constantFrom<Feature>(
        sparseFeature('x', { vocabularySize: 5 }),
        sparseFeature('x', { hashBuckets: 5 }),
        sparseFeature('x', { vocabulary: fitVocabulary(['DE', 'FR']) }),
        sparseFeature('x', { vocabulary: fitVocabulary([3, 7]) }),
        varLenFeature('x', { vocabularySize: 5, maxLength: 2 }),
        varLenFeature('x', { hashBuckets: 5, maxLength: 2 }),
        denseFeature('x'),
        denseFeature('x', { dimension: 2 }),
        denseFeature('x', { transform: Math.log1p }),
        denseFeature('x', { scaling: { missing: [1], indicator: true, least: [-9], log: true, deviation: [2] } }),
        denseFeature('x', { dimension: 2, scaling: { missing: [1, 2], most: [5, 6] } }),
        sparseFeature('x', { edges: [0, 2.5] }),
        varLenFeature('x', { edges: [0, 2.5], maxLength: 2 }),
      ),
      column(
        fc.oneof(
          categories(),
          fc.nat(6),
          fc.double({ noNaN: true }),
          fc.array(fc.oneof(categories(), fc.nat(6)), { maxLength: 3 }),
        ),
      ),
    ),
    check: ([feature, values]: readonly unknown[]) => {
      const { value: data } = attempt(() => call(dataset, { features: [feature], columns: { x: values } }) as Dataset)
      if (data) checkEncoded(data)
    },
  },
  hashBucket: {
    drawn: fc.tuple(categories(), fc.integer({ min: 1, max: 2 ** 31 - 2 })),
    check: ([value, buckets]: readonly unknown[]) => {
      const bucket = call(hashBucket, value, buckets) as number
      must(Number.isInteger(bucket) && bucket >= 0 && bucket <= (buckets as number), () => `bucket ${bucket}`)
    },
  },
  options: {
    drawn: fc.tuple(fc.constantFrom(...Object.keys(MAKERS)), hostile()),
    check: ([name, given]: readonly unknown[]) => void attempt(() => call(MAKERS[name as keyof typeof MAKERS], given)),
  },
} satisfies Record<string, { drawn: fc.Arbitrary<readonly unknown[]>; check: (given: readonly unknown[]) => void }>

const NAMES = Object.keys(DOORS) as (keyof typeof DOORS)[]

export const columns = (): Target => {
  return target<Case>({
    name: 'columns',
    holds: 'data is encoded as documented, or refused in words',
    cases: 2000,
    drawn: fc.oneof(
      ...NAMES.map((door) =>
        (DOORS[door].drawn as fc.Arbitrary<readonly unknown[]>).map((given) => [door, given] as const),
      ),
    ),
    check: ([door, given]) => {
      DOORS[door].check(given)
    },
  })
}

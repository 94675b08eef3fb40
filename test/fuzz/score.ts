/**
 * Rows as applications have them, good and bad, at the door of serving: what a dataset of that one row would refuse is
 * refused, and all else gets the scores that it would get in a dataset, which are finite.
 */
import * as fc from 'fast-check'
import {
  crossedFeature,
  dataset,
  denseFeature,
  fitVocabulary,
  sparseFeature,
  varLenFeature,
} from '../../src/data/index.ts'
import type { Columns, Dataset, Feature } from '../../src/data/index.ts'
import { cpu, wasm } from '../../src/kernels/index.ts'
import { PLE } from '../../src/models/index.ts'
import { compilePredictor, predict } from '../../src/training/index.ts'
import type { Predictor } from '../../src/training/index.ts'
import { stir } from '../models/feed.ts'
import { categories, hostile, mostly } from './hostile.ts'
import { attempt, must } from './refusal.ts'
import { target } from './target.ts'
import type { Target } from './target.ts'

const FEATURES: readonly Feature[] = [
  sparseFeature('user', { vocabularySize: 5, dimension: 2 }),
  sparseFeature('country', { vocabulary: fitVocabulary(['DE', 'FR', '点击']), dimension: 2 }),
  sparseFeature('size', { vocabulary: fitVocabulary([3, 7]), dimension: 2 }),
  sparseFeature('device', { hashBuckets: 5, dimension: 2 }),
  varLenFeature('history', { vocabularySize: 6, maxLength: 3, dimension: 2 }),
  varLenFeature('tags', { hashBuckets: 6, maxLength: 2, dimension: 2, weights: 'tagWeights' }),
  denseFeature('age'),
  denseFeature('place', { dimension: 2 }),
  denseFeature('height', { scaling: { missing: [2], indicator: true, least: [-9], log: true, deviation: [2] } }),
  denseFeature('box', { dimension: 2, scaling: { missing: [1, 2], most: [5, 6], mean: [3, 3] } }),
  sparseFeature('price', { edges: [0, 9.99, 20], dimension: 2 }),
  crossedFeature(['country', 'tab'], { hashBuckets: 7, dimension: 2 }),
]
const COLUMNS = FEATURES.flatMap((feature) => ('crosses' in feature ? ['tab'] : [feature.name])).concat('tagWeights')
/** Beyond this, numbers that are finite have sums that are not. */
const LARGEST = 1e12
const TOLERANCE = 1e-4

const number = fc.double({ min: -100, max: 100, noNaN: true })
const orMissing = fc.oneof({ arbitrary: number, weight: 5 }, fc.constantFrom(null, undefined, NaN))
const tagged = fc.array(fc.tuple(categories(), number), { maxLength: 3 })

/** Rows that are mostly right; a key may lack, be misspelt or be one too many. */
const rows = (): fc.Arbitrary<unknown> =>
  mostly(
    fc
      .tuple(
        fc.record({
          user: mostly(fc.nat(4), 30),
          country: mostly(fc.constantFrom('DE', 'FR', 'IT', '', null, undefined), 30),
          size: mostly(fc.constantFrom(3, 7, 9, null, NaN), 30),
          device: mostly(categories(), 30),
          history: mostly(fc.array(mostly(fc.nat(5), 30), { maxLength: 5 }), 30),
          age: mostly(number, 30),
          place: mostly(fc.array(mostly(number, 30), { minLength: 2, maxLength: 2 }), 30),
          height: mostly(orMissing, 30),
          box: mostly(fc.oneof(fc.tuple(orMissing, orMissing), fc.constant(null)), 30),
          price: mostly(orMissing, 30),
          tab: mostly(categories(), 30),
        }),
        tagged,
        fc.oneof(
          { arbitrary: fc.constant(undefined), weight: 5 },
          {
            arbitrary: fc.tuple(fc.constantFrom('lacks', 'misspelt', 'extra'), fc.constantFrom(...COLUMNS)),
            weight: 1,
          },
        ),
      )
      .map(([row, tags, change]) => {
        const all: Record<string, unknown> = {
          ...row,
          tags: tags.map(([tag]) => tag),
          tagWeights: tags.map(([, weight]) => weight),
        }
        if (change?.[0] === 'extra') all[`${change[1]}s`] = 1
        else if (change) {
          const value = all[change[1]]
          all[change[1]] = undefined
          const kept = Object.fromEntries(Object.entries(all).filter(([name]) => name !== change[1]))
          return change[0] === 'lacks' ? kept : { ...kept, [`${change[1]}_`]: value }
        }
        return all
      }),
    40,
  )

/** The dataset of a row. What is no object with columns in it is refused everywhere. */
const datasetOf = (row: unknown): Dataset =>
  dataset({
    features: FEATURES,
    columns: Object.fromEntries(
      Object.entries(row ?? {}).map(([name, cell]: [string, unknown]) => [name, [cell]]),
    ) as Columns,
  })

/** Whether all numbers of a row are small enough for sums of them to be finite. */
const small = (value: unknown): boolean =>
  typeof value === 'number'
    ? !(Math.abs(value) > LARGEST)
    : typeof value !== 'object' || value === null || Object.values(value).every(small)

const firstOf = (scores: Readonly<Record<string, ArrayLike<number>>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(scores).map(([task, values]) => [task, values[0]]))

/** That serving does with a row as a dataset does. Tells whether it was refused. */
export function checkRow(row: unknown, model: PLE, predictors: readonly Predictor[]): boolean {
  const made = attempt(() => datasetOf(row))
  const wanted = made.value && predict(model, made.value)
  for (const predictor of predictors)
    for (const [door, scored] of Object.entries({
      score: attempt(() => ({ ...predictor.score(row as never) })),
      scoreAll: attempt(() => firstOf(predictor.scoreAll([row] as never))),
    })) {
      must(
        (scored.refused === undefined) === (made.refused === undefined),
        () =>
          `${door} on ${predictor.backend}: ${scored.refused ?? 'taken'}, but by a dataset: ${made.refused ?? 'taken'}`,
      )
      if (!scored.value || !wanted || !small(row)) continue
      for (const [task, value] of Object.entries(scored.value))
        must(
          Number.isFinite(value) && Math.abs(value - wanted[task][0]) <= TOLERANCE * Math.max(1, Math.abs(value)),
          () => `${door} on ${predictor.backend}: ${task} is ${value}, but in a dataset ${wanted[task][0]}`,
        )
    }
  return made.refused !== undefined
}

/** Memory is one program's, so that each has a model of its own. */
export function servedModel(): { readonly model: PLE; readonly predictors: readonly Predictor[] } {
  const model = (): PLE =>
    stir(
      new PLE({
        features: FEATURES,
        taskNames: ['click', 'price'],
        taskTypes: ['binary', 'regression'],
        expertDnnHiddenUnits: [6],
        towerDnnHiddenUnits: [4],
      }),
    )
  return {
    model: model(),
    predictors: [cpu, wasm({ bytes: 2 ** 22 })].map((backend) => compilePredictor(model(), { backend })),
  }
}

export function score(): Target {
  const { model, predictors } = servedModel()
  let [taken, refused] = [0, 0]
  return target({
    name: 'score',
    holds: 'serving takes what a dataset takes, and scores it alike',
    cases: 300,
    drawn: fc.oneof({ arbitrary: rows(), weight: 30 }, { arbitrary: hostile(), weight: 1 }),
    check: (row) => {
      if (checkRow(row, model, predictors)) refused++
      else taken++
    },
    notes: () => [`${taken} rows taken by all doors, ${refused} refused by all`],
    close: () => {
      for (const predictor of predictors) predictor.release()
    },
  })
}

/**
 * Damages saved models as disks, editors and strangers do: numbers, names, types, whole subtrees. A damaged file is
 * refused in words, or it is a model that scores and that is saved as what the file says.
 */
import { isDeepStrictEqual } from 'node:util'
import { batches, dataset, denseFeature, widthOf } from '../../src/data/index.ts'
import type { Batch, Column, Feature } from '../../src/data/index.ts'
import { restoreModel, saveModel } from '../../src/models/index.ts'
import type { RestoreOptions, SavableModel, SavedModel } from '../../src/models/index.ts'
import { stream } from '../../src/tensor/index.ts'
import { attempt, must } from './refusal.ts'
import { asVersion1 } from '../models/version1.ts'
import { TRANSFORMS } from './savedModels.ts'

/** Numbers uniform in [0, 1). */
export type Random = () => number

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Parent = Json[] | { [name: string]: Json }

/** From a seed, always the same. */
export function randomOf(seed: number): Random {
  const numbers = stream(seed)
  let counter = 0
  return () => numbers.uniform(counter++)
}

const below = (random: Random, bound: number): number => Math.floor(random() * bound)
export const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)]

const NUMBERS = [
  ...[0, -1, 0.5, 1, 2, 3, 1e3, 65_536, 2e7, 1e9, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53, -(2 ** 31)],
  ...[1e-300, -1e-9, 1e18, 3e38, -3e38, 3.5e38, 1e39, -1e39, 1e308, Number.MAX_VALUE, Number.MIN_VALUE],
]
const NAMES = ['', '__proto__', 'constructor', 'toString', 'length', 'shared', 'a.b', '7', '点击', 'x'.repeat(300)]
const TYPES: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => false,
  () => [],
  () => ({}),
  () => [null],
  () => [[1]],
  () => ({ length: 2, 0: 1, 1: 2 }),
  () => ({ values: [] }),
  () => '5',
]

const copy = (value: Json): Json => JSON.parse(JSON.stringify(value)) as Json

/** Where something hangs. */
interface Place {
  readonly parent: Parent
  readonly key: string
}

const at = ({ parent, key }: Place): Json => (parent as Record<string, Json>)[key]
function put({ parent, key }: Place, value: Json): void {
  // An assignment to __proto__ would not make a member of that name, as a file has it.
  Object.defineProperty(parent, key, { value, configurable: true, enumerable: true, writable: true })
}

/** Somewhere in a tree, going down step by step, so that few large lists do not get all of the damage. */
function somewhere(random: Random, root: Parent): Place {
  let parent = root
  for (;;) {
    const keys = Object.keys(parent)
    const place = { parent, key: keys.length > 0 ? pick(random, keys) : '0' }
    const child = keys.length > 0 ? at(place) : null
    if (typeof child !== 'object' || child === null || Object.keys(child).length === 0 || random() < 0.2) return place
    parent = child
  }
}

const flipped = (random: Random, text: string): string => {
  const index = below(random, text.length)
  const character = String.fromCharCode(text.charCodeAt(index) ^ (1 << below(random, 7)))
  return text.slice(0, index) + character + text.slice(index + 1)
}

const remove = ({ parent, key }: Place): void => {
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else Reflect.deleteProperty(parent, key)
}

const KINDS: Readonly<Record<string, (random: Random, root: Parent) => void>> = {
  number: (random, root) => {
    const place = somewhere(random, root)
    put(place, pick(random, NUMBERS))
  },
  scaled: (random, root) => {
    const place = somewhere(random, root)
    const value = at(place)
    if (typeof value === 'number') put(place, value * pick(random, [-1, 10, 1e6, 1e39, 0.1, 0.5]))
  },
  type: (random, root) => {
    put(somewhere(random, root), pick(random, TYPES)())
  },
  text: (random, root) => {
    put(somewhere(random, root), pick(random, NAMES))
  },
  quoted: (random, root) => {
    const place = somewhere(random, root)
    const value = at(place)
    put(place, typeof value === 'string' ? Number(value) : (JSON.stringify(value) ?? ''))
  },
  flipped: (random, root) => {
    const place = somewhere(random, root)
    const value = at(place)
    if (typeof value === 'string' && value !== '') put(place, flipped(random, value))
    else if (typeof value === 'boolean') put(place, !value)
  },
  deleted: (random, root) => {
    remove(somewhere(random, root))
  },
  duplicated: (random, root) => {
    const { parent, key } = somewhere(random, root)
    const twin = copy(at({ parent, key }) ?? null)
    if (Array.isArray(parent)) parent.splice(Number(key), 0, twin)
    else put({ parent, key: random() < 0.5 ? flipped(random, `${key} `).trim() : pick(random, NAMES) }, twin)
  },
  renamed: (random, root) => {
    const { parent, key } = somewhere(random, root)
    if (Array.isArray(parent)) return
    const value = at({ parent, key }) ?? null
    remove({ parent, key })
    put({ parent, key: random() < 0.5 ? key.slice(1) : flipped(random, `${key} `).trim() }, value)
  },
  truncated: (random, root) => {
    const place = somewhere(random, root)
    const value = at(place)
    if (Array.isArray(value)) value.splice(below(random, value.length + 1))
    else if (typeof value === 'string') put(place, value.slice(0, below(random, value.length + 1)))
    else if (typeof value === 'object' && value !== null)
      for (const key of Object.keys(value).slice(below(random, 5))) remove({ parent: value, key })
  },
  swapped: (random, root) => {
    const [a, b] = [somewhere(random, root), somewhere(random, root)]
    const [one, other] = [copy(at(a) ?? null), copy(at(b) ?? null)]
    put(a, other)
    put(b, one)
  },
}

/** The text of a file after a few kinds of damage; what is no JSON any more was refused before it came to us. */
export function damage(text: string, random: Random): string {
  const file: Parent = [JSON.parse(text) as Json]
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const root = file[0]
    KINDS[pick(random, Object.keys(KINDS))](random, random() < 0.99 && typeof root === 'object' && root ? root : file)
  }
  return JSON.stringify(file[0] ?? null)
}

/**
 * A few rows that any such features can read. Numbers are given as they are once scaled: of a scaling that was damaged,
 * what becomes of numbers may be too large to score, and is finite or refused in words.
 */
function rowsOf(given: readonly Feature[], rows = 3): Batch {
  const columns: Record<string, Column> = {}
  const features = given.map((feature): Feature => {
    if (feature.kind !== 'dense' || !feature.scaling) return feature
    const x = Array.from({ length: rows * feature.dimension }, (_, at) => at - 1)
    const { value } = attempt(() => dataset({ features: [feature], columns: { [feature.name]: x } }))
    for (const number of value?.numbers[feature.name] ?? []) must(Number.isFinite(number), () => `made ${number}`)
    return denseFeature(feature.name, { dimension: widthOf(feature) })
  })
  for (const feature of features) {
    const { name } = feature
    if (feature.kind === 'dense') columns[name] = Array.from({ length: rows * feature.dimension }, (_, at) => at - 1)
    else {
      const value = (row: number): string | number =>
        feature.vocabulary ? (feature.vocabulary.values[row] ?? '') : row % feature.vocabularySize
      const cross = feature.kind === 'sparse' ? feature.crosses : undefined
      for (const column of cross ?? [])
        if (!features.some((other) => other.name === column)) columns[column] = [1, 2, 3].slice(0, rows)
      if (feature.kind === 'varLen') {
        const length = (row: number): number => Math.min(row, feature.maxLength)
        columns[name] = Array.from({ length: rows }, (_, row) => Array<string | number>(length(row)).fill(value(row)))
        if (feature.weights !== undefined)
          columns[feature.weights] = Array.from({ length: rows }, (_, row) => Array<number>(length(row)).fill(row - 1))
      } else if (!cross) columns[name] = Array.from({ length: rows }, (_, row) => value(row))
    }
  }
  const [batch] = batches(dataset({ features, columns }), { batchSize: rows })
  return batch
}

/** What is JavaScript's, even among words of ours. */
export const ACCIDENT = /\[object|Cannot |Invalid |is not (a function|iterable)|call stack|allocation/
const LONGEST = 5000

/** What a file says: numbers as float32 has them, and features in whatever order. */
const meaning = ({ features, parameters, ...rest }: SavedModel): unknown => ({
  ...rest,
  features: Object.fromEntries(features.map((feature) => [feature.name, feature])),
  parameters: Object.fromEntries(Object.entries(parameters).map(([path, values]) => [path, values.map(Math.fround)])),
})

/** What came of a damaged file. */
export type Fate = 'refused' | 'restored'

type Restore = (saved: SavedModel, options: RestoreOptions) => SavableModel

/** Throws unless the text of a file is refused in words, or is of a model that scores and is saved the same again. */
export function checkDamaged(text: string, restore: Restore = restoreModel): Fate {
  const file = JSON.parse(text) as SavedModel
  // Its own transforms, if it still has any: there is nothing to learn from an error that asks for them.
  const options = text.includes('"transformed":true') ? { transforms: TRANSFORMS } : {}
  const { value: model, refused } = attempt(() => restore(file, options))
  if (refused !== undefined) {
    must(!ACCIDENT.test(refused) && refused.length < LONGEST, () => `refused in bad words: ${refused}`)
    return 'refused'
  }
  for (const [name, { values }] of Object.entries(model.forward(rowsOf(model.features)).logits))
    must(values.every(Number.isFinite), () => `${name} scores ${values.join(', ')}`)
  const again = asVersion1(saveModel(model))
  must(isDeepStrictEqual(meaning(again), meaning(file)), () => 'saved again it is another')
  const twice = JSON.stringify(asVersion1(saveModel(restoreModel(again, options))))
  must(twice === JSON.stringify(again), () => 'saved twice it is another')
  return 'restored'
}

/**
 * What a file of a saved program says beside its numbers. It refuses what `saveProgram` does not write; what names a part
 * that is not there is refused where that is looked up.
 */
import { isRecord, isWhole, show } from '../checks/index.ts'
import type { FeatureJSON } from '../data/index.ts'
import { refuse } from './file.ts'

/** Parts of memory are called by number: those of floats, and those of ids. */
export interface Header {
  readonly rows: number
  readonly features: readonly FeatureJSON[]
  /** Floats in all, of which those of the file come first. */
  readonly memory: number
  /** Where each part of them begins, and how many it has. */
  readonly floats: readonly (readonly [offset: number, length: number])[]
  /** How many ids each part has. */
  readonly ids: readonly number[]
  /** By path in a batch: the part, and of ids what they are at least and what they stay below. */
  readonly inputs: Readonly<Record<string, readonly [part: number, least?: number, below?: number]>>
  readonly calls: readonly (readonly [verb: string, ...args: unknown[]])[]
  readonly outputs: Readonly<Record<string, number>>
}

type Fits = (value: unknown) => boolean

/** 4 GiB of them, which is all that a WebAssembly memory has. */
const MOST = 2 ** 30

const isText: Fits = (value) => typeof value === 'string'
const isSize: Fits = (value) => isWhole(value, 1, 2 ** 31 - 1)
const isExtent: Fits = (value) => isWhole(value, 0, MOST)
const either =
  (...all: readonly Fits[]): Fits =>
  (value) =>
    all.some((fits) => fits(value))
const listOf =
  (each: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.every((member) => each(member))
const recordOf =
  (each: Fits): Fits =>
  (value) =>
    isRecord(value) && Object.values(value).every((member) => each(member))
/** Of these members, and no others. */
const madeOf =
  (members: Readonly<Record<string, Fits>>): Fits =>
  (value) =>
    isRecord(value) &&
    Object.keys({ ...members, ...value }).every((name) => Object.hasOwn(members, name) && members[name](value[name]))
const maybe = (fits: Fits): Fits => either((value) => value === undefined, fits)

const isNumbers = listOf(Number.isFinite)
const isFlag = (value: unknown): boolean => typeof value === 'boolean'

/** As `featuresToJSON` writes it: what else holds of features was looked at when they were made, and no memory hangs on it. */
const hasFeature = madeOf({
  kind: (value) => ['dense', 'sparse', 'varLen'].includes(value as string),
  name: (value) => isText(value) && !((value as string) in Object.prototype),
  dimension: isSize,
  transformed: maybe((value) => value === true),
  table: maybe(isText),
  vocabularySize: maybe(isSize),
  vocabulary: maybe(madeOf({ values: either(listOf(isText), isNumbers) })),
  hashBuckets: maybe(isSize),
  edges: maybe(isNumbers),
  scaling: maybe(
    madeOf({
      missing: maybe(isNumbers),
      indicator: maybe(isFlag),
      least: maybe(isNumbers),
      most: maybe(isNumbers),
      log: maybe(isFlag),
      mean: maybe(isNumbers),
      deviation: maybe(isNumbers),
    }),
  ),
  crosses: maybe(listOf(isText)),
  initStd: maybe((value) => Number.isFinite(value)),
  trainable: maybe(isFlag),
  maxLength: maybe(isSize),
  pooling: maybe(isText),
  candidate: maybe(isText),
  attentionHiddenUnits: maybe(listOf(isSize)),
  attentionActivation: maybe(isText),
  attentionNormalize: maybe(isFlag),
  weights: maybe(isText),
  weightNorm: maybe(isFlag),
})

/** A scaling has a number for each of its feature, or none. */
const isFeature: Fits = (value) =>
  hasFeature(value) &&
  Object.values((value as { readonly scaling?: object }).scaling ?? {}).every(
    (step) => !Array.isArray(step) || step.length === (value as FeatureJSON).dimension,
  )

const HEADER: Readonly<Record<keyof Header, Fits>> = {
  rows: isSize,
  features: listOf(isFeature),
  memory: isExtent,
  floats: listOf((pair) => listOf(isExtent)(pair) && (pair as readonly unknown[]).length === 2),
  ids: listOf(isExtent),
  inputs: recordOf(listOf((value) => isWhole(value, -1))),
  calls: listOf(Array.isArray),
  outputs: recordOf(isExtent),
}

/** Throws a RangeError unless this is a header, each part of which lies within its memory. */
export function checkHeader(given: unknown, numbers: number): asserts given is Header {
  const header = isRecord(given) ? given : {}
  const bad = Object.keys({ ...HEADER, ...header }).find(
    (name) => !Object.hasOwn(HEADER, name) || !HEADER[name as keyof Header](header[name]),
  )
  if (bad !== undefined) refuse(`'${bad}' as saveProgram writes it`, show(header[bad]), 'it reads nothing else')
  const { memory, floats, ids } = header as unknown as Header
  const ends = floats.map(([offset, length]) => offset + length)
  if (numbers > memory || ends.some((end) => end > memory) || ids.reduce((all, each) => all + each, 0) > MOST)
    refuse(
      `parts within a memory of ${memory}`,
      `${numbers} numbers and ends at ${ends.join(' ').slice(0, 60)}`,
      'there is no more',
    )
}

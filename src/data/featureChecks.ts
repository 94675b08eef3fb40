/** Checks features, each by itself and all against each other; it refuses in the words of `feature 'name': expected …`. */
import {
  anything,
  callable,
  checkOptions,
  checkValue,
  flag,
  having,
  listOf,
  needed,
  oneOf,
  real,
  show,
  whole,
} from '../checks/index.ts'
import type { Check, Checks } from '../checks/index.ts'
import { ATTENTION, checkPooling, checkCandidates } from './attention.ts'
import { EDGES } from './bins.ts'
import type { DenseFeature, Embedded, Feature, SparseFeature, VarLenFeature } from './featureKinds.ts'
import type { Pretrained } from './pretrained.ts'
import { sameVocabulary } from './sameFeature.ts'
import { checkScaling } from './scaling.ts'
import { VOCABULARY } from './vocabulary.ts'

export const named = (name: unknown): string => `feature ${show(name)}`

/** Throws in the words of features. */
export const refuse = (feature: { readonly name: unknown }, expected: string, got: unknown, because: string): never => {
  throw new RangeError(`${named(feature.name)}: expected ${expected} but got ${String(got)}: because ${because}`)
}

export const COUNT = whole(1, 2 ** 31 - 1)

/** Of a row, whose memory is taken before its first id is seen: 4 MiB. */
export const LENGTH = whole(1, 2 ** 20)

/** Names key plain objects, which already have members such as 'constructor'. */
export const NAME: Check = {
  expected: 'to be a non-empty string that no object already has',
  fits: (value) => typeof value === 'string' && value !== '' && !(value in Object.prototype),
}

export const DEVIATION = real('[0, ∞)')

export const POOLING = oneOf('mean', 'sum', 'max', 'attention')

export const CROSSES: Check = {
  ...listOf(NAME, 2),
  expected: 'to be two or more different columns, each a non-empty string that no object already has,',
  fits: (value) => listOf(NAME, 2).fits(value) && new Set(value as string[]).size === (value as string[]).length,
  got: (value) => (Array.isArray(value) ? `[${value.map(show).join(', ')}]` : show(value)),
}

const DENSE: Checks<DenseFeature> = {
  kind: oneOf('dense'),
  name: needed(NAME),
  dimension: needed(COUNT),
  transform: callable,
  scaling: anything,
}

const NUMBERS = having('numbers, as sparseFeature takes them,', 'shape', 'has', 'start')

/** No file has functions. */
const PRETRAINED: Check = {
  ...NUMBERS,
  fits: (value) => NUMBERS.fits(value) && callable.fits((value as Pretrained).start),
}

const EMBEDDED: Checks<Embedded> = {
  name: needed(NAME),
  vocabulary: VOCABULARY,
  hashBuckets: COUNT,
  edges: EDGES,
  vocabularySize: needed(COUNT),
  dimension: needed(COUNT),
  table: needed(NAME),
  initStd: DEVIATION,
  trainable: flag,
  pretrained: PRETRAINED,
}

const SPARSE: Checks<SparseFeature> = { kind: oneOf('sparse'), ...EMBEDDED, crosses: CROSSES }

const VAR_LEN: Checks<VarLenFeature> = {
  kind: oneOf('varLen'),
  ...EMBEDDED,
  maxLength: needed(LENGTH),
  pooling: needed(POOLING),
  weights: NAME,
  weightNorm: flag,
  ...ATTENTION,
}

const CHECKS = { dense: DENSE, sparse: SPARSE, varLen: VAR_LEN }

const KIND = oneOf(...Object.keys(CHECKS))

export const FEATURES = listOf(having('a feature', 'kind', 'name'))

/** How values find ids, of which there is one in a feature. */
type Ways = { readonly [K in 'vocabulary' | 'hashBuckets' | 'edges']?: Embedded[K] | undefined }

/** How many ids values have that are encoded: of edges, a bin more than there are, and 0 where one is missing. */
export const reached = ({ vocabulary, hashBuckets, edges }: Ways): number =>
  vocabulary?.size ?? (edges ? edges.length + 2 : (hashBuckets ?? 0) + 1)

/**
 * Checks a feature by itself.
 * @throws RangeError naming the feature and the property that is not known or makes no sense.
 */
export function checkFeature(feature: Feature): void {
  const who = named(feature.name)
  checkValue(who, 'kind', feature.kind, KIND)
  checkOptions<Feature>(who, feature, CHECKS[feature.kind])
  if (feature.kind === 'dense') {
    if (feature.scaling === undefined) return
    checkScaling(who, feature.scaling, feature.dimension)
    if (feature.transform) refuse(feature, 'a transform or a scaling', 'both', 'numbers are made in one way')
    return
  }
  const ways = [feature.vocabulary, feature.hashBuckets, feature.edges].filter((way) => way !== undefined)
  if (ways.length > 1)
    refuse(feature, 'one of vocabulary, hashBuckets and edges', ways.length, 'values find ids in one way')
  const ids = ways.length > 0 ? reached(feature) : feature.vocabularySize
  if (feature.vocabularySize !== ids)
    refuse(feature, `a vocabularySize of ${ids}`, feature.vocabularySize, 'its values reach so many ids')
  const { pretrained, vocabularySize, dimension } = feature
  if (pretrained && pretrained.shape.join('×') !== `${vocabularySize}×${dimension}`)
    refuse(
      feature,
      `pretrained of (${vocabularySize}×${dimension})`,
      `(${pretrained.shape.join('×')})`,
      'its table has that shape',
    )
  if (feature.kind === 'varLen') checkPooling(feature, refuse)
  if (feature.kind !== 'sparse' || !feature.crosses) return
  if (feature.crosses.includes(feature.name))
    refuse(feature, 'a name of its own', `'${feature.name}'`, 'it crosses a column of that name')
  if (feature.hashBuckets === undefined) refuse(feature, 'hashBuckets', undefined, 'combinations of values are hashed')
}

/**
 * Checks features by themselves and against each other.
 * @throws RangeError if a number makes no sense, a name or column is used twice, or one table is meant in two ways.
 */
export function checkFeatures(features: readonly Feature[]): void {
  checkValue('checkFeatures', 'features', features, FEATURES)
  features.forEach(checkFeature)
  checkTogether(features)
}

/**
 * Checks features, each of which was checked as it was made, against each other.
 * @throws RangeError if a name or column is used twice, or one table is meant in two ways.
 */
export function checkTogether(features: readonly Feature[]): void {
  const columns = new Map<string, Feature>()
  const tables = new Map<string, Embedded>()
  for (const feature of features) {
    if (columns.has(feature.name)) refuse(feature, 'distinct names', 'this one twice', 'columns are found by name')
    columns.set(feature.name, feature)
    if (feature.kind === 'dense') continue
    const first = tables.get(feature.table) ?? feature
    tables.set(feature.table, feature.pretrained ? feature : first)
    const because = `it shares table '${feature.table}' with feature '${first.name}'`
    for (const what of ['vocabularySize', 'dimension', 'hashBuckets', 'initStd', 'trainable'] as const)
      if (first[what] !== feature[what]) refuse(feature, `${what} ${String(first[what])}`, feature[what], because)
    if (feature.pretrained && first.pretrained && first !== feature) refuse(feature, 'no pretrained', 'some', because)
    if (!sameVocabulary(first.vocabulary, feature.vocabulary)) refuse(feature, 'one vocabulary', 'another', because)
    if (String(first.edges) !== String(feature.edges)) refuse(feature, 'the same edges', 'others', because)
  }
  const lists = features.flatMap((feature) => (feature.kind === 'varLen' ? [feature.name, feature.weights] : []))
  for (const feature of features) {
    if (feature.kind !== 'sparse') continue
    for (const name of feature.crosses ?? []) {
      const source = columns.get(name)
      if (lists.includes(name) || (source && source.kind !== 'sparse' && source.dimension > 1))
        refuse(feature, 'columns of one value per row to cross', `'${name}'`, 'a row has many values there')
      if (source?.kind === 'sparse' && source.crosses)
        refuse(feature, 'columns to cross', `'${name}'`, 'that is a crossed feature itself: cross its columns')
    }
  }
  checkCandidates(columns, refuse)
  const weighted = new Map<string, VarLenFeature>()
  for (const feature of features) {
    if (feature.kind !== 'varLen' || feature.weights === undefined) continue
    if (columns.has(feature.weights))
      refuse(feature, 'a column of weights of its own', `'${feature.weights}'`, 'a feature has that name')
    const first = weighted.get(feature.weights) ?? feature
    weighted.set(feature.weights, first)
    if (first.maxLength !== feature.maxLength)
      refuse(
        feature,
        `maxLength ${first.maxLength}`,
        feature.maxLength,
        `'${first.name}' has the same column of weights`,
      )
  }
}

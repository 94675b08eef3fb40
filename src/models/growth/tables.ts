/**
 * What becomes of the tables of a model that grows. It refuses to take a row away, to renumber one, and to grow what is
 * hashed.
 */
import { checkValue, didYouMean, show, whole } from '../../checks/index.ts'
import { UNKNOWN_ID, growVocabulary, pretrainedOf, vocabularyOf } from '../../data/index.ts'
import type { Feature, MaybeValue, SparseFeature, VarLenFeature, Vocabulary } from '../../data/index.ts'
import type { Pretrained, PretrainedRows } from '../../data/index.ts'

/** What a feature grows by: further values, a vocabulary that has them, or the rows that its table is to have. */
export type Growth = ArrayLike<MaybeValue | ArrayLike<MaybeValue>> | Vocabulary | number

/** What `growModel` takes. */
export interface GrowOptions {
  /**
   * By feature: further values as data has them, of which new ones are put behind those that are known; a vocabulary that
   * has all that is known; or, where ids are given, the new `vocabularySize`. All features of a table grow with it.
   */
  readonly features: Readonly<Record<string, Growth>>
  /** What a new row starts as: the mean of the rows that its table has, or drawn as in a new model. Default 'mean'. */
  readonly start?: 'mean' | 'drawn'
  /** By feature: what new rows of its table of embeddings start as instead, such as rows by value. Known rows stay. */
  readonly pretrained?: Readonly<Record<string, PretrainedRows>>
}

type Embedded = SparseFeature | VarLenFeature

export const WHO = 'growModel'

/** The feature of that name, if it has a table. */
function embedded(features: readonly Feature[], name: string): Embedded {
  const feature = features.find((each) => each.name === name)
  const known = features.filter(({ kind }) => kind !== 'dense').map((each) => each.name)
  if (!feature || feature.kind === 'dense')
    throw new RangeError(
      `${WHO}: expected features with tables, ${known.join(', ') || 'of which there are none'}, but got '${name}'${didYouMean(name, known)}`,
    )
  return feature
}

/** How values find rows. */
type Encoding = Pick<Embedded, 'vocabularySize' | 'vocabulary'>

const encodedBy = (vocabulary: Vocabulary): Encoding => ({ vocabularySize: vocabulary.size, vocabulary })

/** The encoding of a feature that has grown. */
function grownBy(feature: Embedded, growth: Growth): Encoding {
  const { name, vocabulary, vocabularySize, hashBuckets, edges } = feature
  if (hashBuckets !== undefined)
    throw new RangeError(
      `${WHO}: expected features that grow but got '${name}': because its values are hashed to ${hashBuckets} rows, and every value has one`,
    )
  if (edges)
    throw new RangeError(
      `${WHO}: expected features that grow but got '${name}': because its numbers fall between ${edges.length} edges, and every number has a row`,
    )
  if (!vocabulary) {
    checkValue(WHO, `vocabularySize of '${name}', to which ids are given,`, growth, whole(vocabularySize, 2 ** 31 - 1))
    return { vocabularySize: growth as number }
  }
  if (typeof growth !== 'object' || growth === null)
    throw new RangeError(
      `${WHO}: expected values or a vocabulary for '${name}', which has a vocabulary, but got ${show(growth)}`,
    )
  if (!('encode' in growth)) return encodedBy(growVocabulary(vocabulary, growth))
  const { values } = vocabulary
  const lost = values.find((value) => growth.encode(value) === UNKNOWN_ID)
  if (lost !== undefined)
    throw new RangeError(
      `${WHO}: expected a vocabulary of '${name}' with all ${values.length} values that are known but got one without ${show(lost)}: because no row is taken away; pass its values to add those that are new`,
    )
  return encodedBy(
    vocabularyOf([...values, ...growth.values.filter((value) => vocabulary.encode(value) === UNKNOWN_ID)]),
  )
}

/** A table that grows. */
export interface Grown {
  readonly encoding: Encoding
  /** The first row that values or ids were known for. */
  readonly first: number
  /** What new rows of embeddings start with, and the feature that has it. */
  readonly pretrained?: Pretrained
  readonly holder?: string
}

/** What becomes of tables, by name. */
export function grownTables(
  features: readonly Feature[],
  { features: growths, pretrained = {} }: GrowOptions,
): Map<string, Grown> {
  const grown = new Map<string, Grown>()
  for (const [name, growth] of Object.entries(growths)) {
    const feature = embedded(features, name)
    const { table, vocabulary } = feature
    const encoding = grownBy({ ...feature, ...grown.get(table)?.encoding }, growth)
    const lists = features.every((each) => each.kind === 'dense' || each.table !== table || each.kind === 'varLen')
    grown.set(table, { encoding, first: vocabulary ? UNKNOWN_ID + 1 : lists ? 1 : 0 })
  }
  for (const [name, rows] of Object.entries(pretrained)) {
    const { table, dimension } = embedded(features, name)
    const found = grown.get(table)
    if (!found || found.pretrained)
      throw new RangeError(
        `${WHO}: expected pretrained of ${found ? 'one feature of' : 'tables that grow, but got it of'} table '${table}'${found ? ` but got another of '${name}'` : ''}: because it is for its new rows`,
      )
    const who = `${WHO}, feature '${name}'`
    grown.set(table, { ...found, holder: name, pretrained: pretrainedOf(who, rows, { ...found.encoding, dimension }) })
  }
  return grown
}

/** A feature with what its table has become. Its numbers are the model's, so that none start it again. */
export function withTable(feature: Feature, grown: ReadonlyMap<string, Grown>): Feature {
  if (feature.kind === 'dense') return feature
  const { pretrained: _, ...rest } = feature
  const { encoding, holder, pretrained } = grown.get(feature.table) ?? {}
  return { ...rest, ...encoding, ...(holder === feature.name && pretrained && { pretrained }) }
}

/**
 * Features as a person writes them down: which column, what kind, and what is to be fitted on the training rows. Plain
 * JSON; it refuses to hold anything that was fitted, which is in the features of the model.
 */
import type { Pooling, VocabularyOptions } from '../data/index.ts'

/** The part of a date or a time: numbers, weekdays from 1, Monday, to 7. */
export type TimePart = 'hour' | 'weekday' | 'day' | 'month' | 'year' | 'age'

/** What every feature may have. */
export interface Noted {
  /** A note, such as why it is proposed. Nothing reads it. */
  readonly why?: string
}

/** Where the values of a feature come from. */
export interface ColumnSpec extends Noted {
  /** The feature's name, by which a served row has it. */
  readonly name: string
  /** The column of the table. Default the name. */
  readonly column?: string
  /** Of a date or a time, the part that is taken, in UTC. `age` is in days, up to `until`. */
  readonly time?: TimePart
  /** Of `age`: a column, or a date such as `2024-05-31`. */
  readonly until?: string
}

/** How values find rows of a table of embeddings: by one of these. Default a vocabulary of all. */
export interface WaysSpec {
  /** Of the values of training rows: see `fitVocabulary`. */
  readonly vocabulary?: VocabularyOptions
  /** Values are hashed to so many. */
  readonly hashBuckets?: number
  /** Numbers fall into so many bins of equally many training rows: see `quantileBins`. */
  readonly bins?: number
  /** Numbers fall between these. */
  readonly edges?: readonly number[]
  /** The column has ids, from 0 to one less than this. */
  readonly vocabularySize?: number
}

/** A table of embeddings: see `OpenOptions` of plegrad. */
export interface EmbeddingSpec {
  readonly dimension?: number | 'auto'
  /** Features that name one table share it, and its vocabulary is fitted on all of their columns. */
  readonly table?: string
  readonly initStd?: number
  readonly trainable?: boolean
}

/** One category per row. */
export interface SparseSpec extends ColumnSpec, WaysSpec, EmbeddingSpec {
  readonly kind: 'sparse'
  /** Whether values are told apart as texts or as numbers. Default by the column's type: see docs/tables.md. */
  readonly as?: 'text' | 'number'
}

/** A list of categories per row. */
export interface VarLenSpec extends Pick<ColumnSpec, 'name' | 'column' | 'why'>, WaysSpec, EmbeddingSpec {
  readonly kind: 'varLen'
  readonly as?: 'text' | 'number'
  /** What a column of texts is split at, such as a comma. */
  readonly separator?: string
  readonly maxLength: number
  readonly pooling?: Pooling
  /** The column of weights, one per value. */
  readonly weights?: string
  readonly weightNorm?: boolean
  readonly candidate?: string
  readonly attentionHiddenUnits?: readonly number[]
  readonly attentionActivation?: string
  readonly attentionNormalize?: boolean
}

/** Numbers: see `ScalingOptions` of plegrad/encoding for what is fitted. */
export interface DenseSpec extends ColumnSpec {
  readonly kind: 'dense'
  /** How many numbers a row's list has. Default 1, and then the column has no lists. */
  readonly dimension?: number
  readonly missing?: 'mean' | 'median' | number
  readonly indicator?: boolean
  readonly clip?: readonly [least: number, most: number]
  readonly clipQuantiles?: readonly [least: number, most: number]
  readonly log?: boolean
  readonly standardise?: boolean
}

/** Several columns together as one category, hashed: features by name, and other columns as they are. */
export interface CrossedSpec extends Noted, EmbeddingSpec {
  readonly kind: 'crossed'
  readonly columns: readonly string[]
  readonly hashBuckets: number
  /** Default the columns' names with `_x_` between them. */
  readonly name?: string
}

/** A feature before anything is fitted, as JSON. */
export type FeatureSpec = SparseSpec | VarLenSpec | DenseSpec | CrossedSpec

/** The name of a feature, which a crossed one need not say. */
export const nameOf = (spec: FeatureSpec): string =>
  spec.kind === 'crossed' ? (spec.name ?? spec.columns.join('_x_')) : spec.name

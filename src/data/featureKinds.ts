/**
 * The kinds of features: plain objects that name what a column holds and how wide it becomes. They refuse to hold data.
 */
import type { Pretrained } from './pretrained.ts'
import type { Vocabulary } from './vocabulary.ts'

/** How the embeddings of a list become one; by attention, as much of each as it matters for a candidate. */
export type Pooling = 'mean' | 'sum' | 'max' | 'attention'

/** What features with an embedding table have. */
export interface Embedded {
  readonly name: string
  /** Rows of the table. */
  readonly vocabularySize: number
  readonly vocabulary?: Vocabulary
  readonly hashBuckets?: number
  /** Values are numbers, and ids say between which of these they lie. */
  readonly edges?: readonly number[]
  readonly dimension: number
  readonly table: string
  /** The standard deviation that the table starts with, where that is not the model's. */
  readonly initStd?: number
  /** False where the table is not learned. */
  readonly trainable?: boolean
  /** What the table starts with. No file has it: by then these are numbers of the model. */
  readonly pretrained?: Pretrained
}

/** One id per row. */
export interface SparseFeature extends Embedded {
  readonly kind: 'sparse'
  /** The columns, at least two, whose values are hashed together: see `crossedFeature`. */
  readonly crosses?: readonly string[]
}

/** Up to `maxLength` ids per row. */
export interface VarLenFeature extends Embedded {
  readonly kind: 'varLen'
  readonly maxLength: number
  readonly pooling: Pooling
  readonly weights?: string
  readonly weightNorm?: boolean
  /** Of attention: the sparse feature of the same table that is asked about. */
  readonly candidate?: string
  /** The layers of the network that says how much an item matters. */
  readonly attentionHiddenUnits?: readonly number[]
  readonly attentionActivation?: string
  readonly attentionNormalize?: boolean
}

/**
 * A dense feature's own numbers, each list with one for each place of a row: as `fitScaling` finds them, or by hand. Applied
 * in the order that they have here, each step only where it is given, in float64.
 */
export interface Scaling {
  /** What stands in for a number that is missing: null, undefined or NaN. Where it is not given, these are refused. */
  readonly missing?: readonly number[]
  /** Whether behind the numbers of a row there are as many more: 1 for each that was missing, 0 for each that was there. */
  readonly indicator?: boolean
  /** Lower numbers become this one, and higher ones `most`. */
  readonly least?: readonly number[]
  readonly most?: readonly number[]
  /** Whether x becomes sign(x)·log(1 + |x|): log1p of what is not negative, and it has a place for what is. */
  readonly log?: boolean
  /** What is subtracted. */
  readonly mean?: readonly number[]
  /** What is divided by, above 0. */
  readonly deviation?: readonly number[]
}

/** `dimension` numbers per row, and as many again where its scaling has an indicator. */
export interface DenseFeature {
  readonly kind: 'dense'
  readonly name: string
  readonly dimension: number
  /** Applied to every number as a dataset is built. */
  readonly transform?: (x: number) => number
  /** What is done to every number instead, as data: a file has it. See `fitScaling` of plegrad/encoding. */
  readonly scaling?: Scaling
}

/** A column, and what is made of it. */
export type Feature = SparseFeature | VarLenFeature | DenseFeature

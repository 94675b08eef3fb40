/**
 * The kinds of features: plain objects that name what a column holds and how wide it becomes. They refuse to hold data.
 */
import type { Pretrained } from './pretrained.ts'
import type { Vocabulary } from './vocabulary.ts'

/** How the embeddings of a list become one. */
export type Pooling = 'mean' | 'sum' | 'max'

/** What features with an embedding table have. */
export interface Embedded {
  readonly name: string
  /** Rows of the table. */
  readonly vocabularySize: number
  readonly vocabulary?: Vocabulary
  readonly hashBuckets?: number
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
}

/** `dimension` numbers per row. */
export interface DenseFeature {
  readonly kind: 'dense'
  readonly name: string
  readonly dimension: number
  /** Applied to every number as a dataset is built. */
  readonly transform?: (x: number) => number
}

/** A column, and what is made of it. */
export type Feature = SparseFeature | VarLenFeature | DenseFeature

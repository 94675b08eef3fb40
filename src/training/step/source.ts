/**
 * What a training learns from: rows that are all at hand, or a stream of them. It refuses to know how a stream is read: that
 * plegrad/streams knows, so that nobody downloads it whose rows are at hand.
 */
import { either, having } from '../../checks/index.ts'
import { DATASET } from '../../data/index.ts'
import type { Dataset } from '../../data/index.ts'
import type { Model } from '../../models/index.ts'
import type { TaskMetrics } from '../dataChecks.ts'
import { rounds } from './rounds.ts'
import type { RoundsOptions, RowRange } from './rounds.ts'

/** By output, a number a row. */
type Predictions = Record<string, Float32Array>

/** What is made of each part of a stream before it is used, such as checked. */
export type PartMade = (part: Dataset) => Dataset

/** What scores are asked for: of which tasks, and by which metrics, where not by those of their kinds. */
export interface ScoresAsked {
  readonly model: Model
  readonly predict: (part: Dataset) => Predictions
  readonly metrics?: TaskMetrics | undefined
  readonly tasks?: readonly string[] | undefined
  readonly made?: PartMade | undefined
}

/** Rows that could not be read. */
export interface Unread {
  readonly error: unknown
}

/** Ranges of rows, one after the other. */
export interface Ranges {
  /** Sees to it that the next one is at hand, or gives the error that it cannot be read by. */
  ready?(): Promise<Unread | undefined>
  next(): { readonly value: RowRange }
  /** What the steps since it was asked before were like. */
  told?(): { readonly waiting: number }
  /** Has nothing more read. */
  close?(): void
}

/** Rows that are read part by part while a model is trained or scored: made by `streamed` of plegrad/streams. */
export interface StreamedData {
  readonly rows: number
  readonly features: Dataset['features']
  readonly taskNames: readonly string[]
  /** The first part, in memory: what all others are like, and enough to begin at base rates with. */
  readonly example: Dataset
  /** What decides which rows a step has: the rows of all parts, and how many are shuffled together. */
  readonly facts: Readonly<Record<string, unknown>>
  /** The rows of steps, round by round, without end. */
  rounds(options: RoundsOptions, made: PartMade): Ranges
  /** The parts in the order of their rows; the next one is read meanwhile. */
  parts(made?: PartMade): AsyncGenerator<Dataset, void>
  /** What `evaluate` says of all rows. */
  scores(asked: ScoresAsked): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>>
}

/** A data set, in memory or streamed. */
export type Data = Dataset | StreamedData

export const DATA = either(DATASET, having('a stream of one', 'example'))

export const isStreamed = (data: Data): data is StreamedData => 'example' in data

/** Rows that say what all are like. */
export const exampleOf = (data: Data): Dataset => (isStreamed(data) ? data.example : data)

/** The rows of steps, round by round. */
export const rangesOf = (data: Data, options: RoundsOptions, made: PartMade): Ranges =>
  isStreamed(data) ? data.rounds(options, made) : rounds(data.rows, options)

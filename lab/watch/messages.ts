/** What a page and the worker that trains one model say to each other. */
import type { Scores } from '../../src/index.ts'
import type { Settings, SideName } from './settings.ts'

/** What a gate hears: its experts by name, and their mean weights over rows that validate. */
export interface Hearing {
  readonly experts: readonly string[]
  readonly mean: readonly number[]
}

/** A part of the model that two tasks are computed from, and the cosine between the gradients of each two by it. */
export interface SharedPart {
  readonly part: string
  readonly cosines: readonly Cosine[]
}

export interface Cosine {
  readonly tasks: readonly [string, string]
  /** NaN where a gradient is 0. */
  readonly cosine: number
}

/** What a model was like at the end of an epoch; epoch 0 is before the first step. */
export interface Snapshot {
  readonly epoch: number
  /** Mean losses over the epoch's rows, by task; none before the first. */
  readonly losses: Readonly<Record<string, number>>
  /** What each task's gradient counted for; none before the first. */
  readonly weights: Readonly<Record<string, number>>
  readonly validation: Scores
  /** By level and gate. */
  readonly gates: readonly Readonly<Record<string, Hearing>>[]
  /** All of what is shared comes first. */
  readonly parts: readonly SharedPart[]
}

/** What the losses of a batch were. */
export interface BatchNews {
  readonly step: number
  readonly losses: Readonly<Record<string, number>>
}

/** What is known of a training before it begins. */
export interface Ready {
  readonly backend: string
  /** Why it is not WebAssembly, if it is not. */
  readonly instead?: string
  /** Steps of an epoch. */
  readonly batches: number
  readonly parameters: number
  readonly tasks: Readonly<Record<string, 'binary' | 'regression'>>
  readonly rows: { readonly train: number; readonly validation: number }
  /** What was done to the data, in words. */
  readonly notes: readonly string[]
}

/** A column of a file, as it was read. */
export interface FoundColumn {
  readonly name: string
  readonly guess: 'number' | 'category' | 'binary' | 'regression' | 'out'
  readonly distinct: number
  readonly empty: number
  readonly example: string
}

export interface FoundTable {
  readonly rows: number
  readonly columns: readonly FoundColumn[]
}

/** To a worker. */
export type Order =
  | { readonly kind: 'look'; readonly file: Blob }
  | { readonly kind: 'start'; readonly settings: Settings; readonly side: SideName; readonly file?: Blob }
  /** Trains until so many steps have been taken, taking so many seconds for an epoch, or as few as it can. */
  | { readonly kind: 'until'; readonly step: number; readonly seconds: number }
  /** Takes the training back to the end of an epoch. */
  | { readonly kind: 'back'; readonly epoch: number }
  /** Asks for the model as a file, as it was at the end of an epoch. */
  | { readonly kind: 'keep'; readonly epoch: number }

/** From a worker. */
export type News =
  | { readonly kind: 'found'; readonly table: FoundTable }
  | { readonly kind: 'ready'; readonly ready: Ready }
  | ({ readonly kind: 'batch' } & BatchNews)
  | { readonly kind: 'epoch'; readonly snapshot: Snapshot }
  /** Nothing happens until another order. */
  | { readonly kind: 'held'; readonly step: number }
  /** What was told before is not so any more. */
  | { readonly kind: 'returned'; readonly epoch: number }
  | { readonly kind: 'kept'; readonly epoch: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly words: string }

/** What training tells while it runs and when it has ended. */
import type { Scores } from '../scoring/evaluate.ts'

/** Where training stands after a batch. */
export interface Progress {
  readonly epoch: number
  readonly epochs: number
  /** The number of this batch in its epoch, from 1, and how many there are. */
  readonly batch: number
  readonly batches: number
  /** Steps taken in all. */
  readonly step: number
  /** The loss of each task on this batch, 0 where it has no row of the task. */
  readonly losses: Readonly<Record<string, number>>
  /** What the gradient of each task counted for in this step. */
  readonly weights: Readonly<Record<string, number>>
  /** Whose step it was, where parts of a model take turns. */
  readonly turn?: string
}

/** What an epoch was like. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number
  /** The mean loss of each task over the epoch's rows in its sample space; NaN where there was none. */
  readonly losses: Readonly<Record<string, number>>
  /** The mean weight of each task over the epoch's steps that had rows of it; NaN where there was none. */
  readonly weights: Readonly<Record<string, number>>
  readonly validation?: Scores
  /** What the best epoch is chosen by; higher is better. */
  readonly score?: number
  readonly learningRate: number
  readonly seconds: number
  /** Which share of their time steps waited for their rows, where data are streamed: those taken since training began or went on. */
  readonly waiting?: number
}

/** Where a training went on. */
export interface Resumed {
  /** The name of the checkpoint. */
  readonly checkpoint: string
  /** Steps that had been taken. */
  readonly step: number
  /** Newer checkpoints that were damaged, and what is wrong with each. */
  readonly passedOver: readonly string[]
}

/** What a training was like. */
export interface History {
  readonly epochs: readonly EpochRecord[]
  /** The epoch of the highest score, whose parameters the model now has. */
  readonly best?: number
  readonly stopped: 'finished' | 'early' | 'aborted'
  /** What ran. */
  readonly backend: string
  readonly optimizer: string
  readonly strategy: string
  readonly steps: number
  /** Where it went on, if it did; epochs and steps from before are counted. */
  readonly resumed?: Resumed
}

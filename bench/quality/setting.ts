/** A setting: cells on the same data, what is measured of each, and what others have printed of it. */
import type { MetricName } from '../../src/index.ts'

/** What fits JSON, and so into the hash that names a run. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain }

/** What one cell measured for one seed. Numbers alone: a run holds no row of data. */
export interface Measured {
  /** By name, as in `vtr auc`; more than a study shows may be there. */
  readonly metrics: Readonly<Record<string, number>>
  readonly parameters: number
  /** The epoch that was kept, from 1. */
  readonly epoch: number
  /** Of training, validation included. */
  readonly seconds: number
  readonly backend: string
  readonly optimizer: string
  /** Several numbers by one name, for figures, as in the rows of a matrix. */
  readonly lists?: Readonly<Record<string, readonly number[]>>
}

/** A model under a strategy: what is trained once for each seed. */
export interface Cell {
  /** Unique in its setting. The same name in other settings is the same series, and has the same colour. */
  readonly name: string
  /** At most 14 letters, for the terminal. */
  readonly label: string
  /** All that determines a run besides data and seed. A run is found again by it, so a change of it trains anew. */
  readonly facts: { readonly [name: string]: Plain }
  /** Runs in a worker process; data is loaded there, once. */
  readonly train: (seed: number) => Promise<Measured>
}

/** A column of a study's tables. */
export interface Measure {
  /** A name in `Measured.metrics`. */
  readonly name: string
  /** At most 13 letters. */
  readonly label: string
  readonly metric: MetricName
  /** The name of the cell that gains are over. */
  readonly twin: string
}

/** Figures that others have printed, to stand beside ours. */
export interface Published {
  /** At most 12 letters, for the terminal. */
  readonly name: string
  /** Paper and table. */
  readonly source: string
  /** What differs from what is measured here, so that nobody expects equal numbers. */
  readonly differs: string
  /** By cell and measure. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Gains as they are printed, where they are: they are made of more digits than the figures show. */
  readonly gains?: Published['figures']
}

/** Cells on the same data: gains are taken within a setting, between runs of one seed. */
export interface Setting {
  /** Unique in its study, as in `KuaiRand-Pure` or `correlation 0.5`. */
  readonly name: string
  /** Where the setting stands on an axis, in a sweep. */
  readonly x?: number
  /** Names the data's very content, without loading it. */
  readonly fingerprint: () => string
  readonly measures: readonly Measure[]
  readonly cells: readonly Cell[]
  readonly published?: readonly Published[]
}

/** A run as it is kept: one line of JSON. */
export interface Run extends Measured {
  /** What determines it, as a hash. */
  readonly key: string
  readonly setting: string
  readonly cell: string
  readonly seed: number
  readonly node: string
  readonly relaxedSimd: string
  readonly date: string
}

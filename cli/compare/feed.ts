/** What a comparison learns from. It refuses nothing: who makes it has checked its rows. */
import type { Dataset, Feature } from '../../src/index.ts'
import type { Meaning } from './labels.ts'
import type { Tasks } from './models.ts'
import type { Spread } from './spread.ts'

/** What others' models reach on the same data at the same widths, measured once and written down. */
export interface Reference {
  readonly source: string
  /** By model and task: AUC of a binary task, MSE of a regression. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, Spread>>>>
}

/** What is known of data beside their rows. */
export interface About {
  /** What names of tasks are short for. */
  readonly meanings?: Readonly<Record<string, Meaning>>
  /** What a reader must know before believing a figure of them. */
  readonly notes?: readonly string[]
  readonly reference?: Reference
}

export interface Feed extends About {
  readonly name: string
  readonly tasks: Tasks
  readonly features: readonly Feature[]
  /** Features that tell of one subject, by its name. Of two that say the same, a model may rely on either. */
  readonly subjects?: Readonly<Record<string, readonly string[]>>
  readonly train: Dataset
  readonly validation: Dataset
  readonly test: Dataset
}

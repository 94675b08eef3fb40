/** What a study learns from. */
import type { Dataset, Feature } from '../../src/index.ts'
import type { Tasks } from './models.ts'

/** What the loaders in sources/ return. */
export interface Feed {
  readonly name: string
  readonly tasks: Tasks
  readonly features: readonly Feature[]
  readonly train: Dataset
  readonly validation: Dataset
  readonly test: Dataset
}

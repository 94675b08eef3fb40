/** What a study learns from. */
import type { Dataset, Feature } from '../../src/index.ts'
import type { Tasks } from './models.ts'

/** What the loaders in sources/ return. */
export interface Feed {
  readonly name: string
  readonly tasks: Tasks
  readonly features: readonly Feature[]
  /** Features that tell of one subject, by its name. Of two that say the same, a model may rely on either. */
  readonly subjects?: Readonly<Record<string, readonly string[]>>
  readonly train: Dataset
  readonly validation: Dataset
  readonly test: Dataset
}

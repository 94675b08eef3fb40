/**
 * How a training is kept and goes on, as `fit` sees it. It refuses to know what a checkpoint is: that a store knows, so
 * that nobody downloads it who keeps nothing.
 */
import { callable, checkOptions, having, needed, whole } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import type { Model } from '../../models/index.ts'
import type { Course } from './course.ts'
import type { Resumed } from './history.ts'

/** A training, to whoever keeps it. */
export interface Subject {
  readonly who: string
  readonly model: Model
  /** What keeps state between steps, by name. */
  readonly parts: Readonly<Record<string, object>>
  /** What was asked for; of turns under their names. */
  readonly options: Readonly<Record<string, object>>
}

/** Where checkpoints are: made by `memoryStore` or `checkpointStore` of plegrad/files, or `folderStore` of plegrad/node. */
export interface CheckpointStore {
  /** That it has no checkpoints of another training. Throws where it has some. */
  begin(training: Subject): Promise<void>
  /**
   * Puts a training to where its newest checkpoint left it; undefined where there is none. Throws, before anything
   * changes, where the training is another.
   */
  resume(training: Subject): Promise<{ readonly course: Course; readonly resumed: Resumed } | undefined>
  save(training: Subject, course: Course): Promise<void>
}

/** How a training is kept. */
export interface CheckpointOptions {
  readonly store: CheckpointStore
  /** Steps from one checkpoint to the next. Each epoch ends with one, too, and so does a training that is aborted. */
  readonly every?: number
  /** Told of a checkpoint that could not be written, and training goes on. Default: it stops with that error. */
  readonly onError?: (error: unknown) => void
}

const STORE = having('a store of checkpoints', 'begin', 'resume', 'save')

const CHECKPOINT: Checks<CheckpointOptions> = { store: needed(STORE), every: whole(1), onError: callable }

export const KEEPING = { checkpoint: having('an object of a store', 'store'), resume: STORE }

/** A training that is kept. */
export interface Keeping {
  /** Where it goes on from. */
  readonly course?: Course
  readonly resumed?: Resumed
  readonly keep: (course: Course) => Promise<void>
}

/** Has a training go on where it was left, if there is such a place, and says how it is kept. */
export async function keepingOf(
  training: Subject,
  { checkpoint, resume }: { readonly checkpoint?: CheckpointOptions; readonly resume?: CheckpointStore },
): Promise<Keeping> {
  if (checkpoint) checkOptions(`${training.who}, checkpoint`, checkpoint, CHECKPOINT)
  const found = await resume?.resume(training)
  if (checkpoint && !(found && resume === checkpoint.store)) await checkpoint.store.begin(training)
  return {
    ...found,
    async keep(course) {
      try {
        await checkpoint?.store.save(training, course)
      } catch (error) {
        if (!checkpoint?.onError) throw error
        checkpoint.onError(error)
      }
    },
  }
}

/**
 * Checkpoints under names, the last few and the best: newest first where one goes on, and past what is damaged. It refuses
 * to mix trainings, and to lose what it has before something newer is whole.
 */
import { checkOptions, checkValue, having, whole } from '../../checks/index.ts'
import { joined } from '../../safetensors/index.ts'
import type { CheckpointStore, Subject } from '../fit/keeping.ts'
import { checkpointIn, checkpointParts, restoreCheckpoint } from './checkpoint.ts'

/** Where files are, by name: a folder, a bucket, a table. */
export interface CheckpointFiles {
  /** The names of all, in any order; others than checkpoints among them are left alone. */
  list(): Promise<readonly string[]>
  read(name: string): Promise<Uint8Array>
  /**
   * Writes a file, whole or not at all, of parts that lie in the memory of a training: they are its own until this has
   * been called, and may change once a promise is waited for.
   */
  write(name: string, parts: readonly Uint8Array[]): Promise<void>
  remove(name: string): Promise<void>
}

/** What a store of checkpoints takes. */
export interface StoreOptions {
  /** How many of the last are kept, beside the best. Default 3. */
  readonly keep?: number
}

const NAME = /^checkpoint-(\d{10})(-best)?\.safetensors$/

/** The steps that had been taken; NaN for the name of something else. */
const stepsIn = (name: string): number => Number(NAME.exec(name)?.[1] ?? NaN)

const isBest = (name: string): boolean => NAME.exec(name)?.[2] !== undefined

/**
 * A store of checkpoints over files of any kind. Names are `checkpoint-`, the steps in ten digits, `-best` where an epoch
 * ended that was the best so far, and `.safetensors`.
 * @throws RangeError for what does not list, read, write and remove.
 */
export function checkpointStore(files: CheckpointFiles, options: StoreOptions = {}): CheckpointStore {
  checkValue('checkpointStore', 'files', files, having('files', 'list', 'read', 'write', 'remove'))
  checkOptions('checkpointStore', options, { keep: whole(1) })
  const { keep = 3 } = options
  /** Newest first. */
  const names = async (): Promise<readonly string[]> =>
    (await files.list()).filter((name) => NAME.test(name)).sort((a, b) => stepsIn(b) - stepsIn(a))

  return {
    async begin({ who }: Subject) {
      const [newest] = await names()
      if (newest !== undefined)
        throw new Error(
          `${who}: expected a store without checkpoints but got ${newest}: because a training that begins would overwrite those of another; resume it, or keep this one elsewhere`,
        )
    },
    async resume(training) {
      const { who } = training
      const all = await names()
      const passedOver: string[] = []
      for (const name of all) {
        let checkpoint
        try {
          checkpoint = checkpointIn(name, await files.read(name))
        } catch (error) {
          passedOver.push(error instanceof Error ? error.message : String(error))
          continue
        }
        const course = restoreCheckpoint(training, checkpoint)
        return { course, resumed: { checkpoint: name, step: course.steps, passedOver } }
      }
      if (all.length > 0)
        throw new Error(
          `${who}: expected a checkpoint that is whole but got ${all.length} that are not: because ${passedOver.join('; ')}`,
        )
      return undefined
    },
    async save(training, course) {
      const { steps, best, batch, epoch } = course
      const ending = batch === 0 && best?.epoch === epoch - 1 ? '-best' : ''
      await files.write(
        `checkpoint-${String(steps).padStart(10, '0')}${ending}.safetensors`,
        checkpointParts(training, course),
      )
      const all = await names()
      // Those that are newer were passed over: this training is their past.
      const older = all.filter((name) => stepsIn(name) <= steps)
      const kept = [...older.slice(0, keep), older.find(isBest)]
      for (const name of all) if (!kept.includes(name)) await files.remove(name)
    },
  }
}

/** A store in memory: for tests, and for trainings that are stopped and go on in one process. Options as of any store. */
export function memoryStore(options?: StoreOptions): CheckpointStore {
  const files = new Map<string, Uint8Array>()
  return checkpointStore(
    {
      list: async () => [...files.keys()],
      read: async (name) => files.get(name)!,
      write: async (name, parts) => void files.set(name, joined('memoryStore', parts)),
      remove: async (name) => void files.delete(name),
    },
    options,
  )
}

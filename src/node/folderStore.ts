/** Checkpoints as files of one folder. It refuses to leave half of one, and touches no file that is none of its own. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkValue, text } from '../checks/index.ts'
import { checkpointStore } from '../training/index.ts'
import type { CheckpointStore, StoreOptions } from '../training/index.ts'
import { PARTIAL, writeWhole } from './writeWhole.ts'

const isLeft = (name: string): boolean => name.startsWith('checkpoint-') && name.endsWith(PARTIAL)

/**
 * A store of checkpoints in a folder, which is made when the first is written. Each is written whole or not at all, also
 * where the process is killed or the power goes, and read back with its checksum looked at. One training at a time may
 * have the folder.
 * @throws RangeError for an option that is unknown or out of its range. What it is asked later throws with the host's
 * error as its cause where the disk is full or the folder out of reach; what was there is there then.
 */
export function folderStore(path: string, options?: StoreOptions): CheckpointStore {
  checkValue('folderStore', 'path', path, text)
  const names = (): readonly string[] => (existsSync(path) ? readdirSync(path) : [])
  const told = <T>(act: () => T): T => {
    try {
      return act()
    } catch (error) {
      throw new Error(
        `folderStore: expected a folder of checkpoints at '${path}' but got an error: because ${(error as Error).message}`,
        { cause: error },
      )
    }
  }
  const remove = (name: string): void => rmSync(join(path, name), { force: true })
  return checkpointStore(
    {
      list: async () => told(names),
      read: async (name) => readFileSync(join(path, name)),
      // Nothing is waited for before the numbers are written: their memory is that of a training.
      async write(name, parts) {
        told(() => {
          mkdirSync(path, { recursive: true })
          // Of processes that were killed while they wrote.
          names().filter(isLeft).forEach(remove)
        })
        await writeWhole('folderStore', join(path, name), parts)
      },
      remove: async (name) => told(() => remove(name)),
    },
    options,
  )
}

/** A model as a file of a disk: `saveModel` and `restoreModel` without its bytes in memory beside it. */
import { checkValue, text } from '../checks/index.ts'
import { restoreModelFrom, savedParts } from '../models/index.ts'
import type { RestoreOptions, SavableModel } from '../models/index.ts'
import { fileSource } from './fileSource.ts'
import { writeWhole } from './writeWhole.ts'

/**
 * Writes a model to a file, as `saveModel` has it, from the model's own memory and without a copy. All is written before
 * this returns its promise, so that the model may learn on meanwhile; the promise waits for the disk. At any time there is
 * the old file or the new one, whole, also where the program is killed or the power fails.
 * @throws what `saveModel` throws, and an Error naming the path with the host's as its cause; the old file is as it was then.
 */
export async function writeModel(path: string, model: SavableModel): Promise<void> {
  checkValue('writeModel', 'path', path, text)
  await writeWhole('writeModel', path, savedParts('writeModel', model))
}

/**
 * The model of a file. Its numbers are read to where the model has them, and are in memory once.
 * @throws Error naming the path, with what `restoreModelFrom` throws, or the host, as its cause.
 */
export async function readModel(path: string, options: RestoreOptions = {}): Promise<SavableModel> {
  checkValue('readModel', 'path', path, text)
  try {
    const file = await fileSource(path)
    try {
      return await restoreModelFrom(file, options)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw new Error(
      `readModel: expected a saved model in '${path}' but got an error: because ${(error as Error).message}`,
      { cause: error },
    )
  }
}

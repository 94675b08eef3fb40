/**
 * A model in a file that a browser gave a handle of: one of its private file system, or one that a user chose. It refuses
 * to leave half a file: what was there stays until all is written.
 */
import { checkValue, having } from '../../checks/index.ts'
import { blobSource } from '../../safetensors/index.ts'
import type { BlobLike } from '../../safetensors/index.ts'
import type { SavableModel } from './kinds.ts'
import { restoreModelFrom } from './restore.ts'
import type { RestoreOptions } from './restore.ts'
import { savedParts } from './save.ts'

/** What is needed of a `FileSystemFileHandle`. */
export interface FileHandle {
  readonly name: string
  getFile(): Promise<BlobLike>
  createWritable(): Promise<WritableFile>
}

/** What is needed of a `FileSystemWritableFileStream`: the file is as it was until `close`. */
export interface WritableFile {
  write(bytes: ArrayBuffer): Promise<void>
  close(): Promise<void>
  abort(): Promise<void>
}

const HANDLE = having('a FileSystemFileHandle', 'name', 'getFile', 'createWritable')

const failed = (who: string, what: string, { name }: FileHandle, cause: unknown): Error =>
  new Error(`${who}: expected to ${what} '${name}' but got an error: because ${(cause as Error).message}`, { cause })

/** Browsers write no memory that threads share, and a copy of it is none. */
export const copied = (parts: readonly Uint8Array[]): readonly ArrayBuffer[] =>
  parts.map((part) => new Uint8Array(part).buffer)

/** Writes a file of these parts: it changes at once, when all of them are written. */
export async function replaceFile(handle: FileHandle, parts: readonly ArrayBuffer[]): Promise<void> {
  const file = await handle.createWritable()
  try {
    for (const part of parts) await file.write(part)
  } catch (error) {
    // That it cannot be abandoned says less than why it has to be.
    await file.abort().catch(() => undefined)
    throw error
  }
  await file.close()
}

/**
 * Writes a model to a file handle, as `saveModel` has it. Its numbers are copied before this returns its promise, so that
 * the model may learn on meanwhile. The file changes at once when all is written (`createWritable` writes beside it until
 * it is closed): who closes the page before has the old one.
 * @throws what `saveModel` throws, and an Error naming the file with the host's as its cause, such as of a full disk; the
 * file is as it was then.
 */
export async function writeModelTo(handle: FileHandle, model: SavableModel): Promise<void> {
  const who = 'writeModelTo'
  checkValue(who, 'handle', handle, HANDLE)
  const parts = copied(savedParts(who, model))
  try {
    await replaceFile(handle, parts)
  } catch (error) {
    throw failed(who, 'write a model to', handle, error)
  }
}

/**
 * The model of a file handle. Its numbers are read to where the model has them, a few at a time.
 * @throws Error naming the file, with what `restoreModelFrom` throws, or the host, as its cause.
 */
export async function readModelFrom(handle: FileHandle, options: RestoreOptions = {}): Promise<SavableModel> {
  const who = 'readModelFrom'
  checkValue(who, 'handle', handle, HANDLE)
  try {
    return await restoreModelFrom(blobSource(await handle.getFile()), options)
  } catch (error) {
    throw failed(who, 'read a model of', handle, error)
  }
}

/**
 * A file that is written whole or not at all, whatever happens meanwhile: it is written beside its place under another
 * name, and takes its place at once when all of it is on the disk. It refuses to take the place of what is no file.
 */
import { closeSync, fchmodSync, fsync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

declare const process: { readonly platform: string }

/** How the name of a file ends that is not whole yet: whoever is killed while writing leaves one, which nobody needs. */
export const PARTIAL = '.partial'

/** As much as every system writes by one call. */
const AT_ONCE = 2 ** 30

function writeAll(descriptor: number, parts: readonly Uint8Array[]): void {
  for (const part of parts)
    for (let at = 0; at < part.length;) at += writeSync(descriptor, part, at, Math.min(part.length - at, AT_ONCE))
}

/** Once the disk has it. A file system that cannot say so of a folder calls the question invalid. */
const onDisk = (descriptor: number): Promise<void> =>
  new Promise((resolve, reject) => {
    fsync(descriptor, (error) => {
      if (error && error.code !== 'EINVAL') reject(error)
      else resolve()
    })
  })

/** Uses what is closed again whatever happens. That closing fails counts: some file systems only then say that they are full. */
async function closing(descriptor: number, use: (descriptor: number) => Promise<void>): Promise<void> {
  try {
    await use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // What has gone wrong before says more.
  }
}

/** Where a name leads, so that a link stays one. */
const behind = (path: string): string => (statSync(path, { throwIfNoEntry: false }) ? realpathSync(path) : path)

async function replace(target: string, parts: readonly Uint8Array[]): Promise<void> {
  const old = statSync(target, { throwIfNoEntry: false })
  if (old && !old.isFile()) throw new Error('what is there is no file')
  const partial = `${target}.${Math.random().toString(36).slice(2, 10)}${PARTIAL}`
  const created = openSync(partial, 'wx')
  try {
    await closing(created, (descriptor) => {
      if (old) fchmodSync(descriptor, old.mode & 0o7777)
      writeAll(descriptor, parts)
      return onDisk(descriptor)
    })
    renameSync(partial, target)
  } catch (error) {
    discard(partial)
    throw error
  }
}

/**
 * Writes a file of these parts, one after the other. All of them are written before this returns its promise, from their
 * own memory and without a copy, so that nobody changes one of them between the others; the promise waits for the disk.
 * Then the file takes its place in one step: at any time, and after a loss of power too, there is the old file or the
 * new one, whole. A file that is replaced leaves its permissions to the new one.
 * @throws Error naming the path, with the host's error as its cause; the old file is as it was then, and no other is left.
 */
export async function writeWhole(who: string, path: string, parts: readonly Uint8Array[]): Promise<void> {
  let left = 'what was there is as it was'
  const place = async (): Promise<void> => {
    const target = behind(path)
    // Opened before anything is written, for what cannot be opened cannot be asked later. Windows opens no folder.
    if (process.platform === 'win32') return replace(target, parts)
    return closing(openSync(dirname(target), 'r'), async (folder) => {
      await replace(target, parts)
      left = 'it is there, but a loss of power may undo it'
      await onDisk(folder)
    })
  }
  try {
    await place()
  } catch (error) {
    const size = parts.reduce((total, { length }) => total + length, 0)
    const { message } = error as Error
    throw new Error(
      `${who}: expected to write ${size} bytes to '${path}' but got an error: because ${message}; ${left}`,
      { cause: error },
    )
  }
}

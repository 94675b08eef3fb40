/** A file of a disk as a source of bytes, read piece by piece. It refuses what is no file. */
import { open } from 'node:fs/promises'
import { checkValue, text } from '../checks/index.ts'
import type { ByteSource } from '../safetensors/index.ts'
import type { Opened } from './fileHandles.ts'

/** A file that is open until it is closed. */
export interface FileSource extends ByteSource {
  close(): Promise<void>
}

/** As much as every system reads by one call. */
const AT_ONCE = 2 ** 30

const sourceOf = (file: Opened, size: number, refused: (because: string) => Error): FileSource => ({
  size,
  async read(target, position) {
    for (let at = 0; at < target.length;) {
      const length = Math.min(AT_ONCE, target.length - at)
      const { bytesRead } = await file.read(target, at, length, position + at)
      if (bytesRead === 0) throw refused(`it has no byte ${position + at} any more`)
      at += bytesRead
    }
  },
  close: () => file.close(),
})

/**
 * Opens a file as a source for `openSafetensors` and `restoreModelFrom`: of its bytes those are read that are asked for,
 * straight to where they belong. Close it in the end.
 * @throws Error naming the path, with the host's error as its cause; reading throws one where the file has become shorter.
 */
export async function fileSource(path: string): Promise<FileSource> {
  checkValue('fileSource', 'path', path, text)
  const refused = (because: string, cause?: unknown): Error =>
    new Error(`fileSource: expected to read '${path}' but got an error: because ${because}`, { cause })
  let file: Opened | undefined
  try {
    file = await open(path, 'r')
    const found = await file.stat()
    if (!found.isFile()) throw new Error('what is there is no file')
    return sourceOf(file, found.size, refused)
  } catch (error) {
    await file?.close()
    throw refused((error as Error).message, error)
  }
}

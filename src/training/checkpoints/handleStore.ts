/**
 * Checkpoints in a folder that a browser gave a handle of: of its private file system, or one that a user chose. It refuses
 * to leave half of one: what was there stays until all is written.
 */
import { checkValue, having } from '../../checks/index.ts'
import { copied, replaceFile } from '../../models/index.ts'
import type { FileHandle } from '../../models/index.ts'
import type { CheckpointStore } from '../fit/keeping.ts'
import { checkpointStore } from './store.ts'
import type { StoreOptions } from './store.ts'

/** What is needed of a `FileSystemDirectoryHandle`. */
export interface FolderHandle {
  keys(): AsyncIterable<string>
  getFileHandle(name: string, options?: { readonly create: boolean }): Promise<FileHandle>
  removeEntry(name: string): Promise<void>
}

const FOLDER = having('a FileSystemDirectoryHandle', 'keys', 'getFileHandle', 'removeEntry')

/**
 * A store of checkpoints in a browser's folder. A checkpoint is there at once when all of it is written: of one that was
 * being written when the page was closed there is an empty file, which counts as none.
 * @throws RangeError for what is no handle of a folder, and options as of any store.
 */
export function handleStore(folder: FolderHandle, options?: StoreOptions): CheckpointStore {
  checkValue('handleStore', 'folder', folder, FOLDER)
  const fileOf = async (name: string) => (await folder.getFileHandle(name)).getFile()
  return checkpointStore(
    {
      async list() {
        const names: string[] = []
        for await (const name of folder.keys())
          if (name.endsWith('.safetensors') && (await fileOf(name)).size > 0) names.push(name)
        return names
      },
      async read(name) {
        const file = await fileOf(name)
        return new Uint8Array(await file.slice(0, file.size).arrayBuffer())
      },
      async write(name, parts) {
        // They are a training's, and are copied before anything is waited for.
        const own = copied(parts)
        await replaceFile(await folder.getFileHandle(name, { create: true }), own)
      },
      remove: (name) => folder.removeEntry(name),
    },
    options,
  )
}

/** Checkpoints in a browser's folder: here a stand-in, which does as the standard says. */
import { expect, it } from 'vitest'
import { dataset, denseFeature } from '../../../src/data/index.ts'
import { handleStore } from '../../../src/files.ts'
import type { FolderHandle } from '../../../src/files.ts'
import { SharedBottom, saveState } from '../../../src/models/index.ts'
import { fit } from '../../../src/training/index.ts'
import type { FitOptions } from '../../../src/training/index.ts'

const features = [denseFeature('age')]
const data = dataset({
  features,
  columns: { age: [1, 2, 3, 4] },
  labels: { like: [0, 1, 1, 0], share: [1, 0, 1, 0] },
})
const build = (): SharedBottom =>
  new SharedBottom({
    features,
    taskNames: ['like', 'share'],
    taskTypes: ['binary', 'binary'],
    bottomDnnHiddenUnits: [2],
  })

/** A folder whose files change when their writers are closed, and are there, empty, as soon as they are asked for. */
function folderHandle(files: Map<string, Uint8Array>, closes = (): boolean => true): FolderHandle {
  return {
    async *keys() {
      await Promise.resolve()
      yield* files.keys()
    },
    async getFileHandle(name, { create } = { create: false }) {
      await Promise.resolve()
      if (!files.has(name) && !create) throw new Error('NotFoundError')
      files.set(name, files.get(name) ?? new Uint8Array())
      return {
        name,
        getFile: () => Promise.resolve(new Blob([files.get(name)!.slice()])),
        async createWritable() {
          await Promise.resolve()
          const written: Uint8Array[] = []
          return {
            async write(bytes) {
              await Promise.resolve()
              written.push(new Uint8Array(bytes.slice()))
            },
            async close() {
              await Promise.resolve()
              if (!closes()) throw new Error('the page was closed')
              files.set(name, new Uint8Array(Buffer.concat(written)))
            },
            abort: () => Promise.resolve(),
          }
        },
      }
    },
    async removeEntry(name) {
      await Promise.resolve()
      files.delete(name)
    },
  }
}

const OPTIONS: FitOptions = { data, batchSize: 2, epochs: 4 }

it('go on where a page was closed while one was being written: what is empty counts as none', async () => {
  const files = new Map<string, Uint8Array>([['notes.txt', new Uint8Array(2)]])
  let writes = 0
  const dying = handleStore(folderHandle(files, () => ++writes < 3))
  await expect(fit(build(), { ...OPTIONS, checkpoint: { store: dying } })).rejects.toThrow('the page was closed')
  expect(files.get('checkpoint-0000000006.safetensors')).toEqual(new Uint8Array())

  const store = handleStore(folderHandle(files), { keep: 1 })
  const model = build()
  const { resumed } = await fit(model, { ...OPTIONS, checkpoint: { store }, resume: store })
  expect(resumed).toEqual({ checkpoint: 'checkpoint-0000000004.safetensors', step: 4, passedOver: [] })
  const whole = build()
  await fit(whole, OPTIONS)
  expect(saveState(model)).toEqual(saveState(whole))
  expect([...files.keys()].sort()).toEqual(['checkpoint-0000000008.safetensors', 'notes.txt'])
})

it('a real folder of a browser is one', () => {
  const real: Parameters<typeof handleStore>[0] = null as unknown as FileSystemDirectoryHandle
  expect(() => handleStore(real)).toThrow('handleStore: expected folder to be a FileSystemDirectoryHandle but got null')
})

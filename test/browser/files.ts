/** What a page finds that keeps models in the browser's private file system, in memory of its own and in what threads share. */
import { readModelFrom, writeModelTo } from '../../src/files.ts'
import { SharedBottom, saveModel, sparseFeature, wasm } from '../../src/index.ts'
import { wasmThreads } from '../../src/threads.ts'
import { expectTrue, tell } from './finding.ts'

const options = {
  features: [sparseFeature('user', { vocabularySize: 1000 })],
  taskNames: ['like', 'stay'],
  taskTypes: ['binary', 'regression'],
} as const

const folder = await navigator.storage.getDirectory()
const handleOf = (name: string): Promise<FileSystemFileHandle> => folder.getFileHandle(name, { create: true })
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at])

/** Writes a model and reads it again; says how large the file is. */
async function through(model: SharedBottom, name: string): Promise<string> {
  const handle = await handleOf(name)
  await writeModelTo(handle, model)
  const file = await handle.getFile()
  const bytes = new Uint8Array(await file.arrayBuffer())
  expectTrue(same(bytes, saveModel(model)), 'the bytes of saveModel in the file')
  expectTrue(same(saveModel(await readModelFrom(handle)), saveModel(model)), 'the model that was written')
  return `${file.size} bytes`
}

await tell({
  'a model is written to a file and read as it was': () => through(new SharedBottom(options), 'cpu'),
  'and so is one on WebAssembly': () => through(new SharedBottom({ ...options, backend: wasm() }), 'wasm'),
  'and so is one in memory that threads share': async () => {
    const backend = await wasmThreads({ threads: 2 })
    try {
      const model = new SharedBottom({ ...options, backend })
      return await through(model, 'threads')
    } finally {
      backend.release()
    }
  },
  'a file that is being written is the old one until it is closed': async () => {
    const handle = await handleOf('cpu')
    const before = (await handle.getFile()).size
    const writable = await handle.createWritable()
    await writable.write('half')
    const during = (await handle.getFile()).size
    await writable.abort()
    const after = (await handle.getFile()).size
    expectTrue(before > 1000 && before === during && before === after, `${before} bytes but got ${during}, ${after}`)
    return `${before} bytes`
  },
})

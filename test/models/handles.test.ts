/** Models in files that a browser gave a handle of: here a stand-in, which does as the standard says. */
import { describe, expect, it } from 'vitest'
import { blobSource, readModelFrom, restoreModelFrom, savedModelParts, writeModelTo } from '../../src/files.ts'
import type { BlobLike, FileHandle } from '../../src/files.ts'
import { denseFeature, sparseFeature } from '../../src/data/index.ts'
import { SharedBottom, parameters, saveModel } from '../../src/models/index.ts'

const modelOf = (seed = 1): SharedBottom =>
  new SharedBottom({
    features: [sparseFeature('user', { vocabularySize: 50 }), denseFeature('age')],
    taskNames: ['like', 'stay'],
    taskTypes: ['binary', 'regression'],
    seed,
  })

/** A file whose writer writes beside it until it is closed. `capacity` bytes fit onto its disk. */
function fileHandle(capacity = Infinity): FileHandle & { content: Uint8Array; aborted: number } {
  const handle = {
    name: 'feed.safetensors',
    content: new TextEncoder().encode('old'),
    aborted: 0,
    getFile: () => Promise.resolve(new Blob([handle.content])),
    createWritable() {
      const written: Uint8Array[] = []
      let size = 0
      return Promise.resolve({
        async write(bytes: ArrayBuffer) {
          await Promise.resolve()
          size += bytes.byteLength
          if (size > capacity) throw new Error('QuotaExceededError')
          written.push(new Uint8Array(bytes.slice()))
        },
        async close() {
          await Promise.resolve()
          handle.content = new Uint8Array(Buffer.concat(written))
        },
        async abort() {
          await Promise.resolve()
          handle.aborted++
        },
      })
    },
  }
  return handle
}

describe('a model in a file handle', () => {
  it('is written and read as it was', async () => {
    const [model, handle] = [modelOf(), fileHandle()]
    await writeModelTo(handle, model)
    expect(handle.content).toEqual(saveModel(model))
    expect(saveModel(await readModelFrom(handle))).toEqual(saveModel(model))
  })

  it('is as it was when writing began, though the model learns on meanwhile', async () => {
    const [model, handle] = [modelOf(), fileHandle()]
    const before = saveModel(model)
    const done = writeModelTo(handle, model)
    for (const parameter of Object.values(parameters(model))) parameter.assign(new Float32Array(parameter.size).fill(7))
    await done
    expect(handle.content).toEqual(before)
    expect(saveModel(model)).not.toEqual(before)
  })

  it('is not written where the disk is full: the file is as it was, and the error says which and why', async () => {
    const handle = fileHandle(1000)
    const error = await writeModelTo(handle, modelOf()).catch((error: unknown) => error)
    expect((error as Error).message).toBe(
      `writeModelTo: expected to write a model to 'feed.safetensors' but got an error: because QuotaExceededError`,
    )
    expect((error as Error).cause).toEqual(new Error('QuotaExceededError'))
    expect(new TextDecoder().decode(handle.content)).toBe('old')
    expect(handle.aborted).toBe(1)
  })

  it('is not read of another file, and the error says which and why', async () => {
    await expect(readModelFrom(fileHandle())).rejects.toThrow(
      `readModelFrom: expected to read a model of 'feed.safetensors' but got an error: because restoreModel: expected a safetensors file but got 3 bytes: because its first 8 say how long its header is`,
    )
  })

  it('wants a handle', async () => {
    const path = 'feed.safetensors' as unknown as FileHandle
    await expect(writeModelTo(path, modelOf())).rejects.toThrow(
      `writeModelTo: expected handle to be a FileSystemFileHandle but got 'feed.safetensors'`,
    )
    await expect(readModelFrom(path)).rejects.toThrow('readModelFrom: expected handle to be a FileSystemFileHandle')
  })

  it('may be what the DOM calls so', () => {
    const real: Parameters<typeof writeModelTo>[0] = null as unknown as FileSystemFileHandle
    expect(real).toBe(null)
  })
})

describe('a Blob', () => {
  const model = modelOf()
  const blob = new Blob(savedModelParts(model) as Uint8Array<ArrayBuffer>[])

  it('is a source that a model is restored from', async () => {
    expect(saveModel(await restoreModelFrom(blobSource(blob)))).toEqual(saveModel(model))
  })

  it('is read a few megabytes at a time', async () => {
    const content = Uint8Array.from({ length: 9e6 }, (_, at) => at % 251)
    const asked: number[] = []
    const large: BlobLike = {
      size: content.length,
      slice(from, to) {
        asked.push(to - from)
        return new Blob([content.subarray(from, to)])
      },
    }
    const target = new Uint8Array(content.length - 10)
    await blobSource(large).read(target, 10)
    expect(Buffer.compare(target, content.subarray(10))).toBe(0)
    expect(Math.max(...asked)).toBe(2 ** 22)
  })

  it('is refused where it is none, or has become shorter', async () => {
    expect(() => blobSource('blob' as unknown as Blob)).toThrow(`blobSource: expected blob to be a Blob but got 'blob'`)
    const shorter: BlobLike = { size: 10, slice: () => new Blob(['four']) }
    await expect(blobSource(shorter).read(new Uint8Array(8), 1)).rejects.toThrow(
      'blobSource: expected 8 bytes from 1 on but got 4: because the blob has changed',
    )
  })
})

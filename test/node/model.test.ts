/** Models as files of a disk: there and back as they were, and refused with the path where that cannot be. */
import { readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { denseFeature, sparseFeature } from '../../src/data/index.ts'
import { cpu64, wasm } from '../../src/index.ts'
import type { Backend } from '../../src/index.ts'
import { PLE, parameters, restoreModel, saveModel } from '../../src/models/index.ts'
import { fileSource, readModel, writeModel } from '../../src/node.ts'
import { openSafetensors } from '../../src/safetensors.ts'
import { newFolder, smallDisk } from './folders.ts'
import type { Folder } from './folders.ts'

let folder: Folder
let path: string
beforeEach(() => {
  folder = newFolder()
  path = join(folder.path, 'feed.safetensors')
})
afterEach(() => {
  folder.remove()
})

const modelOn = (backend?: Backend, vocabularySize = 50): PLE =>
  new PLE({
    features: [sparseFeature('user', { vocabularySize }), denseFeature('age', { transform: Math.log1p })],
    taskNames: ['like', 'stay'],
    taskTypes: ['binary', 'regression'],
    ...(backend ? { backend } : {}),
  })
const transforms = { age: Math.log1p }

describe('a model in a file', () => {
  const BACKENDS: Readonly<Record<string, () => Backend | undefined>> = {
    cpu: () => undefined,
    cpu64: () => cpu64,
    wasm: () => wasm({ bytes: 2 ** 24 }),
  }
  it.each(Object.entries(BACKENDS))('is what saveModel returns, and comes back as it was: %s', async (_, make) => {
    const backend = make()
    const model = modelOn(backend)
    await writeModel(path, model)
    expect(readFileSync(path).equals(saveModel(model))).toBe(true)
    const restored = await readModel(path, { transforms, ...(backend ? { backend } : {}) })
    const again = restoreModel(readFileSync(path), { transforms, ...(backend ? { backend } : {}) })
    for (const each of [restored, again]) expect(readFileSync(path).equals(saveModel(each))).toBe(true)
  })

  it('is as it was when writing began, though the model learns on meanwhile', async () => {
    const model = modelOn()
    const before = saveModel(model)
    const done = writeModel(path, model)
    for (const parameter of Object.values(parameters(model))) parameter.assign(new Float32Array(parameter.size).fill(7))
    await done
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('is not written with a number that is none, and the old file stays', async () => {
    const model = modelOn()
    await writeModel(path, model)
    const before = readFileSync(path)
    Object.values(parameters(model))[0].assign(new Float32Array(Object.values(parameters(model))[0].size).fill(NaN))
    await expect(writeModel(path, model)).rejects.toThrow('writeModel: expected ')
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(folder.path)).toEqual(['feed.safetensors'])
  })

  it('is not written where the disk is full, and the old file stays', async ({ skip }) => {
    const disk = smallDisk(2 ** 20)
    if (!disk) return skip('needs a user who may mount')
    try {
      const there = join(disk.path, 'feed.safetensors')
      const model = modelOn(undefined, 5000)
      await writeModel(there, model)
      await expect(writeModel(there, modelOn(undefined, 500_000))).rejects.toThrow(
        /^writeModel: expected to write .*ENOSPC/,
      )
      expect(readFileSync(there).equals(saveModel(await readModel(there, { transforms })))).toBe(true)
      expect(readFileSync(there).equals(saveModel(model))).toBe(true)
    } finally {
      disk.remove()
    }
  })

  it.each<[string, (path: string) => void, string]>([
    ['nothing', () => undefined, 'fileSource: expected to read'],
    ['another file', (path) => writeFileSync(path, 'hello, world'), 'restoreModel: expected a header of at most'],
    ['half of one', (path) => truncateSync(path, 2000), 'restoreModel: expected'],
  ])('is refused with its path: %s', async (what, damage, words) => {
    if (what === 'half of one') await writeModel(path, modelOn())
    damage(path)
    const error = await readModel(path, { transforms }).catch((error: unknown) => error)
    expect((error as Error).message).toContain(
      `readModel: expected a saved model in '${path}' but got an error: because ${words}`,
    )
    expect((error as Error).cause).toBeInstanceOf(Error)
  })

  it('has a path that is a string', async () => {
    const five = 5 as unknown as string
    await expect(writeModel(five, modelOn())).rejects.toThrow('writeModel: expected path to be a string but got 5')
    await expect(readModel(five)).rejects.toThrow('readModel: expected path to be a string but got 5')
    await expect(fileSource(five)).rejects.toThrow('fileSource: expected path to be a string but got 5')
  })
})

describe('a file as a source', () => {
  it('gives the bytes that are asked for, until it is closed', async () => {
    writeFileSync(path, 'abcdefgh')
    const source = await fileSource(path)
    expect(source.size).toBe(8)
    const target = new Uint8Array(3)
    await source.read(target, 2)
    expect(Buffer.from(target).toString()).toBe('cde')
    await source.close()
    await expect(source.read(target, 2)).rejects.toThrow()
  })

  it('opens a model as safetensors', async () => {
    const model = modelOn()
    await writeModel(path, model)
    const source = await fileSource(path)
    const { tensors, metadata } = await openSafetensors(source)
    expect(metadata.kind).toBe('PLE')
    for (const [name, { values }] of Object.entries(parameters(model)))
      expect(await tensors[name].read()).toEqual(values)
    await source.close()
  })

  it('refuses a folder, and a file that has become shorter', async () => {
    await expect(fileSource(folder.path)).rejects.toThrow(
      `fileSource: expected to read '${folder.path}' but got an error: because what is there is no file`,
    )
    writeFileSync(path, 'abcdefgh')
    const source = await fileSource(path)
    truncateSync(path, 5)
    await expect(source.read(new Uint8Array(4), 3)).rejects.toThrow(
      `fileSource: expected to read '${path}' but got an error: because it has no byte 5 any more`,
    )
    await source.close()
  })
})

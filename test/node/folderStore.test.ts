/** A training that is killed goes on as if nothing had been, and a disk that is full takes nothing from it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataset, denseFeature } from '../../src/data/index.ts'
import { SharedBottom, saveState } from '../../src/models/index.ts'
import { folderStore } from '../../src/node/index.ts'
import { readSafetensors } from '../../src/safetensors/index.ts'
import { fit } from '../../src/training/index.ts'
import type { CheckpointOptions, History } from '../../src/training/index.ts'
import { stream } from '../../src/tensor/index.ts'
import { newFolder, readOnly, smallDisk } from './folders.ts'
import type { Folder } from './folders.ts'

/** How often a training is killed; KILLS asks for another number. */
const KILLS = Number(process.env.KILLS ?? 25)

let folder: Folder
let program = ''
beforeAll(() => {
  folder = newFolder()
  program = join(folder.path, 'training.mjs')
  buildSync({
    entryPoints: ['test/node/training.process.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
  })
})
afterAll(() => {
  folder.remove()
})

interface Told {
  readonly outcome: object
  readonly passedOver: readonly string[]
  readonly from: number
}

/** Steps of a training that nobody kills. */
const STEPS = 60

/** A moment of a training: so many milliseconds after it has told of so many steps, however fast the machine is. */
interface Moment {
  readonly steps: number
  readonly milliseconds: number
}

/** Runs a training to its end, or kills it at some moment; what it told, if it came to that. */
async function run(path: string, strategy: string, killed?: Moment): Promise<Told | undefined> {
  const child = spawn(process.execPath, [program, path, strategy], { stdio: ['ignore', 'pipe', 'inherit'] })
  let told = ''
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    if (!killed || told.split('\n').length <= killed.steps) return
    timer ??= setTimeout(() => child.kill('SIGKILL'), killed.milliseconds)
  }
  look()
  child.stdout.on('data', (text) => {
    told += String(text)
    look()
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  clearTimeout(timer)
  if (signal === 'SIGKILL') return undefined
  expect(code).toBe(0)
  return JSON.parse(told.trim().split('\n').at(-1)) as Told
}

describe('a training that is killed at any moment', () => {
  it(
    `goes on to the same end, bit for bit, and reads nothing half-written: ${KILLS} times`,
    { timeout: 600_000 },
    async () => {
      const random = stream(Number(process.env.SEED ?? 1))
      let kills = 0
      let resumed = 0
      let partial = 0
      for (let round = 0; kills < KILLS; round++) {
        const strategy = round % 2 === 0 ? 'uncertainty' : 'pcGrad'
        const whole = await run('nowhere', strategy)
        const path = join(folder.path, `run-${round}`)
        for (;;) {
          const [steps, milliseconds] = [STEPS * random.uniform(2 * kills), 5 * random.uniform(2 * kills + 1)]
          const told = await run(path, strategy, kills < KILLS ? { steps, milliseconds } : undefined)
          if (told) {
            expect(told.passedOver).toEqual([])
            expect(told.outcome).toEqual(whole?.outcome)
            break
          }
          kills++
          const left = readdirOf(path)
          if (left.some((name) => name.endsWith('.safetensors'))) resumed++
          if (left.some((name) => name.endsWith('.partial'))) partial++
          for (const name of left.filter((each) => each.endsWith('.safetensors')))
            expect(readSafetensors(readFileSync(join(path, name))).metadata.format).toBe('plegrad checkpoint')
        }
        rmSync(path, { recursive: true, force: true })
      }
      // Most kills are late enough for a checkpoint to be there, and some meet it half-written.
      expect(resumed).toBeGreaterThan(KILLS / 3)
      if (KILLS >= 100) expect(partial).toBeGreaterThan(0)
    },
  )
})

function readdirOf(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

const features = [denseFeature('age', { dimension: 4 })]
const data = dataset({
  features,
  columns: { age: Float64Array.from({ length: 80 }, (_, at) => Math.sin(at)) },
  labels: {
    like: Float64Array.from({ length: 20 }, (_, row) => row % 2),
    share: Float64Array.from({ length: 20 }, (_, row) => (row % 3 === 0 ? 1 : 0)),
  },
})
const build = (): SharedBottom =>
  new SharedBottom({
    features,
    taskNames: ['like', 'share'],
    taskTypes: ['binary', 'binary'],
    bottomDnnHiddenUnits: [64],
    towerDnnHiddenUnits: [],
  })
const train = (model: SharedBottom, checkpoint?: CheckpointOptions, epochs = 6): Promise<History> =>
  fit(model, { data, batchSize: 10, epochs, ...(checkpoint && { checkpoint, resume: checkpoint.store }) })

describe('a disk that is full', () => {
  it('stops a training or is told, as asked, and leaves the checkpoint that is there', async ({ skip }) => {
    const disk = smallDisk(2 ** 17)
    if (!disk) return skip('needs a user who may mount')
    try {
      const path = join(disk.path, 'run')
      const store = folderStore(path, { keep: 2 })
      await train(build(), { store }, 1)
      const [first] = readdirSync(path)
      const before = readFileSync(join(path, first))
      const fill = (): void =>
        writeFileSync(join(disk.path, 'filler'), new Uint8Array(2 ** 17 - before.length - 3 * 4096))
      fill()
      await expect(train(build(), { store })).rejects.toThrow(
        /^folderStore: expected to write \d+ bytes to .*ENOSPC.*what was there is as it was$/,
      )
      expect(readdirSync(path)).toEqual([first])
      expect(readFileSync(join(path, first)).equals(before)).toBe(true)

      const errors: unknown[] = []
      const model = build()
      expect((await train(model, { store, onError: (error) => errors.push(error) })).resumed?.step).toBe(2)
      expect(errors).toHaveLength(5)
      expect(readdirSync(path)).toEqual([first])
      const whole = build()
      await train(whole)
      expect(saveState(model)).toEqual(saveState(whole))

      rmSync(join(disk.path, 'filler'))
      const later = build()
      await train(later, { store })
      expect(saveState(later)).toEqual(saveState(whole))
      expect(readdirSync(path).length).toBe(2)
    } finally {
      disk.remove()
    }
  })
})

describe('a folder', () => {
  it('is made when the first checkpoint is written, and what else is in it stays', async () => {
    const path = join(folder.path, 'a', 'b')
    const store = folderStore(path, { keep: 1 })
    expect((await train(build(), { store })).resumed).toBeUndefined()
    writeFileSync(join(path, 'notes.txt'), 'mine')
    writeFileSync(join(path, 'mine.partial'), 'mine')
    writeFileSync(join(path, 'checkpoint-0000000099.safetensors.abc.partial'), 'left by one that was killed')
    await train(build(), { store }, 7)
    expect(readdirSync(path).sort()).toEqual(['checkpoint-0000000014.safetensors', 'mine.partial', 'notes.txt'])
  })

  it('that is a file, or may not be written to, is told by its path', async ({ skip }) => {
    const path = join(folder.path, 'file')
    writeFileSync(path, 'mine')
    await expect(train(build(), { store: folderStore(path) })).rejects.toThrow(
      `folderStore: expected a folder of checkpoints at '${path}' but got an error: because ENOTDIR`,
    )
    const locked = readOnly()
    if (!locked) return skip('needs a user whom permissions bind, or one who may mount')
    try {
      mkdirSync(join(locked.path, 'run'))
      locked.lock()
      await expect(train(build(), { store: folderStore(join(locked.path, 'run')) })).rejects.toThrow(
        /^folderStore: .*EROFS|EACCES/,
      )
    } finally {
      locked.remove()
    }
  })

  it('is named', () => {
    expect(() => folderStore(7 as never)).toThrow('folderStore: expected path to be a string but got 7')
  })
})

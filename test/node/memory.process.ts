/**
 * Saves or restores a model of one large table and says, as JSON, how long that took and how much memory was used at most:
 * above what the process had before there was a model or a file. Arguments: what, on which backend, how many numbers, file.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { cpu, restoreModel, saveModel, sparseFeature, wasm } from '../../src/index.ts'
import { SharedBottom, parameters } from '../../src/models/index.ts'
import type { SavableModel } from '../../src/models/index.ts'
import { readModel, writeModel } from '../../src/node.ts'
import { undrawn } from '../../src/tensor/index.ts'
import type { Measured } from './memory.ts'

const DIMENSION = 4

function build(numbers: number, backend: typeof cpu): SavableModel {
  const features = [sparseFeature('item', { vocabularySize: numbers / DIMENSION, dimension: DIMENSION })]
  const tasks = { taskNames: ['like', 'buy'], taskTypes: ['binary', 'binary'] } as const
  const model = undrawn(() => new SharedBottom({ ...tasks, features, bottomDnnHiddenUnits: [4], backend }))
  for (const { values } of Object.values(parameters(model)))
    for (let at = 0; at < values.length; at++) values[at] = (at % 1021) / 1021
  return model
}

const sizeOf = (model: SavableModel): number =>
  Object.values(parameters(model)).reduce((total, { size }) => total + size, 0)

const sampleOf = (model: SavableModel): number =>
  Object.values(parameters(model)).reduce((total, { values }) => total + values[0] + values[values.length - 1], 0)

async function measure(what: string, on: string, numbers: number, path: string): Promise<Measured> {
  const backend = on === 'wasm' ? (wasm({ bytes: 4 * numbers + 2 ** 24 }) as unknown as typeof cpu) : cpu
  const before = process.memoryUsage.rss()
  const isSaving = what === 'saveModel' || what === 'writeModel'
  const model = isSaving ? build(numbers, backend) : undefined
  const bytes = what === 'restoreModel' ? readFileSync(path) : undefined
  const started = performance.now()
  const idle = process.cpuUsage()
  let saved: Uint8Array | undefined
  let restored: SavableModel | undefined
  if (what === 'saveModel') saved = saveModel(model!)
  else if (what === 'writeModel') await writeModel(path, model!)
  else if (what === 'restoreModel') restored = restoreModel(bytes!, { backend })
  else restored = await readModel(path, { backend })
  const milliseconds = performance.now() - started
  const { user, system } = process.cpuUsage(idle)
  const peak = process.resourceUsage().maxRSS * 1024 - before
  if (saved) writeFileSync(path, saved)
  const whole = (model ?? restored)!
  return {
    milliseconds,
    processor: (user + system) / 1000,
    peak,
    file: statSync(path).size,
    numbers: sizeOf(whole),
    sample: sampleOf(whole),
  }
}

const [, , what, on, numbers, path] = process.argv
process.stdout.write(JSON.stringify(await measure(what, on, Number(numbers), path)))

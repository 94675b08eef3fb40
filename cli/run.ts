/** The folder of a training: its model, checkpoints and report. It refuses to begin over another training. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { SavableModel } from '../src/index.ts'
import { folderStore, readModel } from '../src/node.ts'
import type { CheckpointStore } from '../src/files.ts'
import { asJSON } from './terminal/print.ts'
import { told } from './told.ts'

/** Where a training is kept. */
export interface Run {
  readonly folder: string
  readonly modelFile: string
  readonly reportFile: string
  readonly checkpoints: string
  /** Of a training by PyTorch: its package, its shards and what is left of it. */
  readonly torch: string
  readonly store: CheckpointStore
}

/** The folder as it is called, seen from where the command runs. */
export function runIn(folder: string): Run {
  const at = resolve(folder)
  const checkpoints = join(at, 'checkpoints')
  return {
    folder,
    modelFile: join(at, 'model.safetensors'),
    reportFile: join(at, 'report.json'),
    checkpoints,
    torch: join(at, 'torch'),
    store: folderStore(checkpoints),
  }
}

/** @throws what `told` makes, if the folder has a training, which may not be lost. */
export function checkEmpty({ folder, modelFile, checkpoints, torch }: Run): void {
  if ([modelFile, checkpoints, torch].some((path) => existsSync(path)))
    throw told(
      'usage',
      `expected '${folder}' without a training but got one: because it would be lost; go on with it by 'plegrad resume', give --run another folder, or --overwrite it`,
    )
}

/** Makes the folder, and takes out of it what a training before has left. */
export function begin({ modelFile, reportFile, checkpoints, torch }: Run): void {
  for (const path of [modelFile, reportFile, checkpoints, torch]) rmSync(path, { recursive: true, force: true })
  mkdirSync(dirname(modelFile), { recursive: true })
}

/** The model of a training that has ended. */
export async function modelIn({ folder, modelFile, checkpoints, torch }: Run): Promise<SavableModel> {
  if (existsSync(modelFile)) return readModel(modelFile)
  const instead = [checkpoints, torch].some((path) => existsSync(path))
    ? "'plegrad resume' ends its training"
    : "'plegrad train' makes one"
  throw told('failed', `expected a model in '${folder}' but got none: because ${instead}`)
}

export const writeReport = ({ reportFile }: Run, report: object): void =>
  writeFileSync(reportFile, `${asJSON(report)}\n`)

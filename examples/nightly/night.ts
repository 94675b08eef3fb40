/**
 * One night of a model that learns on: the table of a day is read, vocabularies and tables grow by what is new in it, and
 * training goes on with what the optimizer remembers. A night that was stopped goes on where it was; one that is done stays
 * as it is. It refuses a day whose columns are others.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PLE, adam, fit, parameters } from '../../src/index.ts'
import type { Optimizer, SavableModel } from '../../src/index.ts'
import type { TrainingState } from '../../src/files.ts'
import { growModel, growState } from '../../src/growth.ts'
import { folderStore, readModel, writeModel } from '../../src/node.ts'
import { readSafetensors, writeSafetensors } from '../../src/safetensors.ts'
import { openTable, tableDataset } from '../../src/tables.ts'
import type { FeatureSpec, Files, Table } from '../../src/tables.ts'

const FEATURES: readonly FeatureSpec[] = [
  { kind: 'sparse', name: 'user', dimension: 8 },
  { kind: 'sparse', name: 'film', dimension: 8 },
  { kind: 'sparse', name: 'hour', vocabularySize: 24 },
]
/** The columns whose values are not all known on the first night. */
const GROWING = ['user', 'film'] as const
const TASKS = { like: 'binary', share: 'binary' } as const

/** Where a night keeps what it is made of: the model, written last, says that the night is done. */
const at = (folder: string) => ({
  model: join(folder, 'model.safetensors'),
  optimizer: join(folder, 'optimizer.safetensors'),
  checkpoints: join(folder, 'checkpoints'),
})

/** The newest night before `name` that is done. */
const nightBefore = (home: string, name: string): string | undefined =>
  readdirSync(home)
    .filter((night) => night < name && existsSync(at(join(home, night)).model))
    .sort()
    .at(-1)

function writeOptimizer(file: string, optimizer: Optimizer, model: SavableModel): void {
  const { tensors, ...rest } = optimizer.saveState!(parameters(model))
  writeFileSync(file, writeSafetensors(tensors, { state: JSON.stringify(rest) }))
}

function readOptimizer(file: string): TrainingState {
  const { tensors, metadata } = readSafetensors(readFileSync(file))
  return { ...(JSON.parse(metadata.state) as TrainingState), tensors }
}

/** The values of a column, the most frequent first. */
async function valuesOf({ connection, relation }: Table, column: string): Promise<readonly string[]> {
  const rows = await connection.runAndReadAll(
    `SELECT "${column}" AS value FROM ${relation} GROUP BY 1 HAVING value IS NOT NULL ORDER BY count(*) DESC, value`,
  )
  return rows.getRowObjectsJson().map(({ value }) => String(value))
}

/** What became of a night. */
export interface Night {
  readonly model: SavableModel
  /** Whether it was done before, and nothing is left to do. */
  readonly done: boolean
  /** Steps of the optimizer, over all nights. */
  readonly steps: number
}

/** Runs the night `name`, such as 2024-05-01, of the table of its day. All nights are folders of `home`. */
export async function night(
  home: string,
  name: string,
  from: Files,
  { epochs = 3, signal }: { readonly epochs?: number; readonly signal?: AbortSignal } = {},
): Promise<Night> {
  const files = at(join(home, name))
  if (existsSync(files.model)) return { model: await readModel(files.model), done: true, steps: 0 }
  mkdirSync(join(home, name), { recursive: true })
  const before = nightBefore(home, name)
  const last = before === undefined ? undefined : at(join(home, before))
  const table = await openTable({ from })
  try {
    const optimizer = adam()
    let model: SavableModel
    if (last) {
      const values = await Promise.all(GROWING.map(async (column) => [column, await valuesOf(table, column)] as const))
      model = growModel(await readModel(last.model), { features: Object.fromEntries(values) })
      optimizer.restoreState!(growState(readOptimizer(last.optimizer), model), parameters(model))
    } else {
      const { features } = await tableDataset({ from: table, features: FEATURES, tasks: TASKS })
      model = new PLE({ features, taskNames: Object.keys(TASKS), taskTypes: Object.values(TASKS) })
    }
    const { training } = await tableDataset({
      from: table,
      features: FEATURES,
      fitted: model.features,
      tasks: TASKS,
    })
    const store = folderStore(files.checkpoints)
    const { stopped } = await fit(model, {
      data: training,
      ...{ epochs, batchSize: 64, optimizer, checkpoint: { store, every: 2 }, resume: store },
      ...(signal && { signal }),
    })
    if (stopped === 'aborted') return { model, done: false, steps: optimizer.steps }
    writeOptimizer(files.optimizer, optimizer, model)
    await writeModel(files.model, model)
    return { model, done: true, steps: optimizer.steps }
  } finally {
    table.close()
  }
}

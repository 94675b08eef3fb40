/** `init`: a plegrad.json for a table, with a reason for each thing that it proposes. It refuses to replace one unasked. */
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { inferFeatures } from '../../src/tables.ts'
import type { FeatureSpec, Split, Table } from '../../src/tables.ts'
import { filesHere, opened } from '../data.ts'
import { labelsIn } from '../labels.ts'
import type { Label } from '../labels.ts'
import { wrap } from '../terminal/columns.ts'
import { asJSON, printing } from '../terminal/print.ts'
import { tableOf } from '../terminal/table.ts'
import { EXIT, told } from '../told.ts'

export interface InitOptions {
  readonly config: string
  readonly label?: readonly string[]
  readonly except?: readonly string[]
  readonly sql?: string
  readonly table?: string
  readonly overwrite?: true
  readonly json?: true
}

const SCHEMA = './node_modules/plegrad/dist/plegrad.schema.json'

/** By the first column that is a time, or at random. */
function splitOf(table: Table): { readonly split: Split; readonly why: string } {
  const time = table.columns.find(({ type }) => /^(TIMESTAMP|DATE)/.test(type))
  const shares = { validation: 0.1, test: 0.1 }
  return time
    ? { split: { by: 'time', column: time.name, ...shares }, why: `${time.type}: the newest rows are held out` }
    : { split: { by: 'random', ...shares, seed: 1 }, why: 'no column is a time' }
}

const modelFor = (labels: readonly Label[]): { readonly kind: string } & Record<string, unknown> =>
  labels.length > 1
    ? { kind: 'PLE', numLevels: 2, expertDnnHiddenUnits: [64], towerDnnHiddenUnits: [32] }
    : { kind: 'SingleTask', bottomDnnHiddenUnits: [64], towerDnnHiddenUnits: [32] }

/** Steps enough to an epoch, and rows enough to a step. */
const batchFor = (rows: number): number => Math.min(1024, Math.max(32, 2 ** Math.round(Math.log2(rows / 200))))

/** A file as plegrad.json has it: seen from its folder where it is near, with / on every host. */
const seenFrom =
  (folder: string) =>
  (file: string): string => {
    if (/^\w+:\/\//.test(file)) return file
    const near = relative(folder, file)
    return near.startsWith('..') ? file : near.split(sep).join('/')
  }

const taskOf = ({ kind, classes }: Label): unknown =>
  classes === undefined ? kind : kind === 'multilabel' ? { kind, labels: classes } : { kind, classes }

export async function init(files: readonly string[], options: InitOptions): Promise<number> {
  const print = printing(options.json === true)
  if (existsSync(options.config) && options.overwrite !== true)
    throw told(
      'usage',
      `expected no file '${options.config}' but got one: because it would be lost; --overwrite it, or give --config another name`,
    )
  const here = filesHere(files)
  const from = here.length === 1 ? here[0] : here
  const { sql, table: name } = options
  const table = await opened({ from, ...(sql !== undefined && { sql }), ...(name !== undefined && { table: name }) })
  try {
    const labels = await labelsIn(table, options.label ?? [])
    const { features, leftOut } = await inferFeatures(table, {
      labels: labels.map(({ column }) => column),
      except: options.except ?? [],
    })
    if (features.length === 0)
      throw told('usage', 'expected columns to make features of but got none: because all are labels, or left out')
    const { split, why } = splitOf(table)
    const model = modelFor(labels)
    const batchSize = batchFor(table.rows)
    const seen = here.map(seenFrom(dirname(resolve(options.config))))
    const config = {
      $schema: SCHEMA,
      from: seen.length === 1 ? seen[0] : seen,
      ...(sql !== undefined && { sql }),
      ...(name !== undefined && { table: name }),
      split,
      features,
      tasks: Object.fromEntries(labels.map((label) => [label.column, taskOf(label)])),
      model,
      training: { optimizer: { kind: 'adam', learningRate: 0.001 }, epochs: 10, patience: 2, batchSize, seed: 1 },
    }
    writeFileSync(options.config, `${asJSON(config)}\n`)
    const reasons = [
      ...labels.map((label) => [label.column, `task: ${label.kind}`, label.why]),
      ...features.map((feature: FeatureSpec) => [nameOf(feature), feature.kind, feature.why ?? '']),
      ...leftOut.map((column) => [column.column, 'left out', column.why]),
      ['split', split.by, why],
      ['model', model.kind, labels.length > 1 ? 'tasks share experts, and have their own' : 'there is one task'],
    ]
    print.line(`${table.rows.toLocaleString('en-GB')} rows, ${table.columns.length} columns\n`)
    print.line(tableOf(['column', 'as', 'why'], reasons))
    print.line(
      `\n${wrap(`Written: ${options.config}. It cannot know which columns are only known afterwards: take those out. Then: plegrad train`)}`,
    )
    print.json({ config, reasons: reasons.map(([column, as, because]) => ({ column, as, why: because })) })
    return EXIT.done
  } finally {
    table.close()
  }
}

const nameOf = (feature: FeatureSpec): string =>
  feature.kind === 'crossed' ? (feature.name ?? feature.columns.join('_x_')) : feature.name

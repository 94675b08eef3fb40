/**
 * `npm run bench:stream`: one epoch over a table of 20 columns that is larger than memory need be, made by SQL, in a process
 * for each size: time and memory for each row, and how much of the time steps waited. It refuses to compare: it has no peer.
 */
import './measure/relaxed.ts'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Table from 'cli-table3'
import { Command } from 'commander'
import { DuckDBInstance } from '@duckdb/node-api'
import { CHARS, STYLE } from '../cli/terminal/table.ts'
import { PLE, adam, fit } from '../src/index.ts'
import { streamed } from '../src/streams.ts'
import { tableParts } from '../src/tables.ts'
import type { FeatureSpec } from '../src/tables.ts'
import { enableVectors } from '../src/vectors.ts'

const SPARSE = 12
const DENSE = 6
const TASKS = ['click', 'like']
/** Of the main job: larger models wait less. */
const WIDTHS = { expertDnnHiddenUnits: [64], gateDnnHiddenUnits: [], towerDnnHiddenUnits: [32] }
const BATCH = 1024
const MB = 2 ** 20

/** What one process found. */
interface Found {
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
  readonly waiting: number
  readonly peak: number
  readonly backend: string
  readonly readBy: string
  readonly loss: number
}

const FEATURES: readonly FeatureSpec[] = [
  ...Array.from({ length: SPARSE }, (_, at) => ({ kind: 'sparse' as const, name: `id${at}`, hashBuckets: 1000 })),
  ...Array.from({ length: DENSE }, (_, at) => ({ kind: 'dense' as const, name: `number${at}`, standardise: true })),
]

/** Ids, numbers and two labels that some of them tell. */
const queryOf = (rows: number): string => `SELECT
  ${Array.from({ length: SPARSE }, (_, at) => `(hash(i * ${SPARSE + DENSE} + ${at}) % 1000)::INTEGER AS id${at}`).join(', ')},
  ${Array.from({ length: DENSE }, (_, at) => `(hash(i * ${SPARSE + DENSE} + ${SPARSE + at}) % 1000)::FLOAT / 1000 AS number${at}`).join(', ')},
  (id0 + id1) % 7 < 2 AS click, (id0 + id2) % 5 < 1 AND click AS "like" FROM range(${rows}) rows(i)`

/** Trains in this process on the file. */
async function trained(file: string, buffer: number): Promise<Found> {
  enableVectors()
  const tasks = Object.fromEntries(TASKS.map((task) => [task, 'binary' as const]))
  const { features, training, close, readBy } = await tableParts({
    from: file,
    features: FEATURES,
    tasks,
    memoryLimit: '400MB',
  })
  const rows = training.sizes.reduce((sum, size) => sum + size, 0)
  const model = new PLE({ features, taskNames: TASKS, taskTypes: TASKS.map(() => 'binary'), ...WIDTHS })
  const started = performance.now()
  const data = await streamed(training, { buffer })
  const { epochs, backend } = await fit(model, { data, batchSize: BATCH, optimizer: adam() })
  const seconds = (performance.now() - started) / 1000
  close()
  const [{ waiting = NaN, losses }] = epochs
  const peak = process.resourceUsage().maxRSS * 1024
  return { rows, bytes: statSync(file).size, seconds, waiting, peak, backend, readBy, loss: losses.click }
}

/** The same in a process of its own, whose memory is nobody else's. */
function inProcess(file: string, buffer: number): Found {
  const output = execFileSync(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(import.meta.url), '--file', file, '--buffer', String(buffer)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  )
  return JSON.parse(output) as Found
}

/** Each size by itself, and what it cost. */
async function climb(sizes: readonly number[], buffer: number): Promise<readonly Found[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stream-'))
  const found: Found[] = []
  try {
    for (const rows of sizes) {
      const file = join(folder, 'table.parquet')
      const instance = await DuckDBInstance.create(':memory:')
      const connection = await instance.connect()
      await connection.run(`COPY (${queryOf(rows)}) TO '${file}' (FORMAT parquet)`)
      connection.closeSync()
      instance.closeSync()
      found.push(inProcess(file, buffer))
    }
    return found
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function told(found: readonly Found[], buffer: number): string {
  const table = new Table({
    head: ['rows', 'Parquet, MB', 'seconds', 'µs a row', 'peak, MB', 'waiting'],
    colAligns: ['right', 'right', 'right', 'right', 'right', 'right'],
    chars: CHARS,
    style: STYLE,
  })
  for (const { rows, bytes, seconds, waiting, peak } of found)
    table.push([
      rows.toLocaleString('en-GB'),
      (bytes / MB).toFixed(0),
      seconds.toFixed(1),
      ((1e6 * seconds) / rows).toFixed(2),
      (peak / MB).toFixed(0),
      `${(100 * waiting).toFixed(1)} %`,
    ])
  const [{ backend, readBy }] = found
  return `One epoch of a PLE over ${SPARSE + DENSE + TASKS.length} columns, batches of ${BATCH}, a buffer of ${buffer} rows
${backend}, rows read by ${readBy}, Node ${process.versions.node}

${table.toString()}`
}

const { file, rows, buffer, json } = new Command('npm run bench:stream --')
  .option('--rows <counts>', 'how many, with commas between', '1e6,5e6,50e6')
  .option('--buffer <rows>', 'rows that are shuffled together', String(2 ** 17))
  .option('--json', 'prints what was found as JSON')
  .option('--file <file>', 'a file of such a table, to be trained on in this process')
  .parse()
  .opts<{ readonly rows: string; readonly buffer: string; readonly json?: boolean; readonly file?: string }>()
if (file !== undefined) console.log(JSON.stringify(await trained(file, Number(buffer))))
else {
  const found = await climb(rows.split(',').map(Number), Number(buffer))
  console.log(json ? JSON.stringify(found) : told(found, Number(buffer)))
}

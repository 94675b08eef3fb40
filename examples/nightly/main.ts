/**
 * A nightly job: `node --import tsx examples/nightly/main.ts HOME NIGHT TABLE…`, such as `nights 2024-05-01 day.parquet`.
 * Ctrl-C keeps a checkpoint, and the same command goes on from it.
 */
import { parameters } from '../../src/index.ts'
import { night } from './night.ts'

const [home, name, ...tables] = process.argv.slice(2)
if (tables.length === 0) {
  console.error('nightly: expected a folder, the name of a night and a table but got less: main.ts HOME NIGHT TABLE…')
  process.exit(2)
}
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
const { model, done, steps } = await night(home, name, tables, { signal: stop.signal })
const rows = ['user', 'film'].map((table) => `${parameters(model)[`embedding.tables.${table}`].shape[0]} of ${table}s`)
console.log(
  done ? `${name} is done: ${steps} steps in all, rows: ${rows.join(', ')}` : `${name} was stopped; run it again`,
)
if (!done) process.exitCode = 130

/**
 * Where finished runs are kept: a line of JSON each, written the moment a run ends and found again by what determined it.
 * A line that is no whole run, as an interruption leaves one, is not read; all studies share one file, and so their runs.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Cell, Plain, Run, Setting } from './setting.ts'

export interface Store {
  readonly find: (key: string) => Run | undefined
  readonly add: (run: Run) => void
}

/** JSON whose names are in order, so that equal contents are equal texts. */
function canonical(value: Plain): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${(value as readonly Plain[]).map(canonical).join(',')}]`
  const entries = Object.entries(value as { readonly [name: string]: Plain }).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, content]) => `${JSON.stringify(name)}:${canonical(content)}`).join(',')}}`
}

/** Names a run by all that determines it. */
export const keyOf = (fingerprint: string, { facts }: Pick<Cell, 'facts'>, seed: number): string =>
  createHash('sha256')
    .update(canonical({ data: fingerprint, facts, seed }))
    .digest('hex')
    .slice(0, 24)

/** The key of each run of a setting: the data's fingerprint is taken once. */
export function keysOf({ fingerprint }: Setting): (cell: Cell, seed: number) => string {
  const data = fingerprint()
  return (cell, seed) => keyOf(data, cell, seed)
}

function parse(line: string): Run | undefined {
  try {
    const run = JSON.parse(line) as Partial<Run> | null
    return typeof run?.key === 'string' && typeof run.metrics === 'object' ? (run as Run) : undefined
  } catch {
    return undefined
  }
}

/** Opens the file at `path`, which need not be there. Of two runs with one key the later counts. */
export function openStore(path: string): Store {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const runs = new Map<string, Run>()
  for (const line of text.split('\n')) {
    const run = parse(line)
    if (run) runs.set(run.key, run)
  }
  mkdirSync(dirname(path), { recursive: true })
  // What an interruption left behind keeps its line to itself.
  if (text !== '' && !text.endsWith('\n')) appendFileSync(path, '\n')
  return {
    find: (key) => runs.get(key),
    add: (run) => {
      runs.set(run.key, run)
      appendFileSync(path, `${JSON.stringify(run)}\n`)
    },
  }
}

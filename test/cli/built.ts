/** The command line as it is shipped, bundled once, and run as a process in folders of its own. */
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { bundleCli } from '../../scripts/bundle-cli.ts'

/** What a process left. */
export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const home = mkdtempSync(join(tmpdir(), 'plegrad-cli-'))

/** Bundles it as the package has it: dist/cli.js beside a package.json. */
export async function built(): Promise<string> {
  mkdirSync(join(home, 'dist'), { recursive: true })
  cpSync('package.json', join(home, 'package.json'))
  await bundleCli(join(home, 'dist'))
  return join(home, 'dist', 'cli.js')
}

/** A folder in which DuckDB is installed, or is not. */
export function folderOf(name: string, { duckdb = true } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), `plegrad-${name}-`))
  if (duckdb) symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Runs a command; `watch` sees what it prints meanwhile. */
export function run(
  cli: string,
  folder: string,
  argv: readonly string[],
  watch?: (printed: string, interrupt: () => void) => void,
): Promise<Ended> {
  return new Promise((done) => {
    const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env
    const child = spawn(process.execPath, [cli, ...argv], { cwd: folder, env })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString()
      watch?.(stdout, () => child.kill('SIGINT'))
    })
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
    child.on('close', (status) => done({ status, stdout, stderr }))
  })
}

/** Rows of a query, in a DuckDB of their own. */
export async function sql(query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const rows = (await connection.runAndReadAll(query)).getRowObjectsJson()
  connection.closeSync()
  return rows
}

/** Rows with categories, a time, numbers with gaps, and labels of two kinds, one with gaps. */
export const FEED = `SELECT 'user ' || i % 40 AS user, i % 30 AS film, TIMESTAMP '2024-05-01' + INTERVAL (i) MINUTE AS at,
  CASE WHEN i % 11 > 0 THEN (i * 37 % 600) / 2.0 END AS seconds,
  (i % 40 * 7 + i % 30) % 3 = 0 AS liked, CASE WHEN i % 5 > 0 THEN (i * 13 % 100) / 100.0 END AS rating
  FROM range(1500) rows(i)`

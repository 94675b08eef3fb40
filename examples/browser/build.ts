/** Bundles the page into a folder that any file server has: scripts, DuckDB and its worker, and a reader of Parquet. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'

const { resolve } = createRequire(import.meta.url)
const HERE = import.meta.dirname

const FILES: Readonly<Record<string, string>> = {
  'index.html': join(HERE, 'page.html'),
  'page.css': join(HERE, 'page.css'),
  'duckdb.wasm': resolve('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm'),
  'duckdb-worker.js': resolve('@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js'),
  'parquet.wasm': resolve('parquet-wasm/esm/parquet_wasm_bg.wasm'),
}

export async function buildPage(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await build({
    entryPoints: [join(HERE, 'page.ts'), join(HERE, 'worker.ts')],
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
  })
  for (const [name, path] of Object.entries(FILES)) copyFileSync(path, join(folder, name))
}

/** All that holds over `@duckdb/node-api` holds over `@duckdb/duckdb-wasm`: the same suites, with another DuckDB beneath. */
import { describe, expect, it, vi } from 'vitest'
import { openTable } from '../../src/tables.ts'

vi.mock('@duckdb/node-api', () => import('./wasmInNode.ts'))

it('what answers is WebAssembly', async () => {
  const { connection, close } = await openTable({ sql: 'SELECT 1 AS x' })
  const rows = await connection.runAndReadAll('PRAGMA platform')
  close()
  expect(rows.getRowObjectsJson()).toEqual([{ platform: 'wasm_eh' }])
})

describe('types', async () => {
  await import('./types.test.ts')
})
describe('columns', async () => {
  await import('./equality.test.ts')
})
describe('features', async () => {
  await import('./features.test.ts')
})
describe('proposals', async () => {
  await import('./infer.test.ts')
})
describe('splits', async () => {
  await import('./split.test.ts')
})

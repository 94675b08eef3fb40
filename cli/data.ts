/** The table of a plegrad.json, or another one in its place, opened and read. It refuses to go on without DuckDB. */
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as NodeAPI from '@duckdb/node-api'
import type { Dataset, Feature } from '../src/index.ts'
import { encodedParts, openTable, readingOf, rowsIn, tableDataset } from '../src/tables/index.ts'
import type { OpenOptions, Part, Table, TableDataset } from '../src/tables/index.ts'
import { labelsOf, tasksOf } from './config/build.ts'
import type { Config, ConfigFile } from './config/read.ts'
import { told } from './told.ts'

/** What is used of DuckDB beyond what tables use. */
export type DuckDB = typeof NodeAPI

/** DuckDB as the folder has it where the command runs, or beside plegrad. */
export async function duckdb(): Promise<DuckDB> {
  try {
    const here = createRequire(join(process.cwd(), 'package.json')).resolve('@duckdb/node-api')
    return (await import(pathToFileURL(here).href)) as DuckDB
  } catch {
    try {
      return await import('@duckdb/node-api')
    } catch (error) {
      throw told('failed', "a table is read by DuckDB: install it by 'npm install @duckdb/node-api'", undefined, error)
    }
  }
}

/** Which files, and how they become one table. */
export type Source = Pick<OpenOptions, 'from' | 'sql' | 'table' | 'memoryLimit' | 'tempDirectory'>

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

const given = <T extends object>(options: T): Given<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>

/** Opens a table. Close it when it is done with. */
export const opened = async ({ from, sql, table, memoryLimit, tempDirectory }: Source): Promise<Table> =>
  openTable(given({ from, sql, table, memoryLimit, tempDirectory, duckdb: await duckdb() }))

/** Files as they are meant where the command runs. An address stays one. */
export const filesHere = (files: readonly string[]): readonly string[] =>
  files.map((file) => (/^\w+:\/\//.test(file) ? file : resolve(file)))

/** What `act` makes of the table of a file, or of other files in its place. */
export async function withTable<T>(
  { config, folder, about }: ConfigFile,
  others: readonly string[],
  act: (table: Table) => Promise<T>,
): Promise<T> {
  await duckdb()
  const away = filesHere(others)
  const before = process.cwd()
  // DuckDB sees paths, those in SQL too, from the folder that the process is in.
  process.chdir(folder)
  try {
    const source = away.length > 0 ? { ...config, from: away } : config
    const table = await about(config.sql === undefined || away.length > 0 ? 'from' : 'sql', () => opened(source))
    try {
      return await act(table)
    } finally {
      table.close()
    }
  } finally {
    process.chdir(before)
  }
}

const readBy = (config: Config) =>
  given({
    features: config.features,
    tasks: tasksOf(config),
    labels: labelsOf(config),
    sampleWeights: config.sampleWeights,
  })

/** All parts of the table, with features fitted on its training rows. */
export const partsOf = ({ config, about }: ConfigFile, table: Table): Promise<TableDataset> =>
  about(undefined, () => tableDataset(given({ from: table, ...readBy(config), split: config.split })))

/** Which rows are read: a part of the split, or all. */
export type Rows = Part | 'all'

/** Rows with labels, as the features of a model have them. */
export const labelled = (
  { config, about }: ConfigFile,
  table: Table,
  rows: Rows,
  fitted: readonly Feature[],
): Promise<Dataset> =>
  about(undefined, async () => {
    const split = rows === 'all' ? undefined : config.split
    const reading = await readingOf('evaluate', table, given({ ...readBy(config), split, fitted }))
    const part = rows === 'all' ? 'training' : rows
    const all = await rowsIn(reading, part)
    for await (const data of encodedParts(reading, part, { rows: Math.max(1, all) })) return data
    throw told('usage', `expected rows for ${rows} but got none: because the split of plegrad.json leaves it empty`)
  })

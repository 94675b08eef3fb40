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

/** Where the folder has DuckDB that the command runs in; else it is beside plegrad, if anywhere. */
export function duckdbAddress(): string | undefined {
  try {
    return pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve('@duckdb/node-api')).href
  } catch {
    return undefined
  }
}

/** DuckDB as the folder has it where the command runs, or beside plegrad. */
export async function duckdb(): Promise<DuckDB> {
  try {
    const address = duckdbAddress()
    return address === undefined ? await import('@duckdb/node-api') : ((await import(address)) as DuckDB)
  } catch (error) {
    throw told('failed', "a table is read by DuckDB: install it by 'npm install @duckdb/node-api'", undefined, error)
  }
}

/** Which files, and how they become one table. */
export type Source = Pick<OpenOptions, 'from' | 'sql' | 'table' | 'memoryLimit' | 'tempDirectory'>

/** Options without those that are undefined. */
type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

export const given = <T extends object>(options: T): Given<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>

/** Opens a table. Close it when it is done with. */
export const opened = async ({ from, sql, table, memoryLimit, tempDirectory }: Source): Promise<Table> =>
  openTable(given({ from, sql, table, memoryLimit, tempDirectory, duckdb: await duckdb() }))

/** Files as they are meant where the command runs. An address stays one. */
export const filesHere = (files: readonly string[]): readonly string[] =>
  files.map((file) => (/^\w+:\/\//.test(file) ? file : resolve(file)))

/** Acts in the folder of a plegrad.json: DuckDB sees paths, those in SQL too, from the folder that the process is in. */
export async function inFolder<T>(folder: string, act: () => Promise<T>): Promise<T> {
  const before = process.cwd()
  process.chdir(folder)
  try {
    return await act()
  } finally {
    process.chdir(before)
  }
}

/** Of a file, or of other files in its place, what is opened, and which member of the file is about that. */
export const sourceOf = ({ config }: ConfigFile, others: readonly string[]) =>
  others.length > 0
    ? ({ source: { ...config, from: others }, member: 'from' } as const)
    : ({ source: config, member: config.sql === undefined ? 'from' : 'sql' } as const)

/** What `act` makes of the table of a file, or of other files in its place. */
export async function withTable<T>(
  file: ConfigFile,
  others: readonly string[],
  act: (table: Table) => Promise<T>,
): Promise<T> {
  await duckdb()
  const { source, member } = sourceOf(file, filesHere(others))
  return inFolder(file.folder, async () => {
    const table = await file.about(member, () => opened(source))
    try {
      return await act(table)
    } finally {
      table.close()
    }
  })
}

/** What is read of a table. */
export const readOf = (config: Config) =>
  given({
    features: config.features,
    tasks: tasksOf(config),
    labels: labelsOf(config),
    sampleWeights: config.sampleWeights,
  })

/** All parts of the table, with features fitted on its training rows. */
export const partsOf = ({ config, about }: ConfigFile, table: Table): Promise<TableDataset> =>
  about(undefined, () => tableDataset(given({ from: table, ...readOf(config), split: config.split })))

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
    const reading = await readingOf('evaluate', table, given({ ...readOf(config), split, fitted }))
    const part = rows === 'all' ? 'training' : rows
    const all = await rowsIn(reading, part)
    for await (const data of encodedParts(reading, part, { rows: Math.max(1, all) })) return data
    throw told('usage', `expected rows for ${rows} but got none: because the split of plegrad.json leaves it empty`)
  })

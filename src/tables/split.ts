/**
 * Which rows train, which validate and which test: by time, by the hash of a column, at random, or as a column says. It
 * refuses rows that belong nowhere, and parts without rows.
 */
import { hashOfText } from '../data/index.ts'
import type { Table } from './openTable.ts'
import { checkJSON } from './schema.ts'
import { SPLIT_SCHEMA } from './specSchema.ts'
import { literal, quoted, rowsOf } from './sql.ts'

/** The parts of a table. */
export type Part = 'training' | 'validation' | 'test'

/** Shares of all rows that are held out; the rest trains. */
export interface Shares {
  /** Default 0. */
  readonly validation?: number
  /** Default 0. */
  readonly test?: number
}

/** The newest rows are held out: by shares, or from a time on, as the column has it. Rows of one time stay together. */
export interface TimeSplit extends Shares {
  readonly by: 'time'
  readonly column: string
  /** The first time that is not trained on. */
  readonly validationFrom?: string | number
  /** The first time that is neither trained nor validated on. */
  readonly testFrom?: string | number
}

/** All rows of one value, such as a user, are in one part, whatever else the table holds. */
export interface HashSplit extends Shares {
  readonly by: 'hash'
  readonly column: string
  /** Default 1. */
  readonly seed?: number
}

/** Row by row, by its number in the table. */
export interface RandomSplit extends Shares {
  readonly by: 'random'
  /** Default 1. */
  readonly seed?: number
}

/** A column says it: 'training', 'validation' or 'test'. Rows of other values, and of none, are left alone. */
export interface ColumnSplit {
  readonly by: 'column'
  readonly column: string
}

/** Which rows are for what, as JSON. */
export type Split = TimeSplit | HashSplit | RandomSplit | ColumnSplit

/** A table's rows with a condition for each part. */
export interface Parts {
  /** What rows are selected from. */
  readonly relation: string
  /** The parts that there are, training first, each with the SQL that tells its rows. */
  readonly where: Readonly<Partial<Record<Part, string>>>
}

const fail = (who: string, expected: string, got: string, because: string): never => {
  throw new RangeError(`${who}: expected ${expected} but got ${got}: because ${because}`)
}

/** Throws a RangeError in words unless it is a split. */
export function checkSplit(who: string, split: Split): void {
  checkJSON(who, 'split', split, SPLIT_SCHEMA)
  if (split.by === 'column') return
  const { validation = 0, test = 0 } = split
  if (validation + test >= 1)
    fail(who, 'validation and test of less than 1 together', `${validation + test}`, 'the rest is trained on')
  if (split.by !== 'time') return
  const cuts = [split.validationFrom, split.testFrom].filter((cut) => cut !== undefined)
  if (cuts.length > 0 && validation + test > 0) fail(who, 'shares or times', 'both', 'rows are held out in one way')
}

/** A prime of which 3 does not divide the predecessor, so that cubes below it are all different. */
const PRIME = 2147483579
/** Of a whole number in SQL, a share from 0 to 1 that depends on nothing else but the seed, on any host and version. */
const shareOf = (x: string, seed: number): string => {
  const [shift, again] = [hashOfText(`${seed} first`) % PRIME, hashOfText(`${seed} second`) % PRIME]
  const cube = (n: string): string => `((${n}) * ((${n}) * (${n}) % ${PRIME}) % ${PRIME})`
  const once = cube(`((${x}) * 1103515245 + ${shift}) % ${PRIME}`)
  return `(${cube(`(${once} * 1664525 + ${again}) % ${PRIME}`)} / ${PRIME}.0)`
}

/** Conditions of three consecutive stretches of an expression; null is in none. */
function stretches(x: string, validationFrom: string | undefined, testFrom: string | undefined): Parts['where'] {
  const first = validationFrom ?? testFrom
  return {
    training: first === undefined ? 'true' : `${x} < ${first}`,
    ...(validationFrom !== undefined && {
      validation: `${x} >= ${validationFrom}${testFrom === undefined ? '' : ` AND ${x} < ${testFrom}`}`,
    }),
    ...(testFrom !== undefined && { test: `${x} >= ${testFrom}` }),
  }
}

/** Conditions of an expression of evenly spread values, by what stands for a share of them. */
const byShares = (
  x: string,
  { validation = 0, test = 0 }: Shares,
  of: (share: number) => string = String,
): Parts['where'] =>
  stretches(x, validation > 0 ? of(1 - validation - test) : undefined, test > 0 ? of(1 - test) : undefined)

/** A share of all hexadecimal numbers, by their first 15 digits: texts of them are in the order of the numbers. */
const digitsOf = (share: number): string =>
  literal(
    BigInt(Math.ceil(share * 2 ** 60))
      .toString(16)
      .padStart(15, '0'),
  )

async function byTime(who: string, table: Table, split: TimeSplit): Promise<Parts> {
  const x = quoted(split.column)
  const ask = (sql: string) => rowsOf(who, table.connection, sql)
  const [{ missing }] = await ask(`SELECT count(*)::DOUBLE AS missing FROM ${table.relation} WHERE ${x} IS NULL`)
  if (missing !== 0)
    fail(
      who,
      `a time in every row of '${split.column}'`,
      `${String(missing)} without`,
      'they belong to no part; leave them out in SQL',
    )
  const type = table.columns.find(({ name }) => name === split.column)?.type ?? ''
  const cast = (cut: string | number): string => `CAST(${literal(String(cut))} AS ${type})`
  const { validation = 0, test = 0, validationFrom, testFrom } = split
  if (validation + test === 0)
    return {
      relation: table.relation,
      where: stretches(
        x,
        validationFrom === undefined ? undefined : cast(validationFrom),
        testFrom === undefined ? undefined : cast(testFrom),
      ),
    }
  /** The first time behind a share of the rows. */
  const after = async (share: number): Promise<string> => {
    const [{ time }] = await ask(
      `SELECT CAST(min(${x}) AS VARCHAR) AS time FROM ${table.relation} WHERE ${x} > (SELECT quantile_disc(${x}, ${share}) FROM ${table.relation})`,
    )
    return typeof time === 'string'
      ? cast(time)
      : fail(
          who,
          `times in '${split.column}' behind ${share} of the rows`,
          'none',
          'that many have the last one; give validationFrom and testFrom',
        )
  }
  const from = validation > 0 ? await after(1 - validation - test) : undefined
  return { relation: table.relation, where: stretches(x, from, test > 0 ? await after(1 - test) : undefined) }
}

/**
 * The parts of a table by a split, of which none means that all rows train.
 * @throws RangeError if an option makes no sense, a column is not there, or a row has no time.
 */
export async function partsOf(who: string, table: Table, split: Split | undefined): Promise<Parts> {
  const { relation } = table
  if (!split) return { relation, where: { training: 'true' } }
  checkSplit(who, split)
  if (split.by === 'random') {
    const numbered = `(SELECT *, row_number() OVER () AS "plegrad row" FROM ${relation})`
    return { relation: numbered, where: byShares(shareOf('"plegrad row"', split.seed ?? 1), split) }
  }
  table.column(who, split.column)
  const x = quoted(split.column)
  if (split.by === 'time') return byTime(who, table, split)
  // MD5 is the same in every version of DuckDB. Not a join with the values' shares, which rows leave in another order.
  if (split.by === 'hash')
    return {
      relation,
      where: byShares(`md5(${literal(`${split.seed ?? 1}/`)} || coalesce(CAST(${x} AS VARCHAR), ''))`, split, digitsOf),
    }
  const found = await rowsOf(who, table.connection, `SELECT DISTINCT CAST(${x} AS VARCHAR) AS part FROM ${relation}`)
  const named = (part: Part) => found.some((row) => row.part === part) && { [part]: `${x} = ${literal(part)}` }
  return { relation, where: { ...named('training'), ...named('validation'), ...named('test') } }
}

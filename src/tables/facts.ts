/** What a table's columns are like, asked of DuckDB in two queries. It refuses to read lists and structures value by value. */
import type { Table } from './openTable.ts'
import type { TableColumn } from './source.ts'
import { quoted, rowsOf } from './sql.ts'
import { readType } from './types.ts'
import type { ReadType } from './types.ts'

/** Fewer distinct values than this are counted one by one. */
const EXACT = 2000
/** And so are those of nearly every row, for an approximation is some 15 % off, in tables of up to so many rows. */
const COUNTED = 2 ** 20
const NEARLY = 0.7

/** What the rows of one column are like. */
export interface Facts {
  readonly column: TableColumn
  readonly read: ReadType
  readonly rows: number
  readonly missing: number
  readonly distinct: number
  readonly least: number
  readonly middle: number
  readonly most: number
  readonly whole: boolean
  /** Of lists: how long 95 % of them are at most, and the longest. */
  readonly usual: number
  readonly longest: number
}

/** What is asked of a column, by the part of a name that the answers have. */
function questions({ name }: TableColumn, { list, use }: ReadType): Readonly<Record<string, string>> {
  const x = quoted(name)
  const numbers = !list && use.number ? use.number(x) : 'NULL::DOUBLE'
  const length = list ? `len(${x})` : 'NULL'
  return {
    missing: `count(*) - count(${x})`,
    distinct: list ? '0' : `approx_count_distinct(${x})`,
    least: `min(${numbers})`,
    middle: `approx_quantile(${numbers}, 0.5)`,
    most: `max(${numbers})`,
    whole: `coalesce(bool_and(${numbers} = floor(${numbers}) OR ${numbers} IS NULL), false)`,
    usual: `quantile_disc(${length}, 0.95)`,
    longest: `max(${length})`,
  }
}

const NOTHING = {
  ...{ rows: 0, missing: 0, distinct: 0, least: NaN, middle: NaN, most: NaN },
  ...{ whole: false, usual: NaN, longest: NaN },
}

/** The facts of every column, of those of no known use the type alone. */
export async function factsOf(who: string, table: Table): Promise<readonly Facts[]> {
  const asked = table.columns.map((column) => ({ column, read: readType(column.type) }))
  const known = asked.filter(({ read: { use } }) => use.category ?? use.number ?? use.time)
  if (known.length === 0) return asked.map((each) => ({ ...each, ...NOTHING }))
  const answers = known.flatMap(({ column, read }, place) =>
    Object.entries(questions(column, read)).map(([name, sql]) => `CAST(${sql} AS DOUBLE) AS ${name}${place}`),
  )
  const [row] = await rowsOf(who, table.connection, `SELECT ${answers.join(', ')} FROM ${table.relation}`)
  const counted = (place: number): boolean => {
    const distinct = Number(row[`distinct${place}`])
    const there = table.rows - Number(row[`missing${place}`])
    return distinct < EXACT || (distinct > NEARLY * there && table.rows <= COUNTED)
  }
  const few = known.flatMap(({ column }, place) =>
    counted(place) ? [`CAST(count(DISTINCT ${quoted(column.name)}) AS DOUBLE) AS distinct${place}`] : [],
  )
  const [exact] =
    few.length > 0 ? await rowsOf(who, table.connection, `SELECT ${few.join(', ')} FROM ${table.relation}`) : [{}]
  const answersOf = (place: number): typeof NOTHING => {
    const number = (name: string): number => Number({ ...row, ...exact }[`${name}${place}`] ?? NaN)
    return {
      rows: table.rows,
      ...{ missing: number('missing'), distinct: number('distinct') },
      ...{ least: number('least'), middle: number('middle'), most: number('most'), whole: number('whole') === 1 },
      ...{ usual: number('usual'), longest: number('longest') },
    }
  }
  return asked.map((each) => ({ ...each, ...(known.includes(each) ? answersOf(known.indexOf(each)) : NOTHING) }))
}

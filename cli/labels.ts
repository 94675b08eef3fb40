/** Which columns are labels, and of what kind: as they are asked for, or guessed by name and values. It refuses to guess from values alone. */
import { factsOf, rowsOf } from '../src/tables/index.ts'
import type { Facts, Table } from '../src/tables/index.ts'
import { told } from './told.ts'

/** A task that a table may have. */
export interface Label {
  readonly column: string
  readonly kind: string
  /** Of a task of classes, or of several labels: how many, or their names. */
  readonly classes?: number | readonly string[]
  readonly why: string
}

const KINDS = ['binary', 'regression', 'count', 'multiclass', 'multilabel']
/** More classes than a person would name. */
const CLASSES = 1000

/** What a row becomes known by afterwards. */
const LABEL =
  /^(is|has|did|was)?_?(label|target|outcome|y|ctr|cvr|click(s|ed)?|like[ds]?|share[ds]?|follow(s|ed)?|comment(s|ed)?|forward(ed)?|buys?|bought|purchase[ds]?|orders?|ordered|convert(s|ed)?|conversion|install(s|ed)?|long_view|watched|rating|stars|churn(ed)?|default(ed)?|fraud|survived)$/i

/** What the values of a column may be, if it is a label. */
function kindOf({ read, column, whole, least, most, distinct }: Facts): string | undefined {
  // Of lists nobody has counted the values.
  if (read.list) return read.use.number ? undefined : 'multilabel'
  if (distinct < 2) return undefined
  if (!read.use.number) return read.use.category === 'text' ? 'multiclass' : undefined
  if (column.type === 'BOOLEAN' || (whole && least >= 0 && most <= 1)) return 'binary'
  return 'regression'
}

const refuse = (column: string, expected: string, got: string): never => {
  throw told('usage', `init: expected ${expected} for --label ${column} but got ${got}`)
}

/** Classes by name where values are texts, and else as many as whole numbers from 0 say, or as lists are long. */
async function classesOf(
  { column: { name }, read, whole, least, most, longest }: Facts,
  table: Table,
): Promise<Label['classes']> {
  if (read.list && read.use.number) {
    if (longest < 2 || longest > CLASSES)
      refuse(name, `lists of 2 to ${CLASSES} labels`, `lists of at most ${longest || 0}`)
    return longest
  }
  if (read.use.number) {
    if (!whole || least < 0 || most >= CLASSES)
      refuse(name, `classes from 0 to at most ${CLASSES - 1}, or their names`, `numbers from ${least} to ${most}`)
    return most + 1
  }
  const column = `"${name.replaceAll('"', '""')}"`
  const x = read.list ? `unnest(CAST(${column} AS VARCHAR[]))` : `CAST(${column} AS VARCHAR)`
  const sql = `SELECT DISTINCT name FROM (SELECT ${x} AS name FROM ${table.relation}) WHERE name IS NOT NULL ORDER BY name LIMIT ${CLASSES + 1}`
  const names = (await rowsOf('init', table.connection, sql)).map((row) => String(row.name))
  if (names.length > CLASSES) refuse(name, `at most ${CLASSES} classes`, 'more')
  if (names.length < 2) refuse(name, 'at least 2 classes', String(names.length))
  return names
}

async function asked(text: string, facts: readonly Facts[], table: Table): Promise<Label> {
  const [, column, kind] = /^(.*?)(?::(\w+))?$/s.exec(text)!
  table.column('init --label', column)
  const own = facts.find((each) => each.column.name === column)!
  const like = kindOf(own)
  if (kind !== undefined && !KINDS.includes(kind)) refuse(column, `one of ${KINDS.join(', ')}`, kind)
  const taken = kind ?? like
  const isList = own.read.list
  if (taken === undefined || (!isList && like === undefined))
    return refuse(column, 'numbers or texts of more than one value', `column of ${own.column.type}`)
  if (isList !== (taken === 'multilabel'))
    refuse(
      column,
      isList ? 'multilabel, as lists are,' : 'a column of lists, as multilabel is,',
      isList ? taken : `column of ${own.column.type}`,
    )
  if (like === 'multiclass' && taken !== like) refuse(column, `${like}, as texts are,`, taken)
  const why = 'asked for'
  if (taken !== 'multiclass' && taken !== 'multilabel') return { column, kind: taken, why }
  const classes = await classesOf(own, table)
  return { column, kind: taken, classes: classes!, why }
}

/** The labels of a table. @throws what `told` makes where none is asked for, and none looks like one. */
export async function labelsIn(table: Table, given: readonly string[]): Promise<readonly Label[]> {
  const facts = await factsOf('init', table)
  if (given.length > 0) return Promise.all(given.map((text) => asked(text, facts, table)))
  const guessed = facts.flatMap((each): readonly Label[] => {
    const kind = LABEL.test(each.column.name) ? kindOf(each) : undefined
    return kind === undefined || kind.startsWith('multi')
      ? []
      : [{ column: each.column.name, kind, why: `guessed: ${each.column.type}, by its name` }]
  })
  if (guessed.length > 0) return guessed
  const could = facts.filter((each) => kindOf(each) === 'binary').map(({ column }) => column.name)
  throw told(
    'usage',
    `expected --label COLUMN but got none: because no column is called like one${could.length > 0 ? `; of 0 and 1 are ${could.slice(0, 8).join(', ')}` : ''}`,
  )
}

/** Which columns are labels, and of what kind: as they are asked for, or guessed by name and values. It refuses to guess from values alone. */
import { factsOf } from '../src/tables/index.ts'
import type { Facts, Table } from '../src/tables/index.ts'
import { told } from './told.ts'

/** A task that a table may have. */
export interface Label {
  readonly column: string
  readonly kind: string
  readonly why: string
}

const KINDS = ['binary', 'regression', 'count']

/** What a row becomes known by afterwards. */
const LABEL =
  /^(is|has|did|was)?_?(label|target|outcome|y|ctr|cvr|click(s|ed)?|like[ds]?|share[ds]?|follow(s|ed)?|comment(s|ed)?|forward(ed)?|buys?|bought|purchase[ds]?|orders?|ordered|convert(s|ed)?|conversion|install(s|ed)?|long_view|watched|rating|stars|churn(ed)?|default(ed)?|fraud|survived)$/i

/** What the values of a column may be, if it is a label. */
function kindOf({ read, column, whole, least, most, distinct }: Facts): string | undefined {
  if (read.list || !read.use.number || distinct < 2) return undefined
  if (column.type === 'BOOLEAN' || (whole && least >= 0 && most <= 1)) return 'binary'
  return 'regression'
}

const refuse = (column: string, expected: string, got: string): never => {
  throw told('usage', `init: expected ${expected} for --label ${column} but got ${got}`)
}

function asked(text: string, facts: readonly Facts[], table: Table): Label {
  const [, column, kind] = /^(.*?)(?::(\w+))?$/s.exec(text)!
  table.column('init --label', column)
  const own = kindOf(facts.find((each) => each.column.name === column)!)
  if (kind !== undefined && !KINDS.includes(kind)) refuse(column, `one of ${KINDS.join(', ')}`, kind)
  if (own === undefined)
    refuse(column, 'numbers of more than one value', `column of ${table.column('init', column).type}`)
  return { column, kind: kind ?? own!, why: 'asked for' }
}

/** The labels of a table. @throws what `told` makes where none is asked for, and none looks like one. */
export async function labelsIn(table: Table, given: readonly string[]): Promise<readonly Label[]> {
  const facts = await factsOf('init', table)
  if (given.length > 0) return given.map((text) => asked(text, facts, table))
  const guessed = facts.flatMap((each): readonly Label[] => {
    const kind = LABEL.test(each.column.name) ? kindOf(each) : undefined
    return kind === undefined
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

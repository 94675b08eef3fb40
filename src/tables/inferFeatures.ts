/**
 * Proposes features for a table's columns, each with its reason, as JSON that a person edits. It refuses to know what a
 * column means: one that is only known after the fact must be taken out by hand.
 */
import { checkOptions, either, listOf, recordOf, text } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { factsOf } from './facts.ts'
import type { Facts } from './facts.ts'
import type { DenseSpec, FeatureSpec, SparseSpec } from './featureSpec.ts'
import type { Table } from './openTable.ts'

/** What `inferFeatures` takes. */
export interface InferOptions {
  /** Columns of labels, which are no features: a list, or by task. */
  readonly labels?: readonly string[] | Readonly<Record<string, string>>
  /** Further columns that are no features, such as what is only known afterwards. */
  readonly except?: readonly string[]
}

/** Features that a table may have, and what of it has been left out. Each says why. */
export interface Proposal {
  readonly features: readonly FeatureSpec[]
  readonly leftOut: readonly { readonly column: string; readonly why: string }[]
}

const OPTIONS: Checks<InferOptions> = { labels: either(listOf(text), recordOf(text)), except: listOf(text) }
const WHO = 'inferFeatures'

/** Whole numbers of at most so many values are categories, whatever they are called. */
const FEW = 50
/** Of more values than this those that come once are left out, and embeddings are wider. */
const MANY = 1000
/** The largest table that is proposed. */
const LARGEST = 100_000
const IDENTITY = /(^|_)(id|ids|code|type|kind|category|tag|tags|zip|user|item)$|Id$/

const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`
const short = (x: number): string => String(Number(x.toPrecision(4)))

const nulls = ({ missing, rows }: Facts): string =>
  missing === 0 ? 'none missing' : `${short((100 * missing) / rows)} % missing`

function category(facts: Facts): SparseSpec {
  const { column, distinct } = facts
  const many = distinct > MANY
  return {
    ...{ kind: 'sparse', name: column.name },
    ...(many && { vocabulary: { minCount: 2, ...(distinct > LARGEST && { maxSize: LARGEST }) }, dimension: 8 }),
    why: `${column.type}: ${counted(distinct, 'value')}${many ? ', of which those that come once are one' : ''}, ${nulls(facts)}`,
  }
}

function number(facts: Facts): DenseSpec {
  const { column, least, middle, most, missing } = facts
  const long = least >= 0 && most > 100 * Math.max(middle, 1)
  return {
    ...{ kind: 'dense', name: column.name },
    ...(missing > 0 && { missing: 'median', indicator: true }),
    ...(long && { log: true }),
    standardise: true,
    why: `${column.type}: ${short(least)} to ${short(most)}${long ? `, half of it up to ${short(middle)}` : ''}, ${nulls(facts)}`,
  }
}

/** What of a time a day and a week repeat. */
const times = ({ column: { name, type }, read }: Facts): readonly SparseSpec[] =>
  (read.use.time === 'clock'
    ? (['hour'] as const)
    : type === 'DATE'
      ? (['weekday'] as const)
      : (['hour', 'weekday'] as const)
  ).map((time) => ({
    kind: 'sparse',
    name: `${name}_${time}`,
    column: name,
    time,
    why: `${type}: what a ${time === 'hour' ? 'day' : 'week'} repeats`,
  }))

function lists(facts: Facts): readonly FeatureSpec[] | string {
  const { column, read, usual, longest } = facts
  const { name, type } = column
  if (read.length !== undefined && read.use.category === 'number')
    return [
      {
        kind: 'dense',
        name,
        dimension: read.length,
        ...(facts.missing > 0 && { missing: 'mean' }),
        standardise: true,
        why: `${type}: ${read.length} numbers a row`,
      },
    ]
  if (!read.use.category) return `${type}: write ${read.use.instead ?? 'CAST(x AS VARCHAR[])'} in sql, of x`
  if (!(longest > 0)) return `${type}: all lists are empty`
  return [
    {
      kind: 'varLen',
      name,
      maxLength: Math.max(1, usual),
      why: `${type}: 95 % have at most ${usual}, the longest ${longest}`,
    },
  ]
}

/** The features of a column, or why it has none. */
function proposed(facts: Facts): readonly FeatureSpec[] | string {
  const { column, read, rows, missing, distinct, whole } = facts
  const { type, name } = column
  const { use } = read
  if (read.list) return lists(facts)
  if (!use.category && !use.time) return `${type}: write ${use.instead ?? 'CAST(x AS VARCHAR)'} in sql, of x`
  if (distinct <= 1) return `${type}: ${distinct === 0 ? 'no value in any row' : 'the same value in all rows'}`
  if (use.time) return times(facts)
  const identity = IDENTITY.test(name)
  if (use.number && !identity && !(type === 'BOOLEAN' || (whole && distinct <= FEW))) return [number(facts)]
  if (distinct > MANY && distinct > 0.9 * (rows - missing))
    return `${type}: nearly as many values as rows, ${counted(distinct, 'value')}`
  return [category(facts)]
}

/**
 * Proposes a feature, or two of a time, for each column that is no label: categories of texts, identities and whole numbers
 * of few values; scaled numbers; lists. Distinct values beyond 2,000 are counted by approximation,
 * unless nearly every row has its own and there are at most 2^20 rows.
 * @throws RangeError if an option is not known, or a label or exception is no column.
 */
export async function inferFeatures(table: Table, options: InferOptions = {}): Promise<Proposal> {
  checkOptions(WHO, options, OPTIONS)
  const { labels = [], except = [] } = options
  const excluded: readonly string[] = [...Object.values(labels), ...except]
  for (const name of excluded) table.column(WHO, name)
  const features: FeatureSpec[] = []
  const leftOut: { column: string; why: string }[] = []
  for (const facts of await factsOf(WHO, table)) {
    const { name: column } = facts.column
    if (excluded.includes(column)) continue
    const found = proposed(facts)
    if (typeof found === 'string') leftOut.push({ column, why: found })
    else features.push(...found)
  }
  return { features, leftOut }
}

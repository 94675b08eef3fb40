/**
 * Fits what specs ask for, on the training rows of a table: vocabularies that DuckDB counts, bins and scalings. It refuses
 * to look at other rows.
 */
import {
  checkTogether,
  crossedFeature,
  denseFeature,
  fitScaling,
  quantileBins,
  sparseFeature,
  varLenFeature,
  vocabularyOfCounts,
} from '../data/index.ts'
import type { Encoding, Feature, Key, Vocabulary, VocabularyOptions } from '../data/index.ts'
import type { DenseSpec, EmbeddingSpec, FeatureSpec, SparseSpec, VarLenSpec } from './featureSpec.ts'
import type { Chunk } from './library.ts'
import type { Table } from './openTable.ts'
import { dimensionOf, readOf } from './reads.ts'
import type { ColumnRead } from './reads.ts'
import type { Parts } from './split.ts'
import { chunksOf, rowsOf } from './sql.ts'

/** Numbers that are held to be sorted: 128 MiB. Of more rows every second, third and so on is taken. */
const MOST_NUMBERS = 2 ** 24

/** The rows that are fitted on. */
interface Fitting {
  readonly who: string
  readonly table: Table
  readonly relation: string
  readonly where: string
  readonly rows: number
}

type Embedded = SparseSpec | VarLenSpec

/** What is given to a feature as it is. */
const TABLE = ['dimension', 'table', 'initStd', 'trainable'] as const
const LIST = [
  ...TABLE,
  ...['maxLength', 'pooling', 'weights', 'weightNorm', 'candidate'],
  ...['attentionHiddenUnits', 'attentionActivation', 'attentionNormalize'],
] as const
const SCALING = ['missing', 'indicator', 'clip', 'clipQuantiles', 'log', 'standardise'] as const

/** The options of those names that a spec gives. */
const given = (spec: FeatureSpec, names: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(spec).filter(([name, value]) => names.includes(name) && value !== undefined))

const selected = ({ relation, where }: Fitting, sql: string): string =>
  `SELECT ${sql} AS v FROM ${relation} WHERE ${where}`

/** How often each value comes in columns that share a table, of those that may be in a vocabulary of these options. */
async function countsOf(
  fitting: Fitting,
  reads: readonly ColumnRead[],
  { minCount = 1, maxSize = Infinity }: VocabularyOptions,
): Promise<ReadonlyMap<Key, number>> {
  const { who, table } = fitting
  const values = reads.map(({ sql, list }) => selected(fitting, list ? `unnest(${sql})` : sql)).join(' UNION ALL ')
  const there = reads[0].cell === 'text' ? `v <> ''` : `NOT isnan(v)`
  const counts =
    `WITH counts AS (SELECT v, count(*) AS n FROM (${values}) WHERE ${there} GROUP BY v HAVING n >= ${minCount}) ` +
    'SELECT v, CAST(n AS DOUBLE) FROM counts'
  // The last that fits in may have as many as others: which of these stays is decided where all vocabularies are made.
  const most = Math.max(1, maxSize - 2)
  const least = `coalesce((SELECT n FROM counts ORDER BY n DESC LIMIT 1 OFFSET ${most - 1}), 0)`
  const found = new Map<Key, number>()
  const sql = maxSize === Infinity ? counts : `${counts} WHERE n >= ${least}`
  for await (const chunk of chunksOf(who, table.connection, sql)) {
    const [keys, times] = [chunk.getColumnVector(0), chunk.getColumnVector(1)]
    for (let row = 0; row < chunk.rowCount; row++) found.set(keys.getItem(row) as Key, times.items![row] as number)
  }
  return found
}

/** The numbers of a column in the order of rows, `dimension` for each, NaN where one is missing. */
async function numbersOf(fitting: Fitting, { sql, list }: ColumnRead, dimension: number): Promise<Float64Array> {
  const { who, table, rows } = fitting
  const every = Math.max(1, Math.ceil((rows * dimension) / MOST_NUMBERS))
  const values = new Float64Array(Math.ceil(rows / every) * dimension)
  let row = 0
  let filled = 0
  const take = (chunk: Chunk): void => {
    const vector = chunk.getColumnVector(0)
    const items = (list ? vector.childData! : vector).items!
    const starts = list ? new Uint32Array(vector.entryData!.buffer, vector.entryData!.byteOffset) : undefined
    for (let at = 0; at < chunk.rowCount; at++, row++) {
      if (row % every !== 0) continue
      if (starts && starts[4 * at + 2] !== dimension)
        throw new RangeError(
          `${who}: expected ${dimension} numbers per row but got ${starts[4 * at + 2]} at row ${row}: because that is the dimension`,
        )
      const start = starts ? starts[4 * at] : at
      for (let place = 0; place < dimension; place++) values[filled++] = items[start + place] as number
    }
  }
  for await (const chunk of chunksOf(who, table.connection, selected(fitting, sql))) take(chunk)
  return values.subarray(0, filled)
}

/** The four ways, of which a vocabulary of all values is the one that need not be said. */
async function encodingOf(
  fitting: Fitting,
  spec: Embedded,
  vocabularies: Map<string, Promise<Vocabulary>>,
  sharing: readonly Embedded[],
): Promise<Encoding> {
  const { vocabularySize, hashBuckets, edges, bins, vocabulary } = spec
  if (vocabularySize !== undefined) return { vocabularySize }
  if (hashBuckets !== undefined) return { hashBuckets }
  if (edges) return { edges }
  if (bins !== undefined) {
    const values = await numbersOf(fitting, readOf(fitting.who, fitting.table, spec), 1)
    return { edges: quantileBins(values, bins) }
  }
  const { table = spec.name } = spec
  const options = vocabulary ?? sharing.find((each) => each.vocabulary)?.vocabulary ?? {}
  const fit = async (): Promise<Vocabulary> => {
    const reads = sharing.map((each) => readOf(fitting.who, fitting.table, each))
    const odd = reads.find(({ cell }) => cell !== reads[0].cell)
    if (odd)
      throw new RangeError(
        `${fitting.who}: expected columns that share table '${table}' to be all texts or all numbers but got '${reads[0].name}' of ${reads[0].cell}s and '${odd.name}' of ${odd.cell}s: because 7 and '7' differ; say as in one of them`,
      )
    return vocabularyOfCounts(fitting.who, await countsOf(fitting, reads, options), options)
  }
  if (!vocabularies.has(table)) vocabularies.set(table, fit())
  return { vocabulary: await vocabularies.get(table)! }
}

const withTable = (spec: EmbeddingSpec & FeatureSpec): Readonly<Record<string, unknown>> => given(spec, TABLE)

async function denseOf(fitting: Fitting, spec: DenseSpec): Promise<Feature> {
  const dimension = dimensionOf(fitting.table, spec)
  const options = given(spec, SCALING)
  if (Object.keys(options).length === 0) return denseFeature(spec.name, { dimension })
  const read = readOf(fitting.who, fitting.table, spec)
  // What is fixed needs no rows.
  const numbers = await numbersOf(fitting, read, dimension)
  return denseFeature(spec.name, { dimension, scaling: fitScaling(numbers, { dimension, ...options }) })
}

/**
 * The features of specs, in their order, fitted on the training rows.
 * @throws RangeError naming the feature, if a column is not there, has a type of another meaning, or has nothing to fit on.
 */
export async function fitFeatures(
  who: string,
  table: Table,
  specs: readonly FeatureSpec[],
  { relation, where }: Parts,
): Promise<readonly Feature[]> {
  const condition = where.training ?? 'false'
  const [{ rows }] = await rowsOf(
    who,
    table.connection,
    `SELECT count(*)::DOUBLE AS rows FROM ${relation} WHERE ${condition}`,
  )
  const fitting: Fitting = { who, table, relation, where: condition, rows: rows as number }
  const vocabularies = new Map<string, Promise<Vocabulary>>()
  const embedded = specs.filter((spec): spec is Embedded => spec.kind === 'sparse' || spec.kind === 'varLen')
  const features: Feature[] = []
  for (const spec of specs) {
    if (spec.kind === 'dense') features.push(await denseOf(fitting, spec))
    else if (spec.kind === 'crossed') {
      const { columns, name, hashBuckets } = spec
      features.push(crossedFeature(columns, { hashBuckets, ...(name !== undefined && { name }), ...withTable(spec) }))
    } else {
      const tableOf = (each: Embedded): string => each.table ?? each.name
      const sharing = embedded.filter((each) => tableOf(each) === tableOf(spec))
      const encoding = await encodingOf(fitting, spec, vocabularies, sharing)
      const { name } = spec
      features.push(
        spec.kind === 'sparse'
          ? sparseFeature(name, { ...encoding, ...withTable(spec) })
          : varLenFeature(name, { ...encoding, ...given(spec, LIST), maxLength: spec.maxLength }),
      )
    }
  }
  checkTogether(features)
  return features
}

/**
 * Writes single rows, as an application has them, into a batch that is there already. It allocates nothing, and refuses
 * what a dataset refuses, in the same words.
 */
import { checkValue, isRecord } from '../checks/index.ts'
import type { Check } from '../checks/index.ts'
import type { Floats } from '../kernels/index.ts'
import { checkColumns, columnsOf } from './columnNames.ts'
import { checkWeights, checkWidth, crossedIdsOf, finite, idsOf, listOf } from './columns.ts'
import type { DenseFeature, Feature, SparseFeature, VarLenFeature } from './featureKinds.ts'
import { numberOf } from './numbers.ts'
import { widthOf } from './scaling.ts'
import { isList, isMissing } from './values.ts'
import type { MaybeValue } from './values.ts'

/**
 * By feature name, and by the names of weights and of what is crossed: a value, a number, or a list of them. Whatever
 * features read must be there, undefined where it is missing, and nothing else.
 */
export type Row = Readonly<Record<string, MaybeValue | ArrayLike<MaybeValue>>>

/** A batch as rows are written to it: its ids and numbers by name, at hand. */
export interface Inputs {
  readonly ids: Readonly<Record<string, { readonly values: Int32Array }>>
  readonly numbers: Readonly<Record<string, { readonly values: Floats }>>
}

/** Writes one row to its place in a batch. */
export type RowWriter = (row: Row, at: number) => void

/** Writes what one feature reads of a row, which errors call by its number. */
export type CellWriter = (row: Row, at: number, number: number) => void

/** A cell of a row, which must be there. */
export type Read = (row: Row, name: string) => unknown

function crossedWriter(feature: SparseFeature, ids: Int32Array, read: Read, who: string): CellWriter {
  const idOf = crossedIdsOf(feature, who)
  let current: Row = {}
  const cell = (name: string): unknown => read(current, name)
  return (row, at, number) => {
    current = row
    ids[at] = idOf(cell, number)
  }
}

function sparseWriter(feature: SparseFeature, ids: Int32Array, read: Read, who: string): CellWriter {
  const idOf = idsOf(feature, who)
  const { name } = feature
  return (row, at, number) => {
    ids[at] = idOf(read(row, name), number)
  }
}

/** The last ids of a list that is too long, zeros behind one that is short: as datasets have them. */
function varLenWriter(
  feature: VarLenFeature,
  ids: Int32Array,
  weights: Floats | undefined,
  read: Read,
  who: string,
): CellWriter {
  const idOf = idsOf(feature, who)
  const { name, maxLength, weights: column = '' } = feature
  const [ofIds, ofWeights] = [`column '${name}'`, `column '${column}'`]
  const what = `weights in ${ofWeights}`
  return (row, at, number) => {
    const list = listOf(ofIds, read(row, name), number, who)
    const { length } = list
    const skipped = Math.max(0, length - maxLength)
    const start = at * maxLength - skipped
    for (let place = skipped; place < skipped + maxLength; place++)
      ids[start + place] = place < length ? idOf(list[place], number) : 0
    if (!weights) return
    const heavy = listOf(ofWeights, read(row, column), number, who)
    checkWeights(feature, length, heavy.length, number, who)
    for (let place = skipped; place < skipped + maxLength; place++)
      weights[start + place] = place < length ? finite(what, heavy[place], number, who) : 0
  }
}

function denseWriter(feature: DenseFeature, numbers: Floats, read: Read, who: string): CellWriter {
  const { name, dimension, scaling } = feature
  const what = `column '${name}'`
  const make = numberOf(feature, who)
  const width = widthOf(feature)
  return (row, at, number) => {
    const given = read(row, name)
    const list = dimension > 1 || isList(given) ? listOf(what, given, number, who) : undefined
    if (list && !(scaling?.missing && isMissing(given))) checkWidth(feature, list.length, number, who)
    const start = at * width
    for (let place = 0; place < dimension; place++)
      numbers[start + place] = make(list ? list[place] : given, number, place)
    for (let place = dimension; place < width; place++)
      numbers[start + place] = Number(isMissing(list ? list[place - dimension] : given))
  }
}

/** A writer of what one feature reads. */
export function cellWriter(feature: Feature, { ids, numbers }: Inputs, read: Read, who: string): CellWriter {
  const { name } = feature
  if (feature.kind === 'dense') return denseWriter(feature, numbers[name].values, read, who)
  if (feature.kind === 'sparse')
    return (feature.crosses ? crossedWriter : sparseWriter)(feature, ids[name].values, read, who)
  const weights = feature.weights === undefined ? undefined : numbers[feature.weights].values
  return varLenWriter(feature, ids[name].values, weights, read, who)
}

export const ROW: Check = { expected: 'to be an object of values by column', fits: isRecord }

/** Whether all that a row has is its own, as literals and JSON have it. */
export const isPlain = (row: Row): boolean =>
  typeof row === 'object' && row !== null && Object.getPrototypeOf(row) === Object.prototype

/** How long all names are, each with an end: more where a name is added, and it allocates nothing. */
export function lengthOf(row: object): number {
  let length = 0
  for (const name in row) length += name.length + 1
  return length
}

/**
 * A writer of rows into `batch`, whose memory must be at hand.
 *
 * It throws a RangeError naming feature, row and value where a cell cannot be read, a column is not there or nobody reads
 * it; the row may be half written then.
 */
export function rowWriter(features: readonly Feature[], inputs: Inputs, who = 'rowWriter'): RowWriter {
  const length = lengthOf(Object.fromEntries(features.flatMap(columnsOf).map((name) => [name, 0])))
  const check = (row: Row): void => {
    checkValue(who, 'a row', row, ROW)
    checkColumns(features, Object.keys(row), who)
  }
  const read: Read = (row, name) => {
    const cell = row[name]
    if (cell === undefined && !Object.hasOwn(row, name)) check(row)
    return cell
  }
  const writers = features.map((feature) => cellWriter(feature, inputs, read, who))
  return (row, at) => {
    // A row that lacks no column, which is seen as cells are read, has no other if its names are no longer.
    if (!isPlain(row) || lengthOf(row) !== length) check(row)
    try {
      for (let index = 0; index < writers.length; index++) writers[index](row, at, at)
    } catch (error) {
      // As a dataset does: columns before what is in them.
      check(row)
      throw error
    }
  }
}

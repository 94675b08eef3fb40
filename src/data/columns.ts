/** Turns columns as data has them into flat typed arrays, row by row; it refuses what it cannot read, naming the row. */
import { isWhole, show } from '../checks/index.ts'
import { binOf } from './bins.ts'
import type { DenseFeature, SparseFeature, VarLenFeature } from './featureKinds.ts'
import { bucketOfTuple, bucketOfValue } from './hash.ts'
import { narrowed } from './narrow.ts'
import { MISSING_ID, because, isList, isMissing, isValue, keyOf } from './values.ts'
import type { MaybeValue } from './values.ts'

/** A value per row, a list of values per row, or a flat typed array of equally long rows. */
export type Column = ArrayLike<MaybeValue> | ArrayLike<ArrayLike<MaybeValue> | null | undefined>

/** The cells of a column: `at(row, place)` is whatever stands there. */
interface Cells {
  readonly rows: number
  readonly length: (row: number) => number
  readonly at: (row: number, place: number) => unknown
}

/** Throws in the words of datasets, or of whoever else reads cells. */
export const refuse = (expected: string, got: string, because: string, who = 'dataset'): never => {
  throw new RangeError(`${who}: expected ${expected} but got ${got}: because ${because}`)
}

function flatCells(what: string, column: ArrayLike<unknown>, width: number, who?: string): Cells {
  if (column.length % width !== 0)
    refuse(`${what} to hold a multiple of ${width} values`, `${column.length}`, `a row has ${width}`, who)
  return { rows: column.length / width, length: () => width, at: (row, place) => column[row * width + place] }
}

const NOTHING: readonly never[] = []

/** A cell that is a list, or the empty one where it is missing. */
export function listOf(what: string, cell: unknown, row: number, who?: string): ArrayLike<unknown> {
  if (isList(cell)) return cell
  if (!isMissing(cell))
    refuse(`${what} to hold a list per row`, `${show(cell)} at row ${row}`, 'it is read as lists', who)
  return NOTHING
}

function listCells(what: string, column: ArrayLike<unknown>, who?: string): Cells {
  const list = (row: number): ArrayLike<unknown> => listOf(what, column[row], row, who)
  for (let row = 0; row < column.length; row++) list(row)
  return { rows: column.length, length: (row) => list(row).length, at: (row, place) => list(row)[place] }
}

/** The cells of a column, which errors call `what`. */
export const cellsOf = (
  what: string,
  column: ArrayLike<unknown>,
  width: number,
  nested: boolean,
  who?: string,
): Cells => (nested ? listCells(what, column, who) : flatCells(what, column, width, who))

/**
 * Whether a column of numbers has lists for rows. Where cells may be missing, the first that is not says so; a column of
 * nothing else has a cell for each row.
 */
export function isNested(column: ArrayLike<unknown>, dimension: number, missing: boolean): boolean {
  if (!missing || ArrayBuffer.isView(column)) return isList(column[0])
  let row = 0
  while (row < column.length && isMissing(column[row])) row++
  return row < column.length ? isList(column[row]) : dimension > 1
}

/** Finds the id of a cell, or throws naming it. */
export function idsOf(feature: SparseFeature | VarLenFeature, who?: string): (cell: unknown, row: number) => number {
  const { name, vocabularySize, vocabulary, hashBuckets, edges } = feature
  const fail = (expected: string, cell: unknown, row: number, reason: string): never =>
    refuse(`column '${name}' to hold ${expected}`, `${show(cell)} at row ${row}`, because(cell, reason), who)
  if (vocabulary) {
    const kind = typeof (vocabulary.values[0] ?? '')
    return (cell, row) => {
      const fits = isValue(cell) && (isMissing(cell) || typeof keyOf(cell) === kind || vocabulary.values.length === 0)
      return fits ? vocabulary.encode(cell) : fail(`${kind}s`, cell, row, `its vocabulary holds ${kind}s`)
    }
  }
  if (hashBuckets !== undefined)
    return (cell, row) =>
      isValue(cell) ? bucketOfValue(cell, hashBuckets) : fail('strings or finite numbers', cell, row, 'it is hashed')
  if (edges)
    return (cell, row) =>
      isMissing(cell)
        ? MISSING_ID
        : Number.isFinite(cell)
          ? 1 + binOf(edges, cell as number)
          : fail('finite numbers', cell, row, 'edges lie between them')
  return (cell, row) => {
    const id = typeof cell === 'bigint' ? Number(cell) : cell
    return isWhole(id, 0, vocabularySize - 1)
      ? (id as number)
      : fail(`integer ids from 0 to ${vocabularySize - 1}`, cell, row, `its table has ${vocabularySize} rows`)
  }
}

/** Finds the id of a crossed feature in a row, whose cells `at(column)` gives, or throws naming the cell. */
export function crossedIdsOf(
  { name, crosses = [], hashBuckets = 0 }: SparseFeature,
  who?: string,
): (at: (column: string) => unknown, row: number) => number {
  const values: MaybeValue[] = crosses.map(() => null)
  return (at, row) => {
    for (let part = 0; part < crosses.length; part++) {
      const cell = at(crosses[part])
      values[part] = isValue(cell)
        ? cell
        : refuse(
            `column '${crosses[part]}' to hold a string or a finite number per row`,
            `${show(cell)} at row ${row}`,
            because(cell, `'${name}' crosses it`),
            who,
          )
    }
    return bucketOfTuple(values, hashBuckets)
  }
}

/** The ids of a crossed feature (rows), of columns that are equally long. */
export function encodeCrossed(feature: SparseFeature, columns: Readonly<Record<string, Column>>): Int32Array {
  const idOf = crossedIdsOf(feature)
  const [first = ''] = feature.crosses ?? []
  return Int32Array.from({ length: columns[first].length }, (_, row) => idOf((name) => columns[name][row], row))
}

export function encodeSparse(feature: SparseFeature, column: Column): Int32Array {
  const idOf = idsOf(feature)
  const ids = new Int32Array(column.length)
  for (let row = 0; row < ids.length; row++) ids[row] = idOf(column[row], row)
  return ids
}

/**
 * The ids of a var-len feature (rows maxLength), 0 behind the end of each list. Of a list that is too long the last ids
 * are kept, as Keras' `pad_sequences` truncates in DeepCTR's examples: histories end with what is newest.
 */
export function encodeLists(
  feature: VarLenFeature,
  column: Column,
): { readonly ids: Int32Array; readonly cells: Cells } {
  const { name, maxLength, vocabulary, hashBuckets, edges } = feature
  const flat = ArrayBuffer.isView(column)
  if (flat && (vocabulary ?? hashBuckets ?? edges) !== undefined)
    refuse(
      `column '${name}' to hold a list per row`,
      'a flat typed array',
      'that holds ids, and its feature encodes values',
    )
  const cells = cellsOf(`column '${name}'`, column, maxLength, !flat)
  const idOf = idsOf(feature)
  const ids = new Int32Array(cells.rows * maxLength)
  for (let row = 0; row < cells.rows; row++) {
    const length = cells.length(row)
    const skipped = Math.max(0, length - maxLength)
    for (let place = skipped; place < length; place++)
      ids[row * maxLength + place - skipped] = idOf(cells.at(row, place), row)
  }
  return { ids, cells }
}

export const finite = (what: string, cell: unknown, row: number, who?: string): number => {
  if (typeof cell !== 'number' || !Number.isFinite(Math.fround(cell)))
    refuse(`${what} to be finite float32 numbers`, `${show(cell)} at row ${row}`, 'a model multiplies them', who)
  return cell as number
}

export function checkWeights({ name, weights }: VarLenFeature, ids: number, found: number, row: number, who?: string) {
  if (found !== ids)
    refuse(`${ids} weights in column '${weights}'`, `${found} at row ${row}`, `'${name}' has so many ids there`, who)
}

export function checkWidth({ name, dimension }: DenseFeature, found: number, row: number, who?: string): void {
  if (found !== dimension)
    refuse(`${dimension} numbers in column '${name}'`, `${found} at row ${row}`, 'that is its dimension', who)
}

/** The weights of a var-len feature's ids (rows maxLength), which must be as many as there are ids in every row. */
export function encodeWeights(feature: VarLenFeature, ids: Cells, name: string, column: Column): Float32Array {
  const { maxLength } = feature
  const cells = cellsOf(`column '${name}'`, column, maxLength, !ArrayBuffer.isView(column))
  const weights = new Float64Array(cells.rows * maxLength)
  for (let row = 0; row < Math.min(cells.rows, ids.rows); row++) {
    const length = cells.length(row)
    checkWeights(feature, ids.length(row), length, row)
    const skipped = Math.max(0, length - maxLength)
    for (let place = skipped; place < length; place++)
      weights[row * maxLength + place - skipped] = finite(`weights in column '${name}'`, cells.at(row, place), row)
  }
  return narrowed('dataset', `weights in column '${name}'`, weights)
}

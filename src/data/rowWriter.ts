/** Writes single rows, as an application has them, into a batch that is there already. It allocates nothing. */
import { show } from '../checks/index.ts'
import type { Floats } from '../kernels/index.ts'
import type { Batch } from './batches.ts'
import { crossedIdsOf, finite, idsOf, refuse } from './columns.ts'
import type { DenseFeature, Feature, SparseFeature, VarLenFeature } from './features.ts'
import { isList, isMissing } from './values.ts'
import type { MaybeValue } from './values.ts'

/** By feature name, and by the names of weights and of what is crossed: a value, a number, or a list of them. What else is there is not read. */
export type Row = Readonly<Record<string, MaybeValue | ArrayLike<MaybeValue>>>

/** Writes one row to its place in a batch. */
export type RowWriter = (row: Row, at: number) => void

const NOTHING: readonly never[] = []

/** A list, or the empty one where it is missing. */
function listOf(row: Row, name: string, at: number, who: string): ArrayLike<unknown> {
  const cell = row[name]
  if (isList(cell)) return cell
  if (!isMissing(cell)) refuse(`'${name}' to be a list`, `${show(cell)} at row ${at}`, 'its feature has many', who)
  return NOTHING
}

function crossedWriter(feature: SparseFeature, ids: Int32Array, who: string): RowWriter {
  const idOf = crossedIdsOf(feature, who)
  let current: Row = {}
  const cell = (name: string): unknown => current[name]
  return (row, at) => {
    current = row
    ids[at] = idOf(cell, at)
  }
}

function sparseWriter(feature: SparseFeature, ids: Int32Array, who: string): RowWriter {
  const idOf = idsOf(feature, who)
  const { name } = feature
  return (row, at) => {
    ids[at] = idOf(row[name], at)
  }
}

/** The last ids of a list that is too long, zeros behind one that is short: as datasets have them. */
function varLenWriter(feature: VarLenFeature, ids: Int32Array, weights: Floats | undefined, who: string): RowWriter {
  const idOf = idsOf(feature, who)
  const { name, maxLength, weights: column = '' } = feature
  const what = `weights in '${column}'`
  return (row, at) => {
    const list = listOf(row, name, at, who)
    const heavy = weights ? listOf(row, column, at, who) : NOTHING
    if (weights && heavy.length !== list.length)
      refuse(`${list.length} ${what}`, `${heavy.length} at row ${at}`, `'${name}' has so many ids`, who)
    const skipped = Math.max(0, list.length - maxLength)
    for (let place = 0; place < maxLength; place++) {
      const from = place + skipped
      const inside = from < list.length
      ids[at * maxLength + place] = inside ? idOf(list[from], at) : 0
      if (weights) weights[at * maxLength + place] = inside ? finite(what, heavy[from], at, who) : 0
    }
  }
}

function denseWriter({ name, dimension, transform }: DenseFeature, numbers: Floats, who: string): RowWriter {
  const what = `'${name}'`
  return (row, at) => {
    const cell = row[name]
    if (dimension > 1 && !(isList(cell) && cell.length === dimension))
      refuse(
        `${dimension} numbers in '${name}'`,
        `${isList(cell) ? cell.length : show(cell)} at row ${at}`,
        'that is its dimension',
        who,
      )
    for (let place = 0; place < dimension; place++) {
      const number = finite(what, isList(cell) ? cell[place] : cell, at, who)
      numbers[at * dimension + place] = transform ? finite(what, transform(number), at, who) : number
    }
  }
}

/**
 * A writer of rows into `batch`, whose memory must be at hand.
 *
 * It throws a RangeError naming feature, row and value where a cell cannot be read; the row may be half written then.
 */
export function rowWriter(features: readonly Feature[], { ids, numbers }: Batch, who = 'rowWriter'): RowWriter {
  const writers = features.map((feature) => {
    const { name } = feature
    if (feature.kind === 'dense') return denseWriter(feature, numbers[name].values, who)
    if (feature.kind === 'sparse')
      return (feature.crosses ? crossedWriter : sparseWriter)(feature, ids[name].values, who)
    const weights = feature.weights === undefined ? undefined : numbers[feature.weights].values
    return varLenWriter(feature, ids[name].values, weights, who)
  })
  return (row, at) => {
    for (let index = 0; index < writers.length; index++) writers[index](row, at)
  }
}

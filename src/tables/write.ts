/**
 * Writes the cells of a chunk's columns into typed arrays, one kind of feature after the other. It refuses what `dataset`
 * refuses of the same cells, in the same words.
 */
import {
  checkWeights,
  checkWidth,
  crossedIdsOf,
  finite,
  idsOf,
  isMissing,
  lookedAt,
  narrowed,
  numberOf,
  widthOf,
} from '../data/index.ts'
import type { DenseFeature, SparseFeature, VarLenFeature } from '../data/index.ts'
import type { Chunk, Vector } from './library.ts'
import type { ColumnRead } from './reads.ts'

/** Writes the cells of one chunk from `from` to `to` behind row `first` of a part. */
export type Write = (chunk: Chunk, from: number, to: number, first: number) => void

type At = (place: number) => unknown

function cellsOf(vector: Vector): At {
  const { items } = vector
  return items ? (place) => items[place] : (place) => vector.getItem(place)
}

/** The lists of a chunk: where each begins among the cells of all, and how long it is. */
interface Lists {
  readonly at: At
  readonly start: (row: number) => number
  readonly length: (row: number) => number
}

function listsOf({ entryData, childData }: Vector): Lists {
  // Offsets and lengths are 64 bits wide, of which the lower half says it all.
  const halves = new Uint32Array(entryData!.buffer, entryData!.byteOffset, 2 * entryData!.length)
  return { at: cellsOf(childData!), start: (row) => halves[4 * row], length: (row) => halves[4 * row + 2] }
}

/** Numbers that become float32, and a sample of what they were. */
export interface Narrowing {
  readonly values: Float32Array
  readonly put: (row: number, place: number, value: number) => void
  readonly check: () => void
}

export function narrowing(who: string, what: string, rows: number, width = 1): Narrowing {
  const values = new Float32Array(rows * width)
  const every = lookedAt(rows, width)
  const sample = new Float64Array(Math.ceil(rows / every) * width)
  return {
    values,
    put: (row, place, value) => {
      values[row * width + place] = value
      if (row % every === 0) sample[(row / every) * width + place] = value
    },
    check: () => void narrowed(who, what, sample, width),
  }
}

export function sparse(who: string, feature: SparseFeature, place: number, ids: Int32Array): Write {
  const idOf = idsOf(feature, who)
  return (chunk, from, to, first) => {
    const at = cellsOf(chunk.getColumnVector(place))
    for (let row = from; row < to; row++) ids[first + row - from] = idOf(at(row), first + row - from)
  }
}

export function crossed(
  who: string,
  feature: SparseFeature,
  places: ReadonlyMap<string, number>,
  ids: Int32Array,
): Write {
  const idOf = crossedIdsOf(feature, who)
  return (chunk, from, to, first) => {
    const cells = new Map(feature.crosses!.map((name) => [name, cellsOf(chunk.getColumnVector(places.get(name)!))]))
    let row = from
    const at = (name: string): unknown => cells.get(name)!(row)
    for (; row < to; row++) ids[first + row - from] = idOf(at, first + row - from)
  }
}

export function varLen(who: string, feature: VarLenFeature, place: number, ids: Int32Array): Write {
  const { maxLength } = feature
  const idOf = idsOf(feature, who)
  return (chunk, from, to, first) => {
    const { at, start, length } = listsOf(chunk.getColumnVector(place))
    for (let row = from; row < to; row++) {
      const into = first + row - from
      const skipped = Math.max(0, length(row) - maxLength)
      for (let item = skipped; item < length(row); item++)
        ids[into * maxLength + item - skipped] = idOf(at(start(row) + item), into)
    }
  }
}

export function weights(
  who: string,
  feature: VarLenFeature,
  idPlace: number,
  place: number,
  numbers: Narrowing,
): Write {
  const { maxLength } = feature
  return (chunk, from, to, first) => {
    const ids = listsOf(chunk.getColumnVector(idPlace))
    const { at, start, length } = listsOf(chunk.getColumnVector(place))
    for (let row = from; row < to; row++) {
      const into = first + row - from
      checkWeights(feature, ids.length(row), length(row), into, who)
      const skipped = Math.max(0, length(row) - maxLength)
      for (let item = skipped; item < length(row); item++)
        numbers.put(
          into * maxLength + item - skipped,
          0,
          finite(`weights in column '${feature.weights}'`, at(start(row) + item), into, who),
        )
    }
  }
}

export function dense(
  who: string,
  feature: DenseFeature,
  { list }: ColumnRead,
  place: number,
  numbers: Narrowing,
): Write {
  const { dimension } = feature
  const make = numberOf(feature, who)
  const indicated = widthOf(feature) > dimension
  return (chunk, from, to, first) => {
    const vector = chunk.getColumnVector(place)
    const lists = list ? listsOf(vector) : undefined
    const at = lists?.at ?? cellsOf(vector)
    for (let row = from; row < to; row++) {
      const into = first + row - from
      checkWidth(feature, lists ? lists.length(row) : 1, into, who)
      const start = lists ? lists.start(row) : row
      for (let item = 0; item < dimension; item++) {
        const cell = at(start + item)
        numbers.put(into, item, make(cell, into, item))
        if (indicated) numbers.put(into, dimension + item, Number(isMissing(cell)))
      }
    }
  }
}

export function numbersAt(
  place: number,
  values: (row: number, value: number) => void,
  of: (cell: unknown, row: number) => number,
): Write {
  return (chunk, from, to, first) => {
    const at = cellsOf(chunk.getColumnVector(place))
    for (let row = from; row < to; row++) values(first + row - from, of(at(row), first + row - from))
  }
}

/** Lists of labels, or of names of them. A list of one that is missing leaves the row out. */
export function labelLists(
  place: number,
  put: Narrowing['put'],
  of: (cell: unknown, row: number) => readonly number[],
): Write {
  return (chunk, from, to, first) => {
    const { at, start, length } = listsOf(chunk.getColumnVector(place))
    for (let row = from; row < to; row++) {
      const cells = Array.from({ length: length(row) }, (_, item) => at(start(row) + item))
      const into = first + row - from
      of(cells.length === 1 && isMissing(cells[0]) ? NaN : cells, into).forEach((label, item) => put(into, item, label))
    }
  }
}

/** What becomes of the cells of a dense feature, wherever they are read; it refuses what is no number, naming the row. */
import { cellsOf, checkWidth, finite, isNested } from './columns.ts'
import type { Column } from './columns.ts'
import type { DenseFeature } from './featureKinds.ts'
import { narrowed } from './narrow.ts'
import { scaled, widthOf } from './scaling.ts'
import { isMissing } from './values.ts'

const given = ({ name }: DenseFeature): string => `numbers in column '${name}'`

/** What errors call the numbers that a feature has once they are made. */
export const made = (feature: DenseFeature): string =>
  given(feature) + (feature.transform ? ', once transformed,' : feature.scaling ? ', once scaled,' : '')

/** Makes of a cell, at its place of a row, the number that a model has; throws naming it. */
export function numberOf(feature: DenseFeature, who?: string): (cell: unknown, row: number, place: number) => number {
  const { transform, scaling } = feature
  const [before, after] = [given(feature), made(feature)]
  if (transform) return (cell, row) => finite(after, transform(finite(before, cell, row, who)), row, who)
  if (!scaling) return (cell, row) => finite(before, cell, row, who)
  return (cell, row, place) => {
    const x = scaling.missing && isMissing(cell) ? NaN : finite(before, cell, row, who)
    return finite(after, scaled(scaling, x, place), row, who)
  }
}

/** The numbers of a dense feature (rows width): what is made of them, and behind them whether each was missing. */
export function encodeNumbers(feature: DenseFeature, column: Column): Float32Array {
  const { name, dimension, scaling } = feature
  const nested = isNested(column, dimension, scaling?.missing !== undefined)
  const cells = cellsOf(`column '${name}'`, column, dimension, nested)
  const width = widthOf(feature)
  const make = numberOf(feature)
  const numbers = new Float64Array(cells.rows * width)
  for (let row = 0; row < cells.rows; row++) {
    if (!(nested && scaling?.missing && isMissing(column[row]))) checkWidth(feature, cells.length(row), row)
    const start = row * width
    for (let place = 0; place < dimension; place++) numbers[start + place] = make(cells.at(row, place), row, place)
    for (let place = dimension; place < width; place++)
      numbers[start + place] = Number(isMissing(cells.at(row, place - dimension)))
  }
  return narrowed('dataset', made(feature), numbers, width)
}

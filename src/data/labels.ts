/** What a label may be, by the kind of its task. It refuses anything else, naming task and row. */
import { show } from '../checks/index.ts'
import { refuse } from './columns.ts'
import { narrowed } from './narrow.ts'

/** Binary: a label is 0 or 1. Regression: any finite number. */
export type LabelKind = 'binary' | 'regression'

/** Makes of a cell the label that it is, or throws naming task and row. */
export function labelOf(
  task: string,
  kind: LabelKind | undefined,
  who?: string,
): (cell: unknown, row: number) => number {
  const expected = kind === 'binary' ? '0, 1 or NaN' : 'finite float32 numbers or NaN'
  const fits = (value: number): boolean =>
    kind === 'binary' ? value === 0 || value === 1 : Number.isFinite(Math.fround(value))
  return (cell, row) => {
    const value = typeof cell === 'bigint' ? Number(cell) : cell
    if (typeof value !== 'number' || !(fits(value) || Number.isNaN(value)))
      refuse(`labels of '${task}' to be ${expected}`, `${show(cell)} at row ${row}`, 'only NaN leaves a row out', who)
    return value as number
  }
}

export function encodeLabels(
  task: string,
  values: ArrayLike<number | bigint>,
  kind: LabelKind | undefined,
): Float32Array {
  const label = labelOf(task, kind)
  const labels = new Float64Array(values.length)
  for (let row = 0; row < labels.length; row++) labels[row] = label(values[row], row)
  return narrowed('dataset', `labels of '${task}'`, labels)
}

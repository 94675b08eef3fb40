/** How the labels of a task are read: one number a row, or several. It refuses what the kind of the task does not know. */
import { either, having, oneOf, recordOf, show } from '../checks/index.ts'
import { refuse } from './columns.ts'
import { narrowed } from './narrow.ts'

/** What a label is, of a task that is not by name 'binary' or 'regression': see plegrad/tasks. */
export interface LabelCoding {
  /** How many numbers the label of a row is. */
  readonly labelWidth: number
  /** What a label may be, as errors say it: `0, 1 or NaN`. */
  readonly labelsAre: string
  /** The number of a label, or its `labelWidth` numbers; NaN is outside of the sample space. Undefined where it is none. */
  readonly encode: (label: unknown) => number | readonly number[] | undefined
}

/** Binary: a label is 0 or 1. Regression: any finite number. Others are told by how they are read. */
export type LabelKind = 'binary' | 'regression' | LabelCoding

/** One per row: a number, NaN outside of the sample space, or what a task's kind reads, such as the name of a class. */
export type LabelColumn = ArrayLike<number | bigint | string | readonly (number | string)[]>

export const LABEL_KINDS = recordOf(
  either(oneOf('binary', 'regression'), having('a kind of task', 'labelWidth', 'encode')),
)

const CODINGS: Readonly<Record<'binary' | 'regression', LabelCoding>> = {
  binary: {
    labelWidth: 1,
    labelsAre: '0, 1 or NaN',
    encode: (label) => (label === 0 || label === 1 || Number.isNaN(label) ? (label as number) : undefined),
  },
  regression: {
    labelWidth: 1,
    labelsAre: 'finite float32 numbers or NaN',
    encode: (label) =>
      typeof label === 'number' && (Number.isNaN(label) || Number.isFinite(Math.fround(label))) ? label : undefined,
  },
}

const codingOf = (kind: LabelKind = 'regression'): LabelCoding => (typeof kind === 'string' ? CODINGS[kind] : kind)

/** Makes of a cell the number, or the numbers, of the label that it is, or throws naming task and row. */
export function labelOf(
  task: string,
  kind: LabelKind | undefined,
  who?: string,
): (cell: unknown, row: number) => number | readonly number[] {
  const { labelsAre, encode } = codingOf(kind)
  return (cell, row) => {
    const label = encode(typeof cell === 'bigint' ? Number(cell) : cell)
    if (label !== undefined) return label
    const got = Array.isArray(cell) ? `[${cell.map(show).join(', ')}]` : show(cell)
    return refuse(`labels of '${task}' to be ${labelsAre}`, `${got} at row ${row}`, 'only NaN leaves a row out', who)
  }
}

/** The numbers of all rows' labels (rows labelWidth), in row-major order. */
export function encodeLabels(task: string, values: LabelColumn, kind: LabelKind | undefined): Float32Array {
  const { labelWidth } = codingOf(kind)
  const of = labelOf(task, kind)
  const labels = new Float64Array(values.length * labelWidth)
  for (let row = 0; row < values.length; row++) {
    const label = of(values[row], row)
    if (typeof label === 'number') labels[row] = label
    else labels.set(label, row * labelWidth)
  }
  return narrowed('dataset', `labels of '${task}'`, labels)
}

/** What each number of a label counts for, of what each row does: nothing where it is NaN, outside of the sample space. */
export function weightsOfLabels(labels: Float32Array, weights: Float32Array): Float32Array {
  const width = labels.length / weights.length
  return labels.map((label, at) => (Number.isNaN(label) ? 0 : weights[Math.floor(at / width)]))
}

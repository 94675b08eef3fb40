/** Tasks of several classes, by names or by their number; names become those of outputs. It refuses fewer than two. */
import { reshape, split } from '../../autograd/index.ts'
import { checkValue, either, listOf, text, whole } from '../../checks/index.ts'
import type { Tensor } from '../../tensor/index.ts'

/** How many classes there are, or what they are called, in order. */
export type Classes = number | readonly string[]

/** Each class is an output by itself, so a number that a file was damaged to must not fill the memory with names. */
const MOST = 2 ** 16
const CLASSES = either(whole(2, MOST), listOf(text, 2))

/** The names of classes: '0', '1', … where only their number is given. */
export function classesOf(who: string, given: Classes): readonly string[] {
  checkValue(who, 'classes', given, CLASSES)
  const names = typeof given === 'number' ? Array.from({ length: given }, (_, index) => String(index)) : [...given]
  const known = new Set<string>()
  const odd = names.find((name) => name === '' || known.size === known.add(name).size)
  if (odd !== undefined)
    throw new RangeError(
      `${who}: expected names of classes that are distinct and not empty but got ${odd === '' ? "''" : `'${odd}' twice`}: because outputs are called by them`,
    )
  return names
}

/** Columns as one list, row by row. */
export function joined(columns: readonly Float32Array[]): Float32Array {
  const { length } = columns
  return Float32Array.from(
    { length: columns[0].length * length },
    (_, at) => columns[at % length][Math.floor(at / length)],
  )
}

/** (b w) → the w columns (b) */
export const columnsOf = (x: Tensor): readonly Tensor[] =>
  split(x, { axis: 1, widths: new Array<number>(x.shape[1]).fill(1) }).map((column) => reshape(column, [x.shape[0]]))

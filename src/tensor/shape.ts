/** Shapes: lists of extents, their size and how they print. What is no such list is refused by whoever was given it. */
import { isWhole, show } from '../checks/index.ts'

/** The extents of a tensor's axes; none for a single number. */
export type Shape = readonly number[]

/** More than any typed array holds. */
const MOST = 2 ** 32 - 1

export const sizeOf = (shape: Shape): number => shape.reduce((size, extent) => size * extent, 1)

/** `(32×64)`, `(7)`, and `()` for a scalar. */
export const showShape = (shape: Shape): string => `(${shape.join('×')})`

/** Throws a RangeError unless this is a list of non-negative integers. */
export function checkShape(who: string, shape: Shape): void {
  if (!Array.isArray(shape)) throw new RangeError(`${who}: expected a shape, which is a list, but got ${show(shape)}`)
  if (!shape.every((extent) => isWhole(extent)))
    throw new RangeError(
      `${who}: expected a shape of non-negative integers but got (${Array.from(shape, show).join('×')})`,
    )
}

/** The size of a shape that is about to take memory. Throws a RangeError where there is no such memory. */
export function checkSize(who: string, shape: Shape): number {
  const size = sizeOf(shape)
  if (size > MOST)
    throw new RangeError(`${who}: expected a shape of at most ${MOST} values but got ${showShape(shape)}`)
  return size
}

/** Throws a RangeError unless there are as many values as a shape has. */
export function checkLength(who: string, length: number, shape: Shape, what = 'values'): void {
  if (length !== sizeOf(shape))
    throw new RangeError(`${who}: expected ${sizeOf(shape)} ${what} for shape ${showShape(shape)} but got ${length}`)
}

/** Copies rows of a flat column in some order, which is trusted: whoever takes one from outside has checked it before. */
import { isWhole, show } from '../checks/index.ts'
import type { Floats } from '../kernels/index.ts'

/** Throws a RangeError unless each is a row of so many. */
export function checkRows(who: string, what: string, rows: ArrayLike<number>, count: number): void {
  for (let index = 0; index < rows.length; index++)
    if (!isWhole(rows[index], 0, count - 1))
      throw new RangeError(
        `${who}: expected ${what} from 0 to ${count - 1} but got ${show(rows[index])} at position ${index}`,
      )
}

/** Row i of `out` becomes row `order[start + i]` of `source`, or row start + i without an order, for i below `count`. */
export function copyRows(
  source: Int32Array | Float32Array, // (rows width)
  width: number,
  order: Int32Array | undefined,
  start: number,
  count: number,
  out: Int32Array | Floats, // (count width)
): void {
  if (!order) {
    out.set(source.subarray(start * width, (start + count) * width))
  } else if (width === 1) {
    for (let row = 0; row < count; row++) out[row] = source[order[start + row]]
  } else {
    for (let row = 0; row < count; row++) {
      const from = order[start + row] * width
      for (let place = 0; place < width; place++) out[row * width + place] = source[from + place]
    }
  }
}

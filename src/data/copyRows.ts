/** Copies rows of a flat column in some order. Rows are trusted: the caller has checked that they exist. */
import type { Floats } from '../kernels/index.ts'

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

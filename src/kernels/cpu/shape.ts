/** Moving values about without changing one. `o` outer and `i` inner elements stay together. */
import type { Floats } from '../buffer.ts'

/** Each outer block of i, m times over */
export function repeat(
  x: Floats, // (o i)
  out: Floats, // (o m i)
  o: number,
  m: number,
  i: number,
): void {
  let at = 0
  for (let outer = 0; outer < o; outer++) {
    for (let copy = 0; copy < m; copy++) {
      for (let inner = 0; inner < i; inner++) out[at++] = x[outer * i + inner]
    }
  }
}

/** The two middle axes change places: a transpose when o = i = 1 */
export function swap(
  x: Floats, // (o p q i)
  out: Floats, // (o q p i)
  o: number,
  p: number,
  q: number,
  i: number,
): void {
  let at = 0
  for (let outer = 0; outer < o; outer++) {
    for (let column = 0; column < q; column++) {
      for (let row = 0; row < p; row++) {
        const from = ((outer * p + row) * q + column) * i
        for (let inner = 0; inner < i; inner++) out[at++] = x[from + inner]
      }
    }
  }
}

/** q of the p middle places, from `start` on */
export function slice(
  x: Floats, // (o p i)
  out: Floats, // (o q i)
  o: number,
  p: number,
  q: number,
  i: number,
  start: number,
): void {
  let at = 0
  for (let outer = 0; outer < o; outer++) {
    const from = (outer * p + start) * i
    for (let j = from; j < from + q * i; j++) out[at++] = x[j]
  }
}

/** q places set at `start` among p, the others 0: what slice's gradient does */
export function pad(
  x: Floats, // (o q i)
  out: Floats, // (o p i)
  o: number,
  q: number,
  p: number,
  i: number,
  start: number,
): void {
  out.fill(0, 0, o * p * i)
  let at = 0
  for (let outer = 0; outer < o; outer++) {
    const to = (outer * p + start) * i
    for (let j = to; j < to + q * i; j++) out[j] = x[at++]
  }
}

/** The inputs side by side along the middle axis */
export function concat(
  xs: readonly Floats[], // (o widths[each] i) each
  out: Floats, // (o Σwidths i)
  o: number,
  widths: readonly number[],
  i: number,
): void {
  let total = 0
  for (let each = 0; each < xs.length; each++) total += widths[each] * i
  let start = 0
  for (let each = 0; each < xs.length; each++) {
    const x = xs[each]
    const width = widths[each] * i
    for (let outer = 0; outer < o; outer++) {
      for (let j = 0; j < width; j++) out[outer * total + start + j] = x[outer * width + j]
    }
    start += width
  }
}

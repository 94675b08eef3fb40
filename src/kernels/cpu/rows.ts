/** Rows picked and rows added by integer ids. Ids are trusted: the caller has checked that they lie in [0, v). */
import type { Floats } from '../backend.ts'

/** out[row] = table[ids[row]] */
export function gather(
  table: Floats, // (v d)
  ids: Int32Array, // (b)
  out: Floats, // (b d)
  b: number,
  d: number,
): void {
  for (let row = 0; row < b; row++) {
    const from = ids[row] * d
    const to = row * d
    for (let j = 0; j < d; j++) out[to + j] = table[from + j]
  }
}

/** out[id] = the sum of the rows with that id */
export function scatterAdd(
  rows: Floats, // (b d)
  ids: Int32Array, // (b)
  out: Floats, // (v d)
  b: number,
  v: number,
  d: number,
): void {
  out.fill(0, 0, v * d)
  for (let row = 0; row < b; row++) {
    const from = row * d
    const to = ids[row] * d
    for (let j = 0; j < d; j++) out[to + j] += rows[from + j]
  }
}

/** out[id] = the largest, column by column, of the rows with that id; 0 where there are none */
export function segmentMax(
  rows: Floats, // (b d)
  ids: Int32Array, // (b)
  out: Floats, // (v d)
  b: number,
  v: number,
  d: number,
): void {
  out.fill(0, 0, v * d)
  // Only segments that have a row start from −Infinity, so the others keep their 0.
  for (let row = 0; row < b; row++) out.fill(-Infinity, ids[row] * d, (ids[row] + 1) * d)
  for (let row = 0; row < b; row++) {
    const from = row * d
    const to = ids[row] * d
    for (let j = 0; j < d; j++) out[to + j] = Math.max(out[to + j], rows[from + j])
  }
}

/** Numbers ids in order of appearance, so that distinct[position[row]] = ids[row]; returns how many there are */
export function distinct(
  ids: Int32Array, // (b)
  position: Int32Array, // (b)
  distinct: Int32Array, // (b), of which the first `count` are written
  slots: Int32Array, // (v), −1 everywhere before and after
  b: number,
): number {
  let count = 0
  for (let row = 0; row < b; row++) {
    const id = ids[row]
    if (slots[id] < 0) {
      slots[id] = count
      distinct[count++] = id
    }
    position[row] = slots[id]
  }
  for (let slot = 0; slot < count; slot++) slots[distinct[slot]] = -1
  return count
}

/** Rows picked and rows added by integer ids. Ids are trusted: the caller has checked that they lie below v. */
import type { Floats } from '../buffer.ts'

/** out[row] = table[ids[row]]; zeros where an id is below 0, which is nobody's */
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
    if (from < 0) out.fill(0, to, to + d)
    else for (let j = 0; j < d; j++) out[to + j] = table[from + j]
  }
}

/** out[id] = the sum of the rows with that id; an id below 0 is nobody's */
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
    if (ids[row] < 0) continue
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

/** Rows of equal id added up: the first of each id leads and has the sum, the others and nobody's have zeros and the id −1 */
export function mergeRows(
  rows: Floats, // (b stride), of which columns start … start + d − 1 count
  ids: Int32Array, // (b)
  merged: Floats, // (b d)
  leaders: Int32Array, // (b)
  table: Int32Array, // (size): a hash table of leading rows, −1 where free
  b: number,
  d: number,
  stride: number,
  start: number,
  size: number,
): void {
  // Multiplying by 2³²/φ scatters ids over the highest bits, even ids that are multiples of a power of 2.
  const shift = Math.clz32(size - 1)
  table.fill(-1, 0, size)
  for (let row = 0; row < b; row++) {
    const id = ids[row]
    const own = row * d
    if (id < 0) {
      leaders[row] = -1
      merged.fill(0, own, own + d)
      continue
    }
    let slot = Math.imul(id, 0x9e3779b1) >>> shift
    // Where two ids meet, the next free slot is as good.
    while (table[slot] >= 0 && ids[table[slot]] !== id) slot = (slot + 1) & (size - 1)
    const leads = table[slot] < 0
    if (leads) table[slot] = row
    leaders[row] = leads ? id : -1
    const from = row * stride + start
    const to = table[slot] * d
    for (let j = 0; j < d; j++) {
      if (leads) merged[own + j] = rows[from + j]
      else {
        merged[own + j] = 0
        merged[to + j] += rows[from + j]
      }
    }
  }
}

/** 1 where an id is not 0 */
export function nonzeroMask(ids: Int32Array, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = ids[j] === 0 ? 0 : 1
}

/** The id, or −1 where it is 0 */
export function presentIds(ids: Int32Array, out: Int32Array, n: number): void {
  for (let j = 0; j < n; j++) out[j] = ids[j] === 0 ? -1 : ids[j]
}

/** The ids of a, then those of b */
export function joinIds(a: Int32Array, b: Int32Array, out: Int32Array, m: number, n: number): void {
  for (let j = 0; j < m; j++) out[j] = a[j]
  for (let j = 0; j < n; j++) out[m + j] = b[j]
}

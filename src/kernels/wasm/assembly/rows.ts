/** Rows picked and rows added by integer ids, which the caller has checked; an id below 0 names no row. */
import { addTo, copy, put } from './lanes.ts'
import { copyRows } from './shape.ts'

/** out[row] = table[ids[row]], zeros of an id below 0, rows of `d` that begin `stride` apart */
export function gather(table: usize, ids: usize, out: usize, b: i32, d: i32, stride: i32): void {
  for (; b > 0; b--, ids += 4, out += stride << 2) {
    const id = load<i32>(ids)
    if (id < 0) memory.fill(out, 0, d << 2)
    else copy(table + ((id * d) << 2), out, d)
  }
}

/**
 * Side by side in each row of `out`: entry by entry of the list, rows picked from a table, or taken as they come where
 * ids are 0. An entry is the address of the table, that of its ids, and the width of its rows.
 */
export function gatherEach(list: usize, count: i32, out: usize, b: i32, stride: i32): void {
  for (; count > 0; count--, list += 12) {
    const ids = load<usize>(list, 4)
    const width = load<i32>(list, 8)
    if (ids) gather(load<usize>(list), ids, out, b, width, stride)
    else copyRows(load<usize>(list), width, out, stride, b, width)
    out += width << 2
  }
}

/** out[id] = the sum of the rows with that id */
export function scatterAdd(rows: usize, ids: usize, out: usize, b: i32, v: i32, d: i32): void {
  memory.fill(out, 0, (v * d) << 2)
  for (; b > 0; b--, ids += 4, rows += d << 2) {
    const id = load<i32>(ids)
    if (id >= 0) addTo(rows, out + ((id * d) << 2), d)
  }
}

/** The first row of each id leads and has the sum of all, the others and nobody's have zeros and the id −1 */
export function mergeRows(
  rows: usize, // (b stride), of which columns start … start + d − 1 count
  ids: usize, // (b)
  merged: usize, // (b d)
  leaders: usize, // (b)
  table: usize, // (size): a hash table of leading rows, −1 where free
  b: i32,
  d: i32,
  stride: i32,
  start: i32,
  size: i32,
): void {
  const width = (<usize>d) << 2
  memory.fill(table, 255, size << 2)
  memory.fill(merged, 0, width * b)
  rows += start << 2
  const shift = clz<i32>(size - 1)
  for (let row = 0; row < b; row++, rows += stride << 2) {
    const id = load<i32>(ids + (row << 2))
    if (id < 0) {
      store<i32>(leaders + (row << 2), -1)
      continue
    }
    let slot: usize = <u32>(id * <i32>0x9e3779b1) >>> shift
    let leader: i32
    for (;; slot++) {
      slot &= size - 1
      leader = load<i32>(table + (slot << 2))
      if (leader < 0) {
        store<i32>(table + (slot << 2), row)
        leader = row
        break
      }
      if (load<i32>(ids + (leader << 2)) === id) break
    }
    store<i32>(leaders + (row << 2), leader === row ? id : -1)
    const to = merged + <usize>leader * width
    if (leader === row) copyRows(rows, 0, to, 0, 1, d)
    else addTo(rows, to, d)
  }
}

/** 1 where an id is not 0 */
export function nonzeroMask(ids: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, ids += 16, out += 16)
    put(out, v128.and(i32x4.ne(v128.load(ids), i32x4.splat(0)), f32x4.splat(1)), n)
}

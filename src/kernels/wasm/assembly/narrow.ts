/** The tile of up to four columns: towers and gates of a few outputs, and the columns that wider tiles leave over. */
import { madd } from './madd.ts'
import { base0, finish, floor, fresh } from './tile.ts'

/** Byte offset of lane l of `width`, `step` bytes apart: the last lane stands in for those that do not exist. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function lane(l: i32, width: i32, step: usize): usize {
  return <usize>min(l, width - 1) * step
}

export function loadLanes(from: usize, width: i32, step: usize): v128 {
  let v = v128.load32_zero(from)
  v = v128.load_lane<f32>(from + lane(1, width, step), v, 1)
  v = v128.load_lane<f32>(from + lane(2, width, step), v, 2)
  return v128.load_lane<f32>(from + lane(3, width, step), v, 3)
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function storeLanes(to: usize, v: v128, width: i32, step: usize): void {
  v128.store_lane<f32>(to, v, 0)
  v128.store_lane<f32>(to + lane(1, width, step), v, 1)
  v128.store_lane<f32>(to + lane(2, width, step), v, 2)
  v128.store_lane<f32>(to + lane(3, width, step), v, 3)
}

/** Eight rows, of which `rows` exist, by the `width` <= 4 columns of a packed b (k 4). */
export function narrowTile(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  out: usize,
  outRow: usize,
  outColumn: usize,
  width: i32,
  k: i32,
  rows: i32,
  sums: usize, // room for the tile, 128 bytes
): void {
  const last = rows - 1
  let a0 = a
  let a1 = a + <usize>min(1, last) * aRow
  let a2 = a + <usize>min(2, last) * aRow
  let a3 = a + <usize>min(3, last) * aRow
  let a4 = a + <usize>min(4, last) * aRow
  let a5 = a + <usize>min(5, last) * aRow
  let a6 = a + <usize>min(6, last) * aRow
  let a7 = a + <usize>min(7, last) * aRow
  let c0 = f32x4.splat(0)
  let c1 = c0
  let c2 = c0
  let c3 = c0
  let c4 = c0
  let c5 = c0
  let c6 = c0
  let c7 = c0
  if (!fresh) {
    for (let i = 0; i < rows; i++)
      v128.store(sums + (<usize>i << 4), loadLanes(out + <usize>i * outRow, width, outColumn))
    c0 = v128.load(sums)
    c1 = v128.load(sums, 16)
    c2 = v128.load(sums, 32)
    c3 = v128.load(sums, 48)
    c4 = v128.load(sums, 64)
    c5 = v128.load(sums, 80)
    c6 = v128.load(sums, 96)
    c7 = v128.load(sums, 112)
  }
  const end = b + (<usize>k << 4)
  do {
    const y = v128.load(b)
    b += 16
    c0 = madd(v128.load32_splat(a0), y, c0)
    c1 = madd(v128.load32_splat(a1), y, c1)
    if (!a1) break
    a0 += aStep
    a1 += aStep
    c2 = madd(v128.load32_splat(a2), y, c2)
    c3 = madd(v128.load32_splat(a3), y, c3)
    if (!a3) break
    a2 += aStep
    a3 += aStep
    c4 = madd(v128.load32_splat(a4), y, c4)
    c5 = madd(v128.load32_splat(a5), y, c5)
    if (!a5) break
    a4 += aStep
    a5 += aStep
    c6 = madd(v128.load32_splat(a6), y, c6)
    c7 = madd(v128.load32_splat(a7), y, c7)
    a6 += aStep
    a7 += aStep
  } while (b != end)
  v128.store(sums, c0)
  v128.store(sums, c1, 16)
  v128.store(sums, c2, 32)
  v128.store(sums, c3, 48)
  v128.store(sums, c4, 64)
  v128.store(sums, c5, 80)
  v128.store(sums, c6, 96)
  v128.store(sums, c7, 112)
  for (let i = 0; i < rows; i++) {
    const sum = finish(v128.load(sums + (<usize>i << 4)), base0, floor)
    storeLanes(out + <usize>i * outRow, sum, width, outColumn)
  }
}

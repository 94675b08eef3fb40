/**
 * A tile of a matrix product for hosts that join pairs of vectors into one of 256 bits: a few rows by sixteen columns; refuses
 * fewer columns. Where pairs are not joined it is slower than the tiles of eight, for its sums do not fit the registers.
 */
import { madd } from './madd.ts'
import { finish } from './tile.ts'

/*
 * What V8 joins begins with two stores at neighbouring constant distances from one address, and goes up from there: both
 * sums, both phis of the loop, both loads. So nothing here lies at a distance that only running tells, sums begin as what
 * is loaded from somewhere, and so does what ends them. Edges and exits are those of tile.ts.
 */

/** What ends sums, at an address: the bias of sixteen columns, then what a sum is raised to. */
export const FLOOR: usize = 64

/** Rows `row` and below, ROWS at most, of out (rows n); sums go on from `from`. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function wideTile(
  ROWS: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  end: usize, // of the k rows of b
  bStep: usize,
  from: usize,
  fromRow: usize,
  out: usize,
  outRow: usize,
  ends: usize,
  k: i32,
  row: i32,
  rows: i32,
): void {
  const last = rows - 1
  const row0 = <usize>row
  const row1 = <usize>min(row + 1, last)
  const row2 = <usize>min(row + 2, last)
  const row3 = <usize>min(row + 3, last)
  const row4 = <usize>min(row + 4, last)
  const row5 = <usize>min(row + 5, last)
  let a0 = a + row0 * aRow
  let a1 = a + row1 * aRow
  let a2 = a + row2 * aRow
  let a3 = a + row3 * aRow
  let a4 = a + row4 * aRow
  let a5 = a + row5 * aRow
  const from0 = from + row0 * fromRow
  const from1 = from + row1 * fromRow
  const from2 = from + row2 * fromRow
  const from3 = from + row3 * fromRow
  const from4 = from + row4 * fromRow
  const from5 = from + row5 * fromRow
  let c00 = v128.load(from0)
  let c01 = v128.load(from0, 16)
  let c02 = v128.load(from0, 32)
  let c03 = v128.load(from0, 48)
  let c10 = v128.load(from1)
  let c11 = v128.load(from1, 16)
  let c12 = v128.load(from1, 32)
  let c13 = v128.load(from1, 48)
  let c20 = v128.load(from2)
  let c21 = v128.load(from2, 16)
  let c22 = v128.load(from2, 32)
  let c23 = v128.load(from2, 48)
  let c30 = v128.load(from3)
  let c31 = v128.load(from3, 16)
  let c32 = v128.load(from3, 32)
  let c33 = v128.load(from3, 48)
  let c40 = v128.load(from4)
  let c41 = v128.load(from4, 16)
  let c42 = v128.load(from4, 32)
  let c43 = v128.load(from4, 48)
  let c50 = v128.load(from5)
  let c51 = v128.load(from5, 16)
  let c52 = v128.load(from5, 32)
  let c53 = v128.load(from5, 48)
  let b = end - <usize>k * bStep
  do {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    const b2 = v128.load(b, 32)
    const b3 = v128.load(b, 48)
    b += bStep
    let x = v128.load32_splat(a0)
    c00 = madd(x, b0, c00)
    c01 = madd(x, b1, c01)
    c02 = madd(x, b2, c02)
    c03 = madd(x, b3, c03)
    a0 += aStep
    if (!a0) break
    x = v128.load32_splat(a1)
    c10 = madd(x, b0, c10)
    c11 = madd(x, b1, c11)
    c12 = madd(x, b2, c12)
    c13 = madd(x, b3, c13)
    a1 += aStep
    if (!a1) break
    x = v128.load32_splat(a2)
    c20 = madd(x, b0, c20)
    c21 = madd(x, b1, c21)
    c22 = madd(x, b2, c22)
    c23 = madd(x, b3, c23)
    a2 += aStep
    if (!a2) break
    x = v128.load32_splat(a3)
    c30 = madd(x, b0, c30)
    c31 = madd(x, b1, c31)
    c32 = madd(x, b2, c32)
    c33 = madd(x, b3, c33)
    a3 += aStep
    if (ROWS > 4) if (!a3) break
    if (ROWS > 4) {
      x = v128.load32_splat(a4)
      c40 = madd(x, b0, c40)
      c41 = madd(x, b1, c41)
      c42 = madd(x, b2, c42)
      c43 = madd(x, b3, c43)
      a4 += aStep
      if (!a4) break
      x = v128.load32_splat(a5)
      c50 = madd(x, b0, c50)
      c51 = madd(x, b1, c51)
      c52 = madd(x, b2, c52)
      c53 = madd(x, b3, c53)
      a5 += aStep
    }
  } while (b != end)
  const least = v128.load32_splat(ends, FLOOR)
  const base0 = v128.load(ends)
  const base1 = v128.load(ends, 16)
  const base2 = v128.load(ends, 32)
  const base3 = v128.load(ends, 48)
  const out0 = out + row0 * outRow
  v128.store(out0, finish(c00, base0, least))
  v128.store(out0, finish(c01, base1, least), 16)
  v128.store(out0, finish(c02, base2, least), 32)
  v128.store(out0, finish(c03, base3, least), 48)
  const out1 = out + row1 * outRow
  v128.store(out1, finish(c10, base0, least))
  v128.store(out1, finish(c11, base1, least), 16)
  v128.store(out1, finish(c12, base2, least), 32)
  v128.store(out1, finish(c13, base3, least), 48)
  const out2 = out + row2 * outRow
  v128.store(out2, finish(c20, base0, least))
  v128.store(out2, finish(c21, base1, least), 16)
  v128.store(out2, finish(c22, base2, least), 32)
  v128.store(out2, finish(c23, base3, least), 48)
  const out3 = out + row3 * outRow
  v128.store(out3, finish(c30, base0, least))
  v128.store(out3, finish(c31, base1, least), 16)
  v128.store(out3, finish(c32, base2, least), 32)
  v128.store(out3, finish(c33, base3, least), 48)
  if (ROWS > 4) {
    const out4 = out + row4 * outRow
    v128.store(out4, finish(c40, base0, least))
    v128.store(out4, finish(c41, base1, least), 16)
    v128.store(out4, finish(c42, base2, least), 32)
    v128.store(out4, finish(c43, base3, least), 48)
    const out5 = out + row5 * outRow
    v128.store(out5, finish(c50, base0, least))
    v128.store(out5, finish(c51, base1, least), 16)
    v128.store(out5, finish(c52, base2, least), 32)
    v128.store(out5, finish(c53, base3, least), 48)
  }
}

/** A tile of a matrix product: a few rows by eight columns, summed in registers; refuses fewer than five columns. */
import { madd } from './madd.ts'

/*
 * A tile at the edge repeats its last row, and its second vector overlaps the first: what is computed twice is computed
 * alike, so nothing is padded, and nothing outside is read or written.
 *
 * The exits in the middle of the loops are never taken, because no operand lies at address 0. Each ends a basic block,
 * without which V8 loads the factors of all rows before the first multiply-add, and runs out of its fifteen registers.
 */

/** Sums start from 0; otherwise from what `out` holds. */
export let fresh: bool = false
/** What is added to a sum when it is done, in the first vector of a row and in the second: the bias. */
export let base0: v128 = f32x4.splat(-0.0)
export let base1: v128 = f32x4.splat(-0.0)
/** What a sum is raised to in the end: 0 for relu. */
export let floor: v128 = f32x4.splat(0)

export function setStart(isFresh: bool): void {
  fresh = isFresh
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function setEnd(first: v128, second: v128, least: v128): void {
  base0 = first
  base1 = second
  floor = least
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function finish(sum: v128, base: v128, least: v128): v128 {
  return f32x4.pmax(f32x4.add(sum, base), least)
}

/** Rows `row` and below, ROWS at most, of out (rows n); the second vector lies `second` bytes right of the first. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function tile(
  ROWS: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  end: usize, // of the k rows of b
  bStep: usize,
  out: usize,
  outRow: usize,
  second: usize,
  k: i32,
  row: i32,
  rows: i32,
): void {
  // Sums of two numbers, not choices between them: V8 then knows that they are 64 bits wide already.
  const last = rows - 1
  let a0 = a + <usize>row * aRow
  let a1 = a + <usize>min(row + 1, last) * aRow
  let a2 = a + <usize>min(row + 2, last) * aRow
  let a3 = a + <usize>min(row + 3, last) * aRow
  let a4 = a + <usize>min(row + 4, last) * aRow
  let a5 = a + <usize>min(row + 5, last) * aRow
  const out0 = out + <usize>row * outRow
  const out1 = out + <usize>min(row + 1, last) * outRow
  const out2 = out + <usize>min(row + 2, last) * outRow
  const out3 = out + <usize>min(row + 3, last) * outRow
  const out4 = out + <usize>min(row + 4, last) * outRow
  const out5 = out + <usize>min(row + 5, last) * outRow
  let c00 = f32x4.splat(0)
  let c01 = c00
  let c10 = c00
  let c11 = c00
  let c20 = c00
  let c21 = c00
  let c30 = c00
  let c31 = c00
  let c40 = c00
  let c41 = c00
  let c50 = c00
  let c51 = c00
  if (!fresh) {
    c00 = v128.load(out0)
    c01 = v128.load(out0 + second)
    c10 = v128.load(out1)
    c11 = v128.load(out1 + second)
    c20 = v128.load(out2)
    c21 = v128.load(out2 + second)
    c30 = v128.load(out3)
    c31 = v128.load(out3 + second)
    if (ROWS > 4) {
      c40 = v128.load(out4)
      c41 = v128.load(out4 + second)
    }
    if (ROWS > 5) {
      c50 = v128.load(out5)
      c51 = v128.load(out5 + second)
    }
  }
  let b = end - <usize>k * bStep
  do {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    b += bStep
    let x = v128.load32_splat(a0)
    c00 = madd(x, b0, c00)
    c01 = madd(x, b1, c01)
    if (ROWS > 5) if (!a0) break
    a0 += aStep
    x = v128.load32_splat(a1)
    c10 = madd(x, b0, c10)
    c11 = madd(x, b1, c11)
    if (!a1) break
    a1 += aStep
    x = v128.load32_splat(a2)
    c20 = madd(x, b0, c20)
    c21 = madd(x, b1, c21)
    if (ROWS > 5) if (!a2) break
    a2 += aStep
    x = v128.load32_splat(a3)
    c30 = madd(x, b0, c30)
    c31 = madd(x, b1, c31)
    if (ROWS > 4) {
      if (!a3) break
      x = v128.load32_splat(a4)
      c40 = madd(x, b0, c40)
      c41 = madd(x, b1, c41)
    }
    a3 += aStep
    if (ROWS > 5) {
      if (!a4) break
      x = v128.load32_splat(a5)
      c50 = madd(x, b0, c50)
      c51 = madd(x, b1, c51)
      a5 += aStep
    }
    if (ROWS > 4) a4 += aStep
  } while (b != end)
  const low = base0
  const high = base1
  const least = floor
  v128.store(out0, finish(c00, low, least))
  v128.store(out0 + second, finish(c01, high, least))
  v128.store(out1, finish(c10, low, least))
  v128.store(out1 + second, finish(c11, high, least))
  v128.store(out2, finish(c20, low, least))
  v128.store(out2 + second, finish(c21, high, least))
  v128.store(out3, finish(c30, low, least))
  v128.store(out3 + second, finish(c31, high, least))
  if (ROWS > 4) {
    v128.store(out4, finish(c40, low, least))
    v128.store(out4 + second, finish(c41, high, least))
  }
  if (ROWS > 5) {
    v128.store(out5, finish(c50, low, least))
    v128.store(out5 + second, finish(c51, high, least))
  }
}

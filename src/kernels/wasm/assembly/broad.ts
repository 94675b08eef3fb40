/** Many columns of a product of few rows, side by side in registers; refuses any other number of them than 32 and 64. */
import { putPair } from './lanes.ts'
import { madd } from './madd.ts'
import { finish } from './tile.ts'

/** Ends two sums side by side: what is read before what is written, or no host joins the two. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function finishPair(out: usize, first: v128, second: v128, bias: usize, floor: v128): void {
  const base0 = v128.load(bias)
  const base1 = v128.load(bias, 16)
  putPair(out, finish(first, base0, floor), finish(second, base1, floor))
}

/**
 * 32 columns of each row, or 64, in pairs that a host may join (see wide.ts); sums go on from `from`, whose rows are `fromRow`
 * apart.
 */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function broad(
  COLUMNS: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b0: usize,
  bStep: usize,
  bias: usize,
  from: usize,
  fromRow: usize,
  out: usize,
  outRow: usize,
  m: i32,
  k: i32,
  least: f32,
): void {
  const floor = f32x4.splat(least)
  const end = b0 + <usize>k * bStep
  for (; m > 0; m--) {
    let c0 = v128.load(from)
    let c1 = v128.load(from, 16)
    let c2 = v128.load(from, 32)
    let c3 = v128.load(from, 48)
    let c4 = v128.load(from, 64)
    let c5 = v128.load(from, 80)
    let c6 = v128.load(from, 96)
    let c7 = v128.load(from, 112)
    let c8 = c0
    let c9 = c0
    let c10 = c0
    let c11 = c0
    let c12 = c0
    let c13 = c0
    let c14 = c0
    let c15 = c0
    if (COLUMNS > 32) {
      c8 = v128.load(from, 128)
      c9 = v128.load(from, 144)
      c10 = v128.load(from, 160)
      c11 = v128.load(from, 176)
      c12 = v128.load(from, 192)
      c13 = v128.load(from, 208)
      c14 = v128.load(from, 224)
      c15 = v128.load(from, 240)
    }
    let b = end - <usize>k * bStep
    let x = a
    do {
      const y = v128.load32_splat(x)
      c0 = madd(y, v128.load(b), c0)
      c1 = madd(y, v128.load(b, 16), c1)
      c2 = madd(y, v128.load(b, 32), c2)
      c3 = madd(y, v128.load(b, 48), c3)
      // Never taken: see tile.ts.
      if (!b) break
      c4 = madd(y, v128.load(b, 64), c4)
      c5 = madd(y, v128.load(b, 80), c5)
      c6 = madd(y, v128.load(b, 96), c6)
      c7 = madd(y, v128.load(b, 112), c7)
      if (COLUMNS > 32) {
        c8 = madd(y, v128.load(b, 128), c8)
        c9 = madd(y, v128.load(b, 144), c9)
        c10 = madd(y, v128.load(b, 160), c10)
        c11 = madd(y, v128.load(b, 176), c11)
        c12 = madd(y, v128.load(b, 192), c12)
        c13 = madd(y, v128.load(b, 208), c13)
        c14 = madd(y, v128.load(b, 224), c14)
        c15 = madd(y, v128.load(b, 240), c15)
      }
      x += aStep
      b += bStep
    } while (b != end)
    finishPair(out, c0, c1, bias, floor)
    finishPair(out + 32, c2, c3, bias + 32, floor)
    finishPair(out + 64, c4, c5, bias + 64, floor)
    finishPair(out + 96, c6, c7, bias + 96, floor)
    if (COLUMNS > 32) {
      finishPair(out + 128, c8, c9, bias + 128, floor)
      finishPair(out + 160, c10, c11, bias + 160, floor)
      finishPair(out + 192, c12, c13, bias + 192, floor)
      finishPair(out + 224, c14, c15, bias + 224, floor)
    }
    a += aRow
    from += fromRow
    out += outRow
  }
}

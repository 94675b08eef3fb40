/** Matrix products of a few rows, or of a few steps: b is read row by row where it lies, and nothing is blocked. */
import { put } from './lanes.ts'
import { madd } from './madd.ts'
import { loadLanes } from './narrow.ts'
import { finish } from './tile.ts'

/** Ends two sums side by side: what is read before what is written, or no host joins the two. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function finishPair(out: usize, first: v128, second: v128, bias: usize, floor: v128): void {
  const base0 = v128.load(bias)
  const base1 = v128.load(bias, 16)
  v128.store(out, finish(first, base0, floor))
  v128.store(out, finish(second, base1, floor), 16)
}

/** 32 columns of each row, in pairs that a host may join (see wide.ts); sums go on from `from`, whose rows are `fromRow` apart. */
function broad(
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
      x += aStep
      b += bStep
    } while (b != end)
    finishPair(out, c0, c1, bias, floor)
    finishPair(out + 32, c2, c3, bias + 32, floor)
    finishPair(out + 64, c4, c5, bias + 64, floor)
    finishPair(out + 96, c6, c7, bias + 96, floor)
    a += aRow
    from += fromRow
    out += outRow
  }
}

/** 4 to 16 columns of each row, in four vectors that may overlap; fewer than 4 in the first lanes of one. */
function slim(
  a: usize,
  aRow: usize,
  aStep: usize,
  b0: usize,
  bStep: usize,
  bias: usize,
  out: usize,
  outRow: usize,
  m: i32,
  k: i32,
  fresh: bool,
  relu: bool,
  width: i32,
): void {
  const floor = f32x4.splat(relu ? 0 : -Infinity)
  const last = <usize>max(width - 4, 0) << 2
  const at1 = min<usize>(16, last)
  const at2 = min<usize>(32, last)
  for (; m > 0; m--) {
    let c0 = f32x4.splat(0)
    let c1 = c0
    let c2 = c0
    let c3 = c0
    let b = b0
    let x = a
    let p = k
    if (width < 4) {
      if (!fresh) c0 = loadLanes(out, width, 4)
      // A whole vector while three rows of b follow, whatever is in the lanes beyond: nobody writes them down.
      for (; p > 3; p--) {
        c0 = madd(v128.load32_splat(x), v128.load(b), c0)
        x += aStep
        b += bStep
      }
      for (; p > 0; p--) {
        c0 = madd(v128.load32_splat(x), loadLanes(b, width, 4), c0)
        x += aStep
        b += bStep
      }
      put(out, finish(c0, loadLanes(bias, width, 4), floor), width)
    } else {
      if (!fresh) {
        c0 = v128.load(out)
        c1 = v128.load(out + at1)
        c2 = v128.load(out + at2)
        c3 = v128.load(out + last)
      }
      do {
        const y = v128.load32_splat(x)
        c0 = madd(y, v128.load(b), c0)
        c1 = madd(y, v128.load(b + at1), c1)
        c2 = madd(y, v128.load(b + at2), c2)
        c3 = madd(y, v128.load(b + last), c3)
        x += aStep
        b += bStep
      } while (--p)
      v128.store(out, finish(c0, v128.load(bias), floor))
      v128.store(out + at1, finish(c1, v128.load(bias + at1), floor))
      v128.store(out + at2, finish(c2, v128.load(bias + at2), floor))
      v128.store(out + last, finish(c3, v128.load(bias + last), floor))
    }
    a += aRow
    out += outRow
  }
}

/** out (m n) of `gemm`, for a b whose rows are contiguous; strides are in bytes, and k > 0. */
export function stream(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bias: usize,
  out: usize,
  m: i32,
  k: i32,
  n: i32,
  fresh: bool,
  relu: bool,
  zeros: usize, // 32, and as many −0, which change nothing they are added to: not even the sign of a zero
): void {
  const biased = bias != 0
  if (!biased) bias = zeros + 128
  const least: f32 = relu ? 0 : -Infinity
  const outRow = <usize>n << 2
  while (n > 0) {
    // Never leaves fewer than four columns behind, if there are four.
    const width = n >= 32 ? 32 : n > 19 ? 16 : n > 16 ? 12 : n
    if (width == 32) {
      const from = fresh ? zeros : out
      broad(a, aRow, aStep, b, bStep, bias, from, fresh ? 0 : outRow, out, outRow, m, k, least)
    }
    else slim(a, aRow, aStep, b, bStep, bias, out, outRow, m, k, fresh, relu, width)
    const bytes = <usize>width << 2
    b += bytes
    out += bytes
    if (biased) bias += bytes
    n -= width
  }
}

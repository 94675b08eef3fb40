/** Matrix products of a few rows, or of a few steps: b is read row by row where it lies, and nothing is blocked. */
import { broad } from './broad.ts'
import { put } from './lanes.ts'
import { madd } from './madd.ts'
import { loadLanes } from './narrow.ts'
import { isWide } from './panel.ts'
import { finish } from './tile.ts'

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
  outRow: usize,
  m: i32,
  k: i32,
  n: i32,
  fresh: bool,
  relu: bool,
  zeros: usize, // 64, and as many −0, which change nothing they are added to: not even the sign of a zero
): void {
  const biased = bias != 0
  if (!biased) bias = zeros + 256
  const least: f32 = relu ? 0 : -Infinity
  while (n > 0) {
    // Never leaves fewer than four columns behind, if there are four.
    const width = isWide && n >= 64 ? 64 : n >= 32 ? 32 : n > 19 ? 16 : n > 16 ? 12 : n
    const from = fresh ? zeros : out
    const fromRow: usize = fresh ? 0 : outRow
    if (width == 64) broad(64, a, aRow, aStep, b, bStep, bias, from, fromRow, out, outRow, m, k, least)
    else if (width == 32) broad(32, a, aRow, aStep, b, bStep, bias, from, fromRow, out, outRow, m, k, least)
    else slim(a, aRow, aStep, b, bStep, bias, out, outRow, m, k, fresh, relu, width)
    const bytes = <usize>width << 2
    b += bytes
    out += bytes
    if (biased) bias += bytes
    n -= width
  }
}

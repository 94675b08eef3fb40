/** Matrix products of every form (A·B, A·Bᵀ, Aᵀ·B) with bias and relu in the same pass; each output element is one chain of multiply-adds. */
import { madd } from './madd.ts'
import { interleave } from './pack.ts'

/*
 * out[i, j] = Σₚ a[i, p] · b[p, j] is summed over p in order, into one lane, whatever the sizes and whoever asks for which
 * rows, so its bits never depend on the tile it falls in. Tiles at the edges repeat their last row or overlap their last
 * columns instead of padding: what is computed twice is computed alike, and nothing outside is read or written.
 */

/** Steps of p between two visits to `out`: a panel of b (8 KiB) and a strip of a stay in the first-level cache. */
const DEPTH: i32 = 256
/** Rows of a that one panel of b meets: the block (256 KiB) stays in the second-level cache. */
const HEIGHT: i32 = 256
/** Rows of the large tile: with two vectors a row, its sums, b's two vectors and one factor fill V8's fifteen registers. */
const TALL: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 5
/** Below this many rows b is read where it lies. */
const FEW: i32 = 24
/** From this many columns on, a matrix read across its rows is worth turning first. */
const WIDE: i32 = 48

const RELU = 1
const ACCUMULATE = 2

/** Bytes between the rows of a turned block of a: not a power of two, which would crowd a few sets of the cache. */
const TURNED: usize = (<usize>DEPTH << 2) + 64
/** The scratch region: a panel of b, one narrow tile, a turned block of a. */
const TILE: usize = <usize>DEPTH << 5
const BLOCK: usize = TILE + 128

let scratch: usize = 0

// What every tile of one product shares.
let fresh: bool = false
let base0: v128 = f32x4.splat(-0.0)
let base1: v128 = f32x4.splat(-0.0)
let floor: v128 = f32x4.splat(0)

/** Bytes a thread must lend for packing. */
export function scratchBytes(): usize {
  return BLOCK + <usize>HEIGHT * TURNED
}

/** Where they lie. */
export function setScratch(pointer: usize): void {
  scratch = pointer
}

// @ts-ignore: decorator
@inline
function finish(sum: v128, base: v128): v128 {
  return f32x4.pmax(f32x4.add(sum, base), floor)
}

/**
 * ROWS × 8 outputs. `rows` of them are real, the rest repeat the last; the second vector lies `second` bytes right of the
 * first. The exits at `!k` are never taken: each ends a basic block, without which V8 would load the factors of all rows
 * before the first multiply-add and run out of registers.
 */
// @ts-ignore: decorator
@inline
function tile(
  ROWS: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  end: usize,
  bStep: usize,
  out: usize,
  outRow: usize,
  second: usize,
  k: i32,
  row: i32,
  rows: i32,
): void {
  let a0 = a + <usize>row * aRow
  let a1 = a + <usize>min(row + 1, rows - 1) * aRow
  let a2 = a + <usize>min(row + 2, rows - 1) * aRow
  let a3 = a + <usize>min(row + 3, rows - 1) * aRow
  let a4 = a + <usize>min(row + 4, rows - 1) * aRow
  let a5 = a + <usize>min(row + 5, rows - 1) * aRow
  const out0 = out + <usize>row * outRow
  const out1 = out + <usize>min(row + 1, rows - 1) * outRow
  const out2 = out + <usize>min(row + 2, rows - 1) * outRow
  const out3 = out + <usize>min(row + 3, rows - 1) * outRow
  const out4 = out + <usize>min(row + 4, rows - 1) * outRow
  const out5 = out + <usize>min(row + 5, rows - 1) * outRow
  let c00 = f32x4.splat(0)
  let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00
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
    if (ASC_FEATURE_RELAXED_SIMD) if (!a0) break
    a0 += aStep
    x = v128.load32_splat(a1)
    c10 = madd(x, b0, c10)
    c11 = madd(x, b1, c11)
    if (!a1) break
    a1 += aStep
    x = v128.load32_splat(a2)
    c20 = madd(x, b0, c20)
    c21 = madd(x, b1, c21)
    if (ASC_FEATURE_RELAXED_SIMD) if (!a2) break
    a2 += aStep
    x = v128.load32_splat(a3)
    c30 = madd(x, b0, c30)
    c31 = madd(x, b1, c31)
    if (ROWS > 4) {
      if (!a3) break
    a3 += aStep
      x = v128.load32_splat(a4)
      c40 = madd(x, b0, c40)
      c41 = madd(x, b1, c41)
    }
    if (ROWS > 5) {
      if (!a4) break
    a4 += aStep
      x = v128.load32_splat(a5)
      c50 = madd(x, b0, c50)
      c51 = madd(x, b1, c51)
    }
    if (ROWS == 4) a3 += aStep
    if (ROWS == 5) a4 += aStep
    if (ROWS == 6) a5 += aStep
  } while (b != end)
  const low = base0
  const high = base1
  v128.store(out0, finish(c00, low))
  v128.store(out0 + second, finish(c01, high))
  v128.store(out1, finish(c10, low))
  v128.store(out1 + second, finish(c11, high))
  v128.store(out2, finish(c20, low))
  v128.store(out2 + second, finish(c21, high))
  v128.store(out3, finish(c30, low))
  v128.store(out3 + second, finish(c31, high))
  if (ROWS > 4) {
    v128.store(out4, finish(c40, low))
    v128.store(out4 + second, finish(c41, high))
  }
  if (ROWS > 5) {
    v128.store(out5, finish(c50, low))
    v128.store(out5 + second, finish(c51, high))
  }
}

function tallTile(a: usize, aRow: usize, aStep: usize, end: usize, bStep: usize, out: usize, outRow: usize, second: usize, k: i32, row: i32, rows: i32): void {
  tile(TALL, a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
}

function shortTile(a: usize, aRow: usize, aStep: usize, end: usize, bStep: usize, out: usize, outRow: usize, second: usize, k: i32, row: i32, rows: i32): void {
  tile(4, a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
}

/** Byte offset of lane l among `width` columns: the last column stands in for those that do not exist. */
// @ts-ignore: decorator
@inline
function lane(l: i32, width: i32): usize {
  return <usize>(l < width ? l : width - 1) << 2
}

/** The four lanes from `pointer` on, of which `width` exist. */
function loadLanes(pointer: usize, width: i32): v128 {
  let v = v128.load32_zero(pointer)
  v = v128.load_lane<f32>(pointer + lane(1, width), v, 1)
  v = v128.load_lane<f32>(pointer + lane(2, width), v, 2)
  return v128.load_lane<f32>(pointer + lane(3, width), v, 3)
}

function storeLanes(pointer: usize, v: v128, width: i32): void {
  v128.store_lane<f32>(pointer, v, 0)
  v128.store_lane<f32>(pointer + lane(1, width), v, 1)
  v128.store_lane<f32>(pointer + lane(2, width), v, 2)
  v128.store_lane<f32>(pointer + lane(3, width), v, 3)
}

/** 8 × (up to 4) outputs: the columns that are left over, and towers and gates of a few columns. */
function narrowTile(a0: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, out: usize, outRow: usize, width: i32, k: i32, rows: i32): void {
  let a1 = rows > 1 ? a0 + aRow : a0
  let a2 = rows > 2 ? a1 + aRow : a1
  let a3 = rows > 3 ? a2 + aRow : a2
  let a4 = rows > 4 ? a3 + aRow : a3
  let a5 = rows > 5 ? a4 + aRow : a4
  let a6 = rows > 6 ? a5 + aRow : a5
  let a7 = rows > 7 ? a6 + aRow : a6
  let c0 = f32x4.splat(0)
  let c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0
  const sums = scratch + TILE
  if (!fresh) {
    for (let i = 0; i < rows; i++) v128.store(sums + (<usize>i << 4), loadLanes(out + <usize>i * outRow, width))
    c0 = v128.load(sums)
    c1 = v128.load(sums, 16)
    c2 = v128.load(sums, 32)
    c3 = v128.load(sums, 48)
    c4 = v128.load(sums, 64)
    c5 = v128.load(sums, 80)
    c6 = v128.load(sums, 96)
    c7 = v128.load(sums, 112)
  }
  do {
    const y = v128.load(b)
    b += bStep
    c0 = madd(v128.load32_splat(a0), y, c0)
    c1 = madd(v128.load32_splat(a1), y, c1)
    a0 += aStep
    a1 += aStep
    if (!k) break
    c2 = madd(v128.load32_splat(a2), y, c2)
    c3 = madd(v128.load32_splat(a3), y, c3)
    a2 += aStep
    a3 += aStep
    if (!k) break
    c4 = madd(v128.load32_splat(a4), y, c4)
    c5 = madd(v128.load32_splat(a5), y, c5)
    a4 += aStep
    a5 += aStep
    if (!k) break
    c6 = madd(v128.load32_splat(a6), y, c6)
    c7 = madd(v128.load32_splat(a7), y, c7)
    a6 += aStep
    a7 += aStep
  } while (--k)
  v128.store(sums, c0)
  v128.store(sums, c1, 16)
  v128.store(sums, c2, 32)
  v128.store(sums, c3, 48)
  v128.store(sums, c4, 64)
  v128.store(sums, c5, 80)
  v128.store(sums, c6, 96)
  v128.store(sums, c7, 112)
  for (let i = 0; i < rows; i++) storeLanes(out + <usize>i * outRow, finish(v128.load(sums + (<usize>i << 4)), base0), width)
}

/** Eight vectors of one row, b read where it lies. */
function wideRow(a: usize, aStep: usize, b: usize, bStep: usize, bias: usize, out: usize, k: i32): void {
  let c0 = f32x4.splat(0)
  let c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0
  if (!fresh) {
    c0 = v128.load(out)
    c1 = v128.load(out, 16)
    c2 = v128.load(out, 32)
    c3 = v128.load(out, 48)
    c4 = v128.load(out, 64)
    c5 = v128.load(out, 80)
    c6 = v128.load(out, 96)
    c7 = v128.load(out, 112)
  }
  do {
    const x = v128.load32_splat(a)
    a += aStep
    c0 = madd(x, v128.load(b), c0)
    c1 = madd(x, v128.load(b, 16), c1)
    if (!k) break
    c2 = madd(x, v128.load(b, 32), c2)
    c3 = madd(x, v128.load(b, 48), c3)
    if (!k) break
    c4 = madd(x, v128.load(b, 64), c4)
    c5 = madd(x, v128.load(b, 80), c5)
    if (!k) break
    c6 = madd(x, v128.load(b, 96), c6)
    c7 = madd(x, v128.load(b, 112), c7)
    b += bStep
  } while (--k)
  v128.store(out, c0)
  v128.store(out, c1, 16)
  v128.store(out, c2, 32)
  v128.store(out, c3, 48)
  v128.store(out, c4, 64)
  v128.store(out, c5, 80)
  v128.store(out, c6, 96)
  v128.store(out, c7, 112)
  for (let o: usize = 0; o < 128; o += 16) {
    const base = bias ? v128.load(bias + o) : f32x4.splat(-0.0)
    v128.store(out + o, finish(v128.load(out + o), base))
  }
}

/** Up to sixteen columns of one row, four vectors that overlap; or up to four, lanes that repeat. */
function restOfRow(a: usize, aStep: usize, b: usize, bStep: usize, bias: usize, out: usize, k: i32, width: i32): void {
  const minus = f32x4.splat(-0.0)
  let c0 = f32x4.splat(0)
  if (width < 4) {
    if (!fresh) c0 = loadLanes(out, width)
    const o1 = lane(1, width)
    const o2 = lane(2, width)
    do {
      let y = v128.load32_zero(b)
      y = v128.load_lane<f32>(b + o1, y, 1)
      y = v128.load_lane<f32>(b + o2, y, 2)
      c0 = madd(v128.load32_splat(a), y, c0)
      a += aStep
      b += bStep
    } while (--k)
    c0 = v128.shuffle<f32>(c0, c0, 0, 1, 2, 2)
    storeLanes(out, finish(c0, bias ? loadLanes(bias, width) : minus), width)
    return
  }
  const last = <usize>(width - 4) << 2
  const o1 = min<usize>(16, last)
  const o2 = min<usize>(32, last)
  let c1 = c0, c2 = c0, c3 = c0
  if (!fresh) {
    c0 = v128.load(out)
    c1 = v128.load(out + o1)
    c2 = v128.load(out + o2)
    c3 = v128.load(out + last)
  }
  do {
    const x = v128.load32_splat(a)
    c0 = madd(x, v128.load(b), c0)
    c1 = madd(x, v128.load(b + o1), c1)
    c2 = madd(x, v128.load(b + o2), c2)
    c3 = madd(x, v128.load(b + last), c3)
    a += aStep
    b += bStep
  } while (--k)
  v128.store(out, finish(c0, bias ? v128.load(bias) : minus))
  v128.store(out + o1, finish(c1, bias ? v128.load(bias + o1) : minus))
  v128.store(out + o2, finish(c2, bias ? v128.load(bias + o2) : minus))
  v128.store(out + last, finish(c3, bias ? v128.load(bias + last) : minus))
}

/** A few rows: each streams over b, which is neither packed nor blocked. */
function byRows(a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, bias: usize, out: usize, m: i32, k: i32, n: i32): void {
  let j = 0
  while (j < n) {
    const left = n - j
    // Never leave fewer than four columns behind, if there are four.
    const width = left >= 32 ? 32 : left > 19 ? 16 : left > 16 ? 12 : left
    const at = <usize>j << 2
    for (let i = 0; i < m; i++) {
      const x = a + <usize>i * aRow
      const y = out + (<usize>(i * n) << 2) + at
      const c = bias ? bias + at : 0
      if (width == 32) wideRow(x, aStep, b + at, bStep, c, y, k)
      else restOfRow(x, aStep, b + at, bStep, c, y, k, width)
    }
    j += width
  }
}

/** One panel of up to eight columns against `rows` rows. */
function panel(a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, out: usize, outRow: usize, width: i32, k: i32, rows: i32): void {
  const end = b + <usize>k * bStep
  const second = <usize>(width - 4) << 2
  for (let row = 0; row < rows; ) {
    const left = rows - row
    if (width <= 4) {
      narrowTile(a + <usize>row * aRow, aRow, aStep, b, bStep, out + <usize>row * outRow, outRow, width, k, min(left, 8))
      row += 8
    } else if (left <= 4 || (left > TALL && left <= 8)) {
      shortTile(a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
      row += 4
    } else {
      tallTile(a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
      row += TALL
    }
  }
}

/** out[i, j] (+)= Σₚ a[i·aRow + p·aStep] · b[p·bStep + j·bColumn], then + bias[j], then max(·, 0); strides in elements, out (m n) */
export function gemm(
  a: usize,
  aRow: i32,
  aStep: i32,
  b: usize,
  bStep: i32,
  bColumn: i32,
  bias: usize, // 0: none
  out: usize,
  m: i32,
  k: i32,
  n: i32,
  flags: i32, // 1: relu, 2: add to what out holds
): void {
  if (k == 0) {
    // One step that changes nothing, not even the sign of a zero.
    const nothing = scratch + BLOCK
    store<f32>(nothing, 0)
    store<f32>(nothing, -0.0, 4)
    gemm(nothing, 0, 0, nothing + 4, 0, 0, bias, out, m, 1, n, flags)
    return
  }
  if (n == 1 && aRow == 1 && bias == 0) {
    // One column: its transpose is one row, which reads a as it lies.
    gemm(b, 0, bStep, a, aStep, 1, 0, out, 1, k, m, flags)
    return
  }
  const rowBytes = <usize>aRow << 2
  const stepBytes = <usize>aStep << 2
  const bStepBytes = <usize>bStep << 2
  const columnBytes = <usize>bColumn << 2
  const outRow = <usize>n << 2
  const floorAtEnd = f32x4.splat(flags & RELU ? 0 : -Infinity)
  fresh = !(flags & ACCUMULATE)
  floor = floorAtEnd
  if (bColumn == 1 && m < 4) {
    byRows(a, rowBytes, stepBytes, b, bStepBytes, bias, out, m, k, n)
    return
  }
  const turn = aRow == 1 && n >= WIDE
  for (let i = 0; i < m; i += HEIGHT) {
    const rows = min(HEIGHT, m - i)
    let p = 0
    do {
      const depth = min(DEPTH, k - p)
      const end = p + depth == k
      fresh = p == 0 && !(flags & ACCUMULATE)
      floor = end ? floorAtEnd : f32x4.splat(-Infinity)
      let block = a + <usize>i * rowBytes + <usize>p * stepBytes
      let blockRow = rowBytes
      let blockStep = stepBytes
      if (turn) {
        for (let q = 0; q < depth; q += 4) {
          const lanes = depth - q
          const from = block + <usize>q * stepBytes
          interleave(
            from,
            from + (lanes > 1 ? stepBytes : 0),
            from + (lanes > 2 ? 2 * stepBytes : 0),
            from + (lanes > 3 ? 3 * stepBytes : 0),
            4,
            scratch + BLOCK + (<usize>q << 2),
            TURNED,
            rows,
          )
        }
        block = scratch + BLOCK
        blockRow = TURNED
        blockStep = 4
      }
      let j = 0
      while (j < n) {
        const left = n - j
        const width = left > 11 ? 8 : left > 8 ? (left + 1) >> 1 : left
        let y = b + <usize>p * bStepBytes + <usize>j * columnBytes
        let yStep = bStepBytes
        if (width != 8 || bColumn != 1 || rows >= FEW) {
          yStep = width > 4 ? 32 : 16
          const l = width - 1
          interleave(
            y,
            y + <usize>min(1, l) * columnBytes,
            y + <usize>min(2, l) * columnBytes,
            y + <usize>min(3, l) * columnBytes,
            bStepBytes,
            scratch,
            yStep,
            depth,
          )
          if (width > 4) {
            const z = y + <usize>(width - 4) * columnBytes
            interleave(z, z + columnBytes, z + 2 * columnBytes, z + 3 * columnBytes, bStepBytes, scratch + 16, 32, depth)
          }
          y = scratch
        }
        base0 = f32x4.splat(-0.0)
        base1 = base0
        if (bias && end) {
          base0 = loadLanes(bias + (<usize>j << 2), width)
          base1 = loadLanes(bias + (<usize>(j + width - 4) << 2), 4)
        }
        panel(block, blockRow, blockStep, y, yStep, out + (<usize>(i * n + j) << 2), outRow, width, depth, rows)
        j += width
      }
      p += depth
    } while (p < k)
  }
}

/**
 * Matrix products of every form (A·B, A·Bᵀ, Aᵀ·B), with bias and relu in the same pass; refuses matrices at address 0.
 */
import { roundsOnce } from './madd.ts'
import { loadLanes, narrowTile } from './narrow.ts'
import { pack } from './pack.ts'
import { stream } from './stream.ts'
import { setEnd, setStart } from './tile.ts'
import { fusedTile, shortTile, tallTile } from './tiles.ts'

/*
 * Each output is one chain of multiply-adds over p in order, whatever the sizes, the tile it falls in, and the rows
 * that were asked for with it: so a product split between threads has the bits of the whole. Between two blocks of p
 * the sums wait in `out`.
 */

const RELU = 1
const ACCUMULATE = 2

/** Steps of p between two visits to `out`: a panel of b (8 KiB) and a strip of a stay in the first-level cache. */
const DEPTH = 256
/** Rows that one panel of b meets: a block of a (256 KiB) stays in the second-level cache. */
const HEIGHT = 256
/** Below this many rows, or twice as many where b's rows are near each other, packing b costs more than it saves. */
const FEW = 36
const NEAR = 512
/** From this many columns on it pays to turn a matrix that is read across its rows, if they are far from each other. */
const WIDE = 32
const FAR = 1024
/** Up to this many steps there is so little to sum that tiles only cost. */
const SHALLOW = 8
/** Columns of b that the scratch region can hold at that depth. */
const LONG = 8192

/** Bytes between the rows of a turned block: not a power of two, which would crowd a few sets of the cache. */
const TURNED: usize = (DEPTH << 2) + 64
/** The scratch region: a panel of b, the sums of a narrow tile, two numbers, a block of a. */
const SUMS: usize = DEPTH << 5
const NOTHING: usize = SUMS + 128
const BLOCK: usize = NOTHING + 64
const SCRATCH: usize = BLOCK + <usize>HEIGHT * TURNED

/** Where this instance may work: threads that share a memory have a region each. */
let scratch: usize = 0
/** Rows of the tallest tile that fits the registers of this host. */
let tall: i32 = 5

/** Bytes that the region must have. */
export function scratchBytes(): usize {
  return SCRATCH
}

export function setScratch(pointer: usize): void {
  scratch = pointer
  tall = roundsOnce(pointer) ? 6 : 5
}

/** One panel of up to eight columns, b packed or with rows `bStep` bytes apart, against `rows` rows. */
function panel(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  out: usize,
  outRow: usize,
  outColumn: usize,
  width: i32,
  k: i32,
  rows: i32,
): void {
  const end = b + <usize>k * bStep
  const second = <usize>(width - 4) << 2
  for (let row = 0; row < rows; ) {
    const left = rows - row
    if (width <= 4) {
      const at = out + <usize>row * outRow
      narrowTile(a + <usize>row * aRow, aRow, aStep, b, at, outRow, outColumn, width, k, min(left, 8), scratch + SUMS)
      row += 8
    } else if (left <= 4 || (left > tall && left <= 8)) {
      shortTile(a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
      row += 4
    } else {
      if (tall > 5) fusedTile(a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
      else tallTile(a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
      row += tall
    }
  }
}

/**
 * out[i, j] (+)= Σₚ a[i·aRow + p·aStep] · b[p·bStep + j·bColumn], then + bias[j], then max(·, 0)
 * out is (m n) without gaps; strides count numbers. A·B: (k, 1), (n, 1). A·Bᵀ: (k, 1), (1, k). Aᵀ·B: (1, m), (n, 1).
 */
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
    a = scratch + NOTHING
    b = a + 4
    store<f32>(a, 0)
    store<f32>(b, -0.0)
    k = 1
    aRow = bColumn = 0
  }
  let outRow = <usize>n << 2
  let outColumn: usize = 4
  if (bias == 0 && (m <= 4 ? bColumn != 1 : n == 1 && aRow == 1)) {
    // The other way round: few columns, or a row that can be streamed, instead of few rows of columns to be packed.
    const other = a
    a = b
    b = other
    const row = aRow
    aRow = bColumn
    bColumn = row
    const step = aStep
    aStep = bStep
    bStep = step
    const rows = m
    m = n
    n = rows
    outColumn = outRow
    outRow = 4
  }
  const aRowBytes = <usize>aRow << 2
  const aStepBytes = <usize>aStep << 2
  const columnBytes = <usize>bColumn << 2
  let bStepBytes = <usize>bStep << 2
  const accumulate = (flags & ACCUMULATE) != 0
  const none = f32x4.splat(-0.0)
  const least = f32x4.splat(flags & RELU ? 0 : -Infinity)
  // In a turned product the outputs of a row are not neighbours: only the narrow tile can write them.
  const shallow = k <= SHALLOW && n >= 32 && n <= LONG
  if (outColumn == 4 && (shallow || (m < 4 && bColumn == 1))) {
    if (bColumn != 1) {
      const length = <usize>(n + 3) >> 2 << 4
      for (let j = 0; j < n; j += 4)
        pack(b + <usize>j * columnBytes, columnBytes, n - j, bStepBytes, scratch + BLOCK + (<usize>j << 2), length, k)
      b = scratch + BLOCK
      bStepBytes = length
    }
    const relu = (flags & RELU) != 0
    stream(a, aRowBytes, aStepBytes, b, bStepBytes, bias, out, m, k, n, !accumulate, relu, scratch + SUMS)
    return
  }
  const turn = aRow == 1 && aStep >= FAR && n >= WIDE
  for (let i = 0; i < m; i += HEIGHT) {
    const rows = min(HEIGHT, m - i)
    for (let p = 0; p < k; p += DEPTH) {
      const depth = min(DEPTH, k - p)
      const done = p + depth == k
      setStart(p == 0 && !accumulate)
      let block = a + <usize>i * aRowBytes + <usize>p * aStepBytes
      let blockRow = aRowBytes
      let blockStep = aStepBytes
      if (turn) {
        for (let q = 0; q < depth; q += 4)
          pack(block + <usize>q * blockStep, blockStep, depth - q, 4, scratch + BLOCK + (<usize>q << 2), TURNED, rows)
        block = scratch + BLOCK
        blockRow = TURNED
        blockStep = 4
      }
      for (let j = 0; j < n; ) {
        // Never leaves fewer than four columns behind, if there are four.
        const left = n - j
        const width = left > 11 ? 8 : left > 8 ? (left + 1) >> 1 : left
        let y = b + <usize>p * bStepBytes + <usize>j * columnBytes
        let yStep = bStepBytes
        if (width < 8 || bColumn != 1 || rows >= (n > NEAR ? FEW : 2 * FEW)) {
          yStep = width > 4 ? 32 : 16
          pack(y, columnBytes, width, bStepBytes, scratch, yStep, depth)
          if (width > 4) pack(y + <usize>(width - 4) * columnBytes, columnBytes, 4, bStepBytes, scratch + 16, 32, depth)
          y = scratch
        }
        const c = bias + (<usize>j << 2)
        const biased = done && bias != 0
        setEnd(
          biased ? loadLanes(c, width, 4) : none,
          biased && width > 4 ? v128.load(c + (<usize>(width - 4) << 2)) : none,
          done ? least : f32x4.splat(-Infinity),
        )
        const at = out + <usize>i * outRow + (<usize>j << 2)
        panel(block, blockRow, blockStep, y, yStep, at, outRow, outColumn, width, depth, rows)
        j += width
      }
    }
  }
}

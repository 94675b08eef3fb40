/**
 * Matrix products of every form (A·B, A·Bᵀ, Aᵀ·B), with bias and relu in the same pass; refuses matrices at address 0.
 */
import { loadLanes } from './narrow.ts'
import { NUMBERS, setNumbers } from './numbers.ts'
import { pack, packRows } from './pack.ts'
import { isWide, panel, setTiles, widePanel } from './panel.ts'
import { scratch, workAt } from './scratch.ts'
import { stream } from './stream.ts'
import { setEnd, setStart } from './tile.ts'
import { FLOOR } from './wide.ts'

/*
 * Each output is one chain of multiply-adds over p in order, whatever the sizes, the tile it falls in, and the rows
 * that were asked for with it: so a product split between threads has the bits of the whole. Between two blocks of p
 * the sums wait in `out`.
 */

const RELU = 1
const ACCUMULATE = 2

/** Steps of p between two visits to `out`: a panel of b (8 or 16 KiB) and a strip of a stay in the first-level cache. */
const DEPTH = 256
/** Rows that one panel of b meets: a block of a (256 KiB) stays in the second-level cache. */
const HEIGHT = 256
/** Below this many rows, or twice as many where b's rows are near each other, packing b costs more than it saves. */
const FEW = 36
const NEAR = 512
/** From this many columns on it pays to turn a matrix that is read across its rows, if they are far from each other. */
const MANY = 32
const FAR = 256
/** Up to this many steps there is so little to sum that tiles only cost. */
const SHALLOW = 8
/** Columns of b that the scratch region can hold at that depth. */
const LONG = 8192

/** Bytes between the rows of a turned block: not a power of two, which would crowd a few sets of the cache. */
const TURNED: usize = (DEPTH << 2) + 64
/** The scratch region: a panel of b, the sums of a narrow tile, what ends those of wide ones, 64 times 0 and −0, a block of a. */
const SUMS: usize = DEPTH << 6
const ENDED: usize = SUMS + 128
const ZEROS: usize = ENDED + 128
const NEGATIVES: usize = ZEROS + 256
const BLOCK: usize = NEGATIVES + 256
const SCRATCH: usize = BLOCK + <usize>HEIGHT * TURNED

/** Bytes that the region must have. */
export function scratchBytes(): usize {
  return SCRATCH + NUMBERS
}

/** `wide`: this host joins pairs of vectors. */
export function setScratch(pointer: usize, wide: bool): void {
  workAt(pointer)
  setTiles(pointer, wide)
  setNumbers(pointer + SCRATCH)
  for (let at: usize = 0; at < 256; at += 4) {
    store<f32>(pointer + ZEROS + at, 0)
    store<f32>(pointer + NEGATIVES + at, -0.0)
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
  stride: i32, // of rows of out, of which it may have some columns alone; 0: n
): void {
  if (k == 0) {
    // One step that changes nothing, not even the sign of a zero.
    a = scratch + ZEROS
    b = scratch + NEGATIVES
    k = 1
    aRow = bColumn = 0
  }
  let outRow = <usize>(stride ? stride : n) << 2
  let outColumn: usize = 4
  if (bias == 0 && (m <= 4 ? bColumn != 1 : outRow == 4 && aRow == 1)) {
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
  const lowest = f32x4.splat(-Infinity)
  const least = flags & RELU ? f32x4.splat(0) : lowest
  const streamed = isWide ? 3 : 4
  // In a turned product the outputs of a row are not neighbours: only the narrow tile can write them.
  const shallow = k <= SHALLOW && n >= 32 && n <= LONG
  if (outColumn == 4 && (shallow || (m < streamed && bColumn == 1))) {
    if (bColumn != 1) {
      const length = <usize>(n + 3) >> 2 << 4
      for (let j = 0; j < n; j += 4)
        pack(b + <usize>j * columnBytes, columnBytes, n - j, bStepBytes, scratch + BLOCK + (<usize>j << 2), length, k)
      b = scratch + BLOCK
      bStepBytes = length
    }
    const relu = (flags & RELU) != 0
    stream(a, aRowBytes, aStepBytes, b, bStepBytes, bias, out, outRow, m, k, n, !accumulate, relu, scratch + ZEROS)
    return
  }
  const once = k <= DEPTH && !accumulate
  const turn = aRow == 1 && aStep >= FAR && n >= MANY
  for (let i = 0; i < m; i += HEIGHT) {
    const rows = min(HEIGHT, m - i)
    for (let p = 0; p < k; p += DEPTH) {
      const depth = min(DEPTH, k - p)
      const done = p + depth == k
      const fresh = p == 0 && !accumulate
      setStart(fresh)
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
        const left = n - j
        // Sixteen columns may have some of the last ones twice; eight leave at least four behind, if there are as many.
        const wide = isWide && (left >= 16 || (n >= 16 && left > 4 && once))
        const width = wide ? 16 : left > 11 ? 8 : left > 8 ? (left + 1) >> 1 : left
        if (left < width) j = n - width
        let y = b + <usize>p * bStepBytes + <usize>j * columnBytes
        let yStep = bStepBytes
        if (width < 8 || bColumn != 1 || rows >= (n > NEAR ? FEW : 2 * FEW)) {
          yStep = width > 8 ? 64 : width > 4 ? 32 : 16
          if (wide && bColumn == 1) packRows(y, bStepBytes, scratch, depth)
          else
            for (let lane = 0; lane < width; lane += 4) {
              const first = min(lane, max(width - 4, 0))
              pack(y + <usize>first * columnBytes, columnBytes, width, bStepBytes, scratch + (<usize>lane << 2), yStep, depth)
            }
          y = scratch
        }
        const c = bias + (<usize>j << 2)
        const biased = done && bias != 0
        const at = out + <usize>i * outRow + (<usize>j << 2)
        if (wide) {
          const ends = scratch + ENDED
          for (let q: usize = 0; q < FLOOR; q += 16) v128.store(ends + q, biased ? v128.load(c + q) : none)
          v128.store(ends, done ? least : lowest, FLOOR)
          const from = fresh ? scratch + ZEROS : at
          widePanel(block, blockRow, blockStep, y, yStep, from, fresh ? 0 : outRow, at, outRow, ends, depth, rows)
        } else {
          setEnd(
            biased ? loadLanes(c, width, 4) : none,
            biased && width > 4 ? v128.load(c + (<usize>(width - 4) << 2)) : none,
            done ? least : lowest,
          )
          panel(block, blockRow, blockStep, y, yStep, at, outRow, outColumn, width, depth, rows, scratch + SUMS)
        }
        j += width
      }
    }
  }
}

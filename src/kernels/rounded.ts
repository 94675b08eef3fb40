/**
 * How weights lie that are stored in 16 or 8 bits: in words of 32, which kernels widen as they load them. It refuses to
 * say which weights are; whoever compiles a predictor does.
 *
 * A weight (i o) lies in panels of 32 columns, and of 4 where there are no 32 left, of which the last may have columns of no
 * meaning; a panel lies row by row, and a word is the next numbers of its column, from its lowest bits up. A table (v d)
 * lies row by row: a word is the next numbers of its row. Two of 16 bits are the upper halves of float32. Four of 8 bits are
 * whole numbers of steps, from −127 to 127, with 128 added, and the step, a float32, is one more word behind those of its
 * column or row.
 */
import type { Floats } from './buffer.ts'

const PANEL = 32
const NARROW = 4

/** How wide the panel of column j of o is, and so how far its words are apart. */
export const panelOf = (j: number, o: number): number => (j < o - (o % PANEL) ? PANEL : NARROW)

/** Where column j begins in panels of this width and height. */
export const columnAt = (j: number, width: number, height: number): number => (j - (j % width)) * height + (j % width)

/** How many words n numbers take, their step included. */
export const wordsFor = (n: number, bits: number): number => (bits === 8 ? Math.ceil(n / 4) + 1 : Math.ceil(n / 2))

/** How many words a weight (i o) takes. */
export const wordsOf = (i: number, o: number, bits: number): number =>
  wordsFor(i, bits) * NARROW * Math.ceil(o / NARROW)

/** One word, to be looked at in two ways. */
const word = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(4))

/** The float32 that a word is. */
export function floatOf(bits: number): number {
  word.setInt32(0, bits)
  return word.getFloat32(0)
}

/** The word that a float32 is. */
function bitsOf(x: number): number {
  word.setFloat32(0, x)
  return word.getInt32(0)
}

/** Number p of a column or row, in the word that has it: of 16 bits, or of 8 in steps. */
export const numberIn = (word: number, p: number, bits: number): number =>
  bits === 8 ? ((word >> (8 * (p & 3))) & 255) - 128 : floatOf(p & 1 ? word & ~0xffff : word << 16)

/** The nearest of 16 bits, of two that are as near the even one (IEEE 754); NaN stays NaN. */
const upperHalf = (x: number): number => {
  const bits = bitsOf(x)
  return Number.isNaN(x) ? 0x7fc0 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
}

/** Numbers `from`, `from + stride`, … as words `to`, `to + step`, … that are 0. */
function round(
  values: Floats,
  from: number,
  stride: number,
  n: number,
  bits: number,
  words: Int32Array,
  to: number,
  step: number,
): void {
  if (bits === 16) {
    for (let p = 0; p < n; p++) words[to + (p >> 1) * step] |= upperHalf(values[from + p * stride]) << (16 * (p & 1))
    return
  }
  let most = 0
  for (let p = 0; p < n; p++) most = Math.max(most, Math.abs(values[from + p * stride]))
  // A number that is not finite makes its whole column or row NaN.
  const size = most < Infinity ? Math.fround(most / 127) : NaN
  words[to + (wordsFor(n, bits) - 1) * step] = bitsOf(size)
  for (let p = 0; p < n; p++) {
    const steps = size > 0 ? Math.round(values[from + p * stride] / size) : 0
    words[to + (p >> 2) * step] |= (Math.max(-127, Math.min(127, steps)) + 128) << (8 * (p & 3))
  }
}

/** A weight (i o) as `wordsOf` words. */
export function roundWeight(values: Floats, i: number, o: number, bits: number, words: Int32Array): void {
  words.fill(0)
  for (let j = 0; j < o; j++) {
    const width = panelOf(j, o)
    round(values, j, o, i, bits, words, columnAt(j, width, wordsFor(i, bits)), width)
  }
}

/** A table (v d) as words: `wordsFor(d)` for each of its rows. */
export function roundTable(values: Floats, v: number, d: number, bits: number, words: Int32Array): void {
  words.fill(0)
  for (let row = 0; row < v; row++) round(values, row * d, 1, d, bits, words, row * wordsFor(d, bits), 1)
}

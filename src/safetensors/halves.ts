/**
 * Numbers of 16 bits as float32 and back, bit by bit, so that each NaN stays the one it was. It refuses to round: what has
 * no equal of 16 bits is told by its place.
 */

/** The bits of a float32 of the same value. A half has 5 bits of exponent, biased by 15, and 10 of fraction (IEEE 754). */
function widenedHalf(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13)
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13)
  if (fraction === 0) return sign
  // fraction·2⁻²⁴, of which the highest bit is the one that float32 does not write down
  const highest = 31 - Math.clz32(fraction)
  return sign | ((highest + 103) << 23) | ((fraction << (23 - highest)) & 0x7fffff)
}

/** What `widenedHalf` makes these bits of, or −1. */
function narrowedHalf(word: number): number {
  const sign = (word >>> 16) & 0x8000
  const exponent = ((word >>> 23) & 0xff) - 112
  const fraction = word & 0x7fffff
  if ((word & 0x7fffffff) === 0) return sign
  if (exponent === 143 || (exponent > 0 && exponent < 31))
    return fraction & 0x1fff ? -1 : sign | (Math.min(exponent, 31) << 10) | (fraction >> 13)
  const shift = 14 - exponent
  const whole = 0x800000 | fraction
  return exponent > 0 || shift > 23 || whole & ((1 << shift) - 1) ? -1 : sign | (whole >> shift)
}

/** How numbers of 16 bits are read and written. */
export interface Halves {
  /** The numbers of such bytes, wherever they lie; takes no memory but the numbers' own. */
  readonly widen: (bytes: Uint8Array) => Float32Array
  /** The numbers as they are stored, or the place of the first that has no equal. */
  readonly narrow: (values: Float32Array) => Uint16Array | number
}

const halves = (widened: (half: number) => number, narrowed: (word: number) => number): Halves => ({
  widen(bytes) {
    const words = new Uint32Array(bytes.length / 2)
    // Halves wait in the upper half of the room, where no word is written before the half there is read.
    new Uint8Array(words.buffer, bytes.length).set(bytes)
    const stored = new Uint16Array(words.buffer, bytes.length)
    for (let at = 0; at < words.length; at++) words[at] = widened(stored[at])
    return new Float32Array(words.buffer)
  },
  narrow({ buffer, byteOffset, length }) {
    const words = new Uint32Array(buffer, byteOffset, length)
    const stored = new Uint16Array(length)
    for (let at = 0; at < length; at++) {
      const half = narrowed(words[at])
      if (half < 0) return at
      stored[at] = half
    }
    return stored
  },
})

/** IEEE 754, binary16. */
export const HALF = halves(widenedHalf, narrowedHalf)

/** The upper half of a float32. */
export const BRAIN = halves(
  (half) => half << 16,
  (word) => (word & 0xffff ? -1 : word >>> 16),
)

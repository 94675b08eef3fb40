/**
 * The counter-based random bits that everything random here draws from: a pure function of a key and a counter,
 * so that nothing has a hidden state, and any value can be had again. It refuses to serve cryptography.
 */

/** A bijective 32-bit mix: every input bit flips about half of the output's bits (Wellons' lowbias32 constants). */
const mix = (x: number): number => {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return x ^ (x >>> 15)
}

/** 32 random bits of stream `key` at position `counter`, as an integer in [0, 2³²). */
export const randomBits = (key: number, counter: number): number =>
  mix((mix(Math.imul(counter, 0x9e3779b1) ^ key) + Math.imul(key, 0x85ebca6b)) | 0) >>> 0

/** A number in (0, 1), never either end. */
export const randomUniform = (key: number, counter: number): number => (randomBits(key, counter) + 0.5) / 2 ** 32

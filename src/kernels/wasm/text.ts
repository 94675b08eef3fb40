/**
 * Bytes from a text that scripts/wasm-text.ts has made of them, in four fifths of what gzip makes of them: what was there
 * before is repeated, and a likely bit takes less than an unlikely one. It knows nothing of what the bytes mean, and refuses
 * nothing, since the texts come with it.
 */

/** The next bit, of which one context or two tell how likely it is. Contexts are numbers. */
export type Bit = (context: number, other?: number) => number

/** Digits of a byte, by the byte before it, and by the one that would be there if a repetition went on. */
const GUESSED = 1 << 16
export const NO_GUESS = 256
/** Whether a repetition begins, by whether one has just ended, and by the byte before. */
export const REPEATS = GUESSED + ((NO_GUESS + 1) << 8)
/** Whether it is from as far away as the last one. */
export const GOES_ON = REPEATS + 512
/** Numbers: how far away, how long, and how long where it goes on. */
export const DISTANCE = GOES_ON + 1
export const LENGTH = DISTANCE + 1024
export const FURTHER = LENGTH + 1024
export const CONTEXTS = FURTHER + 1024

/** A number above 0: a one for each binary digit after the first, a zero, and these digits. */
export function numberOf(bit: Bit, kind: number): number {
  let digits = 0
  while (bit(kind + digits)) digits++
  let number = 1
  for (let digit = 1; digit <= digits; digit++) number = 2 * number + bit(kind + 32 * digits + digit)
  return number
}

export function byteOf(bit: Bit, before: number, guess: number): number {
  let digits = 1
  while (digits < 256) digits = 2 * digits + bit((before << 8) + digits, GUESSED + (guess << 8) + digits)
  return digits - 256
}

/** How many there are, and one more; then single bytes and repetitions. */
export function bytesOf(bit: Bit): Uint8Array {
  const bytes = new Uint8Array(numberOf(bit, LENGTH) - 1)
  let distance = 1
  let repeated = 0
  for (let at = 0; at < bytes.length;) {
    const before = at > 0 ? bytes[at - 1] : 0
    if (bit(REPEATS + (repeated << 8) + before)) {
      let length: number
      if (!repeated && bit(GOES_ON)) length = numberOf(bit, FURTHER)
      else {
        distance = numberOf(bit, DISTANCE)
        length = numberOf(bit, LENGTH) + 1
      }
      // One by one, because a repetition may reach into itself.
      for (; length > 0; length--, at++) bytes[at] = bytes[at - distance]
      repeated = 1
    } else {
      bytes[at] = byteOf(bit, before, repeated ? bytes[at - distance] : NO_GUESS)
      at++
      repeated = 0
    }
  }
  return bytes
}

/** So many bits a context remembers, about: each moves its likelihood by one part of as many as it has seen, or of these. */
const MEMORY = 20

/**
 * Bits by how likely a 1 is, which contexts learn from the bits before. Sums, products and quotients alone, which are the
 * same on every host, so that who reads believes what who wrote believed.
 */
export function learning(next: (likelihood: number) => number, likelihoods: Float64Array): Bit {
  const seen = new Uint8Array(CONTEXTS)
  likelihoods.fill(0.5)
  const learn = (context: number, bit: number): void => {
    likelihoods[context] += (bit - likelihoods[context]) / (seen[context] + 2)
    if (seen[context] < MEMORY) seen[context]++
  }
  return (context, other = context) => {
    const bit = next((likelihoods[context] + likelihoods[other]) / 2)
    learn(context, bit)
    if (other !== context) learn(other, bit)
    return bit
  }
}

/** The text is one number: its digits are the characters from `#` to `~` but for the backslash, which texts would double. */
export const BASE = 91
const FIRST = 35
const BACKSLASH = 92
/** At least so many numbers are shared out between the bit 1, which has the first ones, and 0. */
export const LEAST = 2 ** 23

export const shareOf = (range: number, likelihood: number): number => 1 + Math.floor((range - 2) * likelihood)

export const characterOf = (digit: number): number => FIRST + digit + (FIRST + digit < BACKSLASH ? 0 : 1)
const digitOf = (character: number): number => character - FIRST - (character < BACKSLASH ? 0 : 1)

export function decode(text: string): Uint8Array {
  let at = 0
  let range = 1
  let number = 0
  const next = (likelihood: number): number => {
    for (; range < LEAST; range *= BASE) number = number * BASE + digitOf(text.charCodeAt(at++))
    const share = shareOf(range, likelihood)
    const bit = number < share ? 1 : 0
    if (!bit) number -= share
    range = bit ? share : range - share
    return bit
  }
  return bytesOf(learning(next, new Float64Array(CONTEXTS)))
}

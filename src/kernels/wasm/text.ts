/**
 * Bytes from a text that scripts/text.ts has made of them, and which gzip cannot make much smaller: pieces that were there
 * before are named by their distance, and a likely bit takes less than an unlikely one. It knows nothing of what the bytes
 * mean, and refuses nothing: texts come with the code.
 */

/** The next bit, which is as likely as contexts say, of which there are one or two. */
export type Bit = (context: number, other?: number) => number

/** What each context has seen: bytes by the one before, and by the one that stands where a repetition broke off; the rest. */
const GUESSED = 1 << 16
export const NO_GUESS = 256
export const REPEATED = GUESSED + (NO_GUESS << 8) + 256
export const GONE_ON = REPEATED + 512
export const DISTANCE = GONE_ON + 1
export const LENGTH = DISTANCE + 1024
export const FURTHER = LENGTH + 1024
export const CONTEXTS = FURTHER + 1024

/** A number above 0: as many ones as it has binary digits after the first, a zero, and these digits. */
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

/** A number of bytes, and then one by one or as repetitions what they are. */
export function bytesOf(bit: Bit): Uint8Array {
  const bytes = new Uint8Array(numberOf(bit, LENGTH) - 1)
  let distance = 1
  let repeated = 0
  for (let at = 0; at < bytes.length; ) {
    const before = at && bytes[at - 1]
    if (bit(REPEATED + (repeated << 8) + before)) {
      let length: number
      if (!repeated && bit(GONE_ON)) length = numberOf(bit, FURTHER)
      else {
        distance = numberOf(bit, DISTANCE)
        length = numberOf(bit, LENGTH) + 1
      }
      // One by one, since a repetition may repeat itself.
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

/** How much later bits count: the likelihood of a context moves towards each by one part of so many. */
const STEADY = 20

/** Bits by likelihoods, which are even to begin with and learned from bits alone, so that who writes and who reads agree. */
export function learning(next: (likelihood: number) => number, likelihoods: Float64Array): Bit {
  const seen = new Uint8Array(CONTEXTS)
  likelihoods.fill(0.5)
  const learn = (context: number, bit: number): void => {
    likelihoods[context] += (bit - likelihoods[context]) / (seen[context] + 2)
    if (seen[context] < STEADY) seen[context]++
  }
  return (context, other = context) => {
    const bit = next((likelihoods[context] + likelihoods[other]) / 2)
    learn(context, bit)
    if (other !== context) learn(other, bit)
    return bit
  }
}

/** Digits of a text, from `#` on: there is neither a quotation mark nor a backslash among them. */
export const FIRST = 35
export const BASE = 57
/** A range has so many numbers at least, before it is shared out between a bit that is 1, and then one that is 0. */
export const LEAST = BASE ** 4
export const shareOf = (range: number, likelihood: number): number => 1 + Math.floor((range - 2) * likelihood)

export function decode(text: string): Uint8Array {
  let at = 0
  let range = 1
  let number = 0
  const next = (likelihood: number): number => {
    for (; range < LEAST; range *= BASE) number = number * BASE + text.charCodeAt(at++) - FIRST
    const share = shareOf(range, likelihood)
    const bit = number < share ? 1 : 0
    if (!bit) number -= share
    range = bit ? share : range - share
    return bit
  }
  return bytesOf(learning(next, new Float64Array(CONTEXTS)))
}

/**
 * Writes bytes as a text that src/kernels/wasm/text.ts reads: the same text for the same bytes, always. Which repetitions it
 * names is what costs least by the likelihoods that an earlier choice has led to, a few times over.
 */
import { BASE, CONTEXTS, DISTANCE, FURTHER, GOES_ON, LEAST, LENGTH } from '../src/kernels/wasm/text.ts'
import {
  NO_GUESS,
  REPEATS,
  byteOf,
  bytesOf,
  characterOf,
  learning,
  numberOf,
  shareOf,
} from '../src/kernels/wasm/text.ts'
import type { Bit } from '../src/kernels/wasm/text.ts'

/** More of them make a text shorter by one or two thousandths. */
const ROUNDS = 4

/** A byte, or a repetition of what is `distance` before. */
interface Step {
  readonly length: number
  readonly distance: number
}

const binary = (number: number, digits: number): number[] =>
  Array.from({ length: digits }, (_, at) => (number >> (digits - 1 - at)) & 1)

function bitsOf(number: number): number[] {
  const digits = 31 - Math.clz32(number)
  return [...Array<number>(digits).fill(1), 0, ...binary(number, digits)]
}

/** What it takes to say bits to one who reads in this way, in bits. */
function costOf(read: (bit: Bit) => unknown, bits: readonly number[], likelihoods: Float64Array): number {
  let cost = 0
  let at = 0
  read((context, other = context) => {
    const bit = bits[at++]
    const likelihood = (likelihoods[context] + likelihoods[other]) / 2
    cost -= Math.log2(Math.max(bit ? likelihood : 1 - likelihood, 2 ** -12))
    return bit
  })
  return cost
}

/** The cheapest steps, where of all steps that lead to a place only the cheapest is gone on from. */
function cheapest(bytes: Uint8Array, likelihoods: Float64Array): Step[] {
  const { length } = bytes
  const costs = new Float64Array(length + 1).fill(Infinity)
  const steps = new Array<Step>(length + 1)
  const distances = new Int32Array(length + 1)
  costs[0] = 0
  distances[0] = 1
  const reach = (from: number, step: Step, cost: number): void => {
    const to = from + step.length
    if (cost >= costs[to]) return
    costs[to] = cost
    steps[to] = step
    distances[to] = step.distance || distances[from]
  }
  const known = new Map<number, number>()
  const number = (kind: number, value: number): number => {
    const key = kind * 65536 + value
    const cost = known.get(key) ?? costOf((bit) => numberOf(bit, kind), bitsOf(value), likelihoods)
    known.set(key, cost)
    return cost
  }
  const flag = (context: number, bit: number): number => costOf((read) => read(context), [bit], likelihoods)
  const alike = (at: number, distance: number): number => {
    let count = 0
    while (at + count < length && bytes[at + count] === bytes[at + count - distance]) count++
    return count
  }
  /** Where the two bytes of a place were before. */
  const earlier = new Int32Array(length).fill(-1)
  const latest = new Map<number, number>()
  for (let at = 0; at + 1 < length; at++) {
    const pair = bytes[at] * 256 + bytes[at + 1]
    earlier[at] = latest.get(pair) ?? -1
    latest.set(pair, at)
  }
  for (let at = 0; at < length; at++) {
    const before = at > 0 ? bytes[at - 1] : 0
    const distance = distances[at]
    const repeated = at > 0 && steps[at].distance > 0
    const context = REPEATS + (repeated ? 256 : 0) + before
    const guess = repeated ? bytes[at - distance] : NO_GUESS
    const byte = costOf((bit) => byteOf(bit, before, guess), binary(bytes[at], 8), likelihoods)
    reach(at, { length: 1, distance: 0 }, costs[at] + flag(context, 0) + byte)
    const start = costs[at] + flag(context, 1)
    if (!repeated && at >= distance)
      for (let count = alike(at, distance); count > 0; count--)
        reach(at, { length: count, distance }, start + flag(GOES_ON, 1) + number(FURTHER, count))
    const other = start + (repeated ? 0 : flag(GOES_ON, 0))
    for (let from = earlier[at], longest = 1; from >= 0; from = earlier[from]) {
      const count = alike(at, at - from)
      // The nearest of equal length is the cheapest.
      for (let shorter = longest + 1; shorter <= count; shorter++)
        reach(
          at,
          { length: shorter, distance: at - from },
          other + number(DISTANCE, at - from) + number(LENGTH, shorter - 1),
        )
      longest = Math.max(longest, count)
    }
  }
  const found: Step[] = []
  for (let at = length; at > 0; at -= steps[at].length) found.push(steps[at])
  return found.reverse()
}

/** The bits of steps, in the order of `bytesOf`. */
function spelled(bytes: Uint8Array, steps: readonly Step[]): number[] {
  const bits = bitsOf(bytes.length + 1)
  let at = 0
  let last = 1
  let repeated = false
  for (const { length, distance } of steps) {
    bits.push(distance > 0 ? 1 : 0)
    if (distance === 0) bits.push(...binary(bytes[at], 8))
    else if (!repeated && distance === last) bits.push(1, ...bitsOf(length))
    else bits.push(...(repeated ? [] : [0]), ...bitsOf(distance), ...bitsOf(length - 1))
    at += length
    repeated = distance > 0
    if (repeated) last = distance
  }
  return bits
}

/** The text of bits, and what they teach. */
function written(bits: readonly number[], likelihoods: Float64Array): string {
  let at = 0
  let range = 1
  let number = 0n
  let digits = 0
  const next = (likelihood: number): number => {
    for (; range < LEAST; range *= BASE, digits++) number *= BigInt(BASE)
    const share = shareOf(range, likelihood)
    const bit = bits[at++]
    if (!bit) number += BigInt(share)
    range = bit ? share : range - share
    return bit
  }
  bytesOf(learning(next, likelihoods))
  let text = ''
  for (; digits > 0; digits--, number /= BigInt(BASE))
    text = String.fromCharCode(characterOf(Number(number % BigInt(BASE)))) + text
  return text
}

export function encode(bytes: Uint8Array): string {
  const likelihoods = new Float64Array(CONTEXTS).fill(0.5)
  const texts = Array.from({ length: ROUNDS }, () => written(spelled(bytes, cheapest(bytes, likelihoods)), likelihoods))
  return texts.reduce((best, text) => (text.length < best.length ? text : best))
}

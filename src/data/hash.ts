/** Hash buckets: values to ids with no vocabulary to keep. They refuse to be told from what shares their bucket. */
import { checkValue, whole } from '../checks/index.ts'
import { randomBits } from '../kernels/index.ts'
import { MISSING_ID, checkedKey, isMissing } from './values.ts'
import type { MaybeValue } from './values.ts'

const FNV_START = 0x811c9dc5
const FNV_PRIME = 0x01000193
/** Above all UTF-16 code units. */
const END = 0x10000

/** FNV-1a, going on from `hash`, over UTF-16 code units. */
function hashOn(hash: number, text: string): number {
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME)
  return hash
}

/** 32 bits of a text. */
export const hashOfText = (text: string): number => hashOn(FNV_START, text) >>> 0

/** 32 bits are mixed until each depends on all. */
const bucketOf = (hash: number, length: number, buckets: number): number =>
  1 + Math.floor((randomBits(hash, length) / 2 ** 32) * buckets)

/** As `hashBucket`, of a value and buckets that are known to be such. */
export function bucketOfValue(value: MaybeValue, buckets: number): number {
  if (isMissing(value)) return MISSING_ID
  const text = String(value)
  return bucketOf(hashOn(FNV_START, text), text.length, buckets)
}

/** As `hashTuple`, of values and buckets that are known to be such. */
export function bucketOfTuple(values: readonly MaybeValue[], buckets: number): number {
  let hash = FNV_START
  let length = 0
  for (const value of values) {
    if (isMissing(value)) return MISSING_ID
    const text = String(value)
    hash = Math.imul(hashOn(hash, text) ^ END, FNV_PRIME)
    length += text.length
  }
  return bucketOf(hash, length, buckets)
}

function checkHashed(who: string, values: readonly MaybeValue[], buckets: number): void {
  for (const value of values) if (!isMissing(value)) checkedKey(who, value, undefined)
  checkValue(who, 'buckets', buckets, whole(1))
}

/**
 * A bucket of 1 … `buckets` for any value, with no vocabulary to keep; 0 if it is missing, so a table has buckets + 1
 * rows. 7, 7n and '7' share a bucket.
 * @throws TypeError if it is no string, BigInt or finite number, or a whole number beyond 2^53.
 * @throws RangeError if there are no buckets.
 */
export function hashBucket(value: MaybeValue, buckets: number): number {
  checkHashed('hashBucket', [value], buckets)
  return bucketOfValue(value, buckets)
}

/**
 * A bucket of 1 … `buckets` for several values together; 0 if one of them is missing. Each value ends in a unit that no
 * text has, so ('a', 'bc') and ('ab', 'c') are hashed as what they are: two things. Throws as `hashBucket` does.
 */
export function hashTuple(values: readonly MaybeValue[], buckets: number): number {
  checkHashed('hashTuple', values, buckets)
  return bucketOfTuple(values, buckets)
}

/** Puts row numbers in order, by score or by user, in linear time; it refuses to move the numbers themselves. */

const DIGIT = 11
const BUCKETS = 1 << DIGIT

/** Turns counts per bucket into the position where each bucket starts. */
const toStarts = (counts: Int32Array): void => {
  let start = 0
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket]
    counts[bucket] = start
    start += count
  }
}

/**
 * The bits of every score as an unsigned integer, low word first, that ascends as the scores do: a positive
 * number's sign bit is set, a negative number's bits are all flipped.
 */
function sortableBits(scores: ArrayLike<number>, rows: Int32Array): Uint32Array {
  const numbers = new Float64Array(rows.length)
  for (let position = 0; position < rows.length; position++) numbers[position] = scores[rows[position]]
  const words = new Uint32Array(numbers.buffer)
  for (let word = 0; word < words.length; word += 2) {
    const flip = words[word + 1] >>> 31 ? 0xffffffff : 0
    words[word] ^= flip
    words[word + 1] ^= flip | 0x80000000
  }
  return words
}

/**
 * The rows by ascending score, equal scores adjacent. A radix sort, least digit first: six passes at most, and
 * four for scores that came as float32, because a digit that all rows share is passed over.
 */
export function ascending(rows: Int32Array, scores: ArrayLike<number>): Int32Array {
  const words = sortableBits(scores, rows)
  const starts = new Int32Array(BUCKETS)
  let order = new Int32Array(rows.length)
  let next = new Int32Array(rows.length)
  for (let position = 0; position < order.length; position++) order[position] = position
  for (let word = 0; word < 2; word++)
    for (let shift = 0; shift < 32; shift += DIGIT) {
      starts.fill(0)
      for (let at = word; at < words.length; at += 2) starts[(words[at] >>> shift) & (BUCKETS - 1)]++
      if (starts[(words[word] >>> shift) & (BUCKETS - 1)] === rows.length) continue
      toStarts(starts)
      for (let at = 0; at < order.length; at++) {
        const position = order[at]
        next[starts[(words[2 * position + word] >>> shift) & (BUCKETS - 1)]++] = position
      }
      const done = next
      next = order
      order = done
    }
  for (let at = 0; at < order.length; at++) order[at] = rows[order[at]]
  return order
}

export interface Grouped {
  /** The rows, those of one user adjacent and in the order they were given in. */
  readonly rows: Int32Array
  /** User u has `rows[ends[u − 1]] … rows[ends[u] − 1]`, and the first begins at 0. */
  readonly ends: Int32Array
}

/** The rows by user, users in order of first appearance. */
export function grouped(rows: Int32Array, users: ArrayLike<number | string>): Grouped {
  const indices = new Map<number | string, number>()
  const userOf = new Int32Array(rows.length)
  for (let position = 0; position < rows.length; position++) {
    const user = users[rows[position]]
    const index = indices.get(user) ?? indices.size
    if (index === indices.size) indices.set(user, index)
    userOf[position] = index
  }
  const ends = new Int32Array(indices.size)
  for (const user of userOf) ends[user]++
  toStarts(ends)
  const result = new Int32Array(rows.length)
  for (let position = 0; position < rows.length; position++) result[ends[userOf[position]]++] = rows[position]
  return { rows: result, ends }
}

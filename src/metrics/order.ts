/** Puts row numbers in order, by score or by user; it refuses to move the numbers themselves. */

/** The rows by ascending score, equal scores adjacent. */
export const ascending = (rows: Int32Array, scores: ArrayLike<number>): Int32Array =>
  rows.slice().sort((a, b) => scores[a] - scores[b])

export interface Grouped {
  /** The rows, those of one user adjacent and in the order they were given in. */
  readonly rows: Int32Array
  /** User u has `rows[ends[u − 1]] … rows[ends[u] − 1]`, and the first begins at 0. */
  readonly ends: Int32Array
}

/** The rows by user, users in order of first appearance. */
export function grouped(rows: Int32Array, userAt: (row: number) => unknown): Grouped {
  const indices = new Map<unknown, number>()
  const userOf = new Int32Array(rows.length)
  for (let position = 0; position < rows.length; position++) {
    const user = userAt(rows[position])
    const index = indices.get(user) ?? indices.size
    if (index === indices.size) indices.set(user, index)
    userOf[position] = index
  }
  const ends = new Int32Array(indices.size)
  for (const user of userOf) ends[user]++
  // From how many rows a user has to where they start; filling them in moves each start to its end.
  let start = 0
  for (let user = 0; user < ends.length; user++) {
    start += ends[user]
    ends[user] = start - ends[user]
  }
  const result = new Int32Array(rows.length)
  for (let position = 0; position < rows.length; position++) result[ends[userOf[position]]++] = rows[position]
  return { rows: result, ends }
}

/** Finds the name that was meant; it refuses to decide, and only says so. */

/** How many letters must be added, dropped or changed to turn one word into the other (Levenshtein 1966). */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const changed = above[column - 1] + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(changed, above[column] + 1, current[column - 1] + 1))
    }
    above = current
  }
  return above[b.length]
}

/** `, did you mean 'user_id'?` of the known name that is nearest, or of all of no names, nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const ranked = known.map((candidate) => ({ candidate, off: distance(name, candidate) })).sort((a, b) => a.off - b.off)
  return ranked.length === 0 ? '' : `, did you mean '${ranked[0].candidate}'?`
}

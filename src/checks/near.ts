/** Finds the name that was meant; it refuses to decide, and to suggest what is not near. */

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

/** `dnn_use_bn`, `dnnUseBN` and `dnnUseBn` are one word to whoever misspells it. */
const plain = (name: string): string => name.toLowerCase().replace(/[_-]/g, '')

/** `, did you mean 'user_id'?` of the nearest known name, or nothing where more than a third of the letters differ. */
export function didYouMean(name: string, known: readonly string[]): string {
  const word = plain(name)
  let nearest: string | undefined
  let least = Infinity
  for (const candidate of known) {
    const other = plain(candidate)
    const off = distance(word, other)
    if (off < least && 3 * off <= Math.max(word.length, other.length)) [nearest, least] = [candidate, off]
  }
  return nearest === undefined ? '' : `, did you mean '${nearest}'?`
}

/** Float64 numbers as the float32 that models compute in; it refuses columns that float32 makes far fewer numbers of. */

/** From here on float32 does not tell whole numbers apart. */
const WHOLE = 2 ** 24

/** Rows that are looked at, and numbers where a row has many. */
const ROWS = 2 ** 15
const NUMBERS = 2 ** 18

/** Relative: what float64 arithmetic leaves in the last digits is below, and a millisecond of an epoch above. */
const NOISE = 2 ** -44

/** Throws if too little of what differs in a sample still does in float32. It sorts the sample. */
function checkSteps(who: string, what: string, sample: Float64Array): void {
  if (sample.every((value) => Math.fround(value) === value)) return
  sample.sort()
  let [before, after, last] = [1, 1, sample[0]]
  for (const value of sample) {
    if (!(value - last > NOISE * Math.max(Math.abs(value), Math.abs(last)))) continue
    before++
    if (Math.fround(value) !== Math.fround(last)) after++
    last = value
  }
  const [least, most] = [sample[0], last]
  const far = Math.max(Math.abs(least), Math.abs(most))
  if (after >= before * (far < WHOLE ? 1 / 16 : 3 / 4)) return
  throw new RangeError(
    `${who}: expected ${what} that float32 tells apart but got ${before} different ones of which it makes ${after}: ` +
      `because its steps are ${2 ** Math.max(-149, Math.floor(Math.log2(far)) - 23)} at ${far}; ` +
      `pass (x - ${least}) / ${most - least} instead, by a transform where it is a feature, or parts such as day and hour, or a Float32Array if this is meant`,
  )
}

/** Of so many rows, each so many'th is looked at. */
export const lookedAt = (rows: number, width: number): number =>
  Math.max(1, Math.ceil(rows / Math.min(ROWS, Math.max(256, NUMBERS / width))))

/**
 * The numbers of equally long rows (rows width) in float32.
 * @throws RangeError if few of the different numbers in one place of a row differ still: less than three quarters where
 * some reach 2^24, beyond which float32 misses whole numbers, and than a sixteenth where none does, as of coordinates with
 * more digits than anybody needs. Up to 32,768 rows are looked at, evenly spaced where there are more; what rounding in
 * float64 makes does not count.
 */
export function narrowed(who: string, what: string, numbers: Float64Array, width = 1): Float32Array {
  const rows = numbers.length / width
  const every = lookedAt(rows, width)
  const sample = new Float64Array(Math.ceil(rows / every))
  for (let place = 0; place < width; place++) {
    for (let at = 0; at < sample.length; at++) sample[at] = numbers[at * every * width + place]
    checkSteps(who, what, sample)
  }
  return new Float32Array(numbers)
}

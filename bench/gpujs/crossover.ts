/**
 * From which size on one contestant passes another: where their times meet if both are straight lines between measured
 * sizes, on axes of powers. It refuses to guess beyond the sizes that both ran, and to make anything of a size at which
 * the middle halves of their samples overlap.
 */
export interface Point {
  readonly work: number
  /** Milliseconds of a call: the median, and where the middle half of the samples begins and ends. */
  readonly time: number
  readonly low: number
  readonly high: number
}

export interface Crossing {
  readonly work: number
  readonly time: number
  /** Whether the challenger is the faster one beyond. */
  readonly gains: boolean
}

export interface Crossover {
  /** The least and the most work at which one of them was faster. */
  readonly range: readonly [least: number, most: number]
  /** By growing work; none where one of them is faster all along. */
  readonly crossings: readonly Crossing[]
  /** Whether the challenger is faster at the least work. */
  readonly leads: boolean
}

/** Undefined where they share no size at which one of them was faster. */
export function crossover(challenger: readonly Point[], holder: readonly Point[]): Crossover | undefined {
  const told = challenger
    .flatMap(({ work, time, low, high }) => {
      const other = holder.find((point) => point.work === work)
      if (!other || (low <= other.high && other.low <= high)) return []
      return [{ work, x: Math.log(work), y: Math.log(other.time), behind: Math.log(time / other.time) }]
    })
    .sort((a, b) => a.x - b.x)
  const [first] = told
  if (first === undefined) return undefined
  const crossings = told.slice(1).flatMap((right, at) => {
    const left = told[at]
    if (left.behind < 0 === right.behind < 0) return []
    const share = left.behind / (left.behind - right.behind)
    const between = (from: number, to: number): number => Math.exp(from + (to - from) * share)
    return [{ work: between(left.x, right.x), time: between(left.y, right.y), gains: right.behind < 0 }]
  })
  return { range: [first.work, told[told.length - 1].work], crossings, leads: first.behind < 0 }
}

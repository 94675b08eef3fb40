/**
 * One user and many candidates: what both have of a row is put together in a predictor's own batch, so many at a time, and
 * scored by its own program. It refuses a column in both parts or in neither, and to rank by what there is not.
 */
import { checkOptions, checkValue, didYouMean, finite, isRecord, needed, show, whole } from '../../checks/index.ts'
import type { Check, Checks } from '../../checks/index.ts'
import { ROW, pairWriter } from '../../data/index.ts'
import type { Inputs, PairWriter, Row } from '../../data/index.ts'
import { ROWS } from '../../serve/index.ts'
import type { Engine } from '../../serve/index.ts'

type ByOutput = Readonly<Record<string, number>>

/** What `rank` takes. */
export interface RankOptions {
  /**
   * What candidates are ranked by, the highest first: an output; weights w by output, for the product ∏ pʷ of powers of
   * their scores (Tang et al. 2020, Eq. 1), NaN where a number below 0 has a power that is not whole; or a function of the
   * scores by output, in a record that the next call overwrites.
   */
  readonly by: string | Readonly<Record<string, number>> | ((scores: Readonly<Record<string, number>>) => number)
  /** How many of the best are wanted. Default all. */
  readonly top?: number
}

/** A candidate with its scores. */
export interface Ranked {
  /** Its place among the candidates. */
  readonly index: number
  /** What it is ranked by. */
  readonly score: number
  /** By output, as `score` gives them. */
  readonly scores: Readonly<Record<string, number>>
}

const BY: Check = {
  expected: 'to be an output, weights by output or a function of scores',
  fits: (by) => typeof by === 'string' || typeof by === 'function' || (isRecord(by) && Object.keys(by).length > 0),
}

const OPTIONS: Checks<RankOptions> = { by: needed(BY), top: whole(1) }

/** The number that is ranked by, of scores by output. */
function rankedBy(by: RankOptions['by'], outputs: readonly string[]): (scores: ByOutput) => number {
  const known = (name: string): void => {
    if (!outputs.includes(name))
      throw new RangeError(
        `rank: expected by among ${outputs.join(', ')} but got '${name}'${didYouMean(name, outputs)}`,
      )
  }
  if (typeof by === 'function')
    return (scores) => {
      const score: unknown = by(scores)
      if (typeof score !== 'number') throw new RangeError(`rank: expected by to give a number but got ${show(score)}`)
      return score
    }
  if (typeof by === 'string') {
    known(by)
    return (scores) => scores[by]
  }
  const weights = Object.entries(by)
  for (const [name, weight] of weights) {
    known(name)
    checkValue('rank', `the weight of '${name}'`, weight, finite)
  }
  return (scores) => weights.reduce((product, [name, weight]) => product * scores[name] ** weight, 1)
}

/** The places of numbers, the highest first and NaN last; of equal ones the first. */
const sorted = (scores: Float64Array): Uint32Array =>
  Uint32Array.from(scores, (_, index) => index).sort((a, b) => {
    const difference = scores[b] - scores[a]
    return difference || Number(Number.isNaN(scores[a])) - Number(Number.isNaN(scores[b])) || a - b
  })

/** The `rank` of a predictor: see there. */
export function rankingOf({ features, rows, batch, predictions, check, run }: Engine<Inputs>) {
  const outputs = Object.keys(predictions)
  let split: { readonly columns: string; readonly writer: PairWriter } | undefined
  /** Users mostly have the same columns. */
  const writerFor = (user: Row): PairWriter => {
    const columns = JSON.stringify(Object.keys(user))
    if (split?.columns !== columns) split = { columns, writer: pairWriter(features, batch, Object.keys(user), 'rank') }
    return split.writer
  }
  return (user: Row, candidates: readonly Row[], options: RankOptions): readonly Ranked[] => {
    checkValue('rank', 'the user', user, ROW)
    checkValue('rank', 'the candidates', candidates, ROWS)
    checkOptions('rank', options, OPTIONS)
    const scoreOf = rankedBy(options.by, outputs)
    const writer = writerFor(user)
    check()
    const count = candidates.length
    const scores = new Float64Array(count)
    const found = outputs.map(() => new Float64Array(count))
    const one: Record<string, number> = Object.fromEntries(outputs.map((name) => [name, 0]))
    const scoresAt = (index: number): ByOutput => {
      outputs.forEach((name, output) => {
        one[name] = found[output][index]
      })
      return one
    }
    writer.user(user, Math.min(rows, count))
    for (let start = 0; start < count; start += rows) {
      const some = Math.min(rows, count - start)
      for (let at = 0; at < some; at++) writer.candidate(candidates[start + at], at, start + at)
      run('rank')
      for (let output = 0; output < outputs.length; output++) {
        const values = predictions[outputs[output]]
        for (let at = 0; at < some; at++) found[output][start + at] = values[at]
      }
    }
    for (let index = 0; index < count; index++) scores[index] = scoreOf(scoresAt(index))
    return Array.from(sorted(scores).subarray(0, options.top ?? count), (index) => ({
      index,
      score: scores[index],
      scores: { ...scoresAt(index) },
    }))
  }
}

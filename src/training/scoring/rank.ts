/**
 * One user and many candidates: what both have of a row is put together in a batch, so many at a time, and scored by a
 * program that knows which columns are the user's. It refuses a column in both parts or in neither, and to rank by what there is not.
 */
import { checkOptions, checkValue, didYouMean, finite, isRecord, needed, show, whole } from '../../checks/index.ts'
import type { Check, Checks } from '../../checks/index.ts'
import { ROW, featuresWithin, pairWriter } from '../../data/index.ts'
import type { Feature, Inputs, PairWriter, Row } from '../../data/index.ts'
import { ROWS } from '../../serve/index.ts'
import type { Engine } from '../../serve/index.ts'
import { byTask } from '../byTask.ts'

/** The scores of all candidates, in their order. */
type Found = Readonly<Record<string, Float64Array>>

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

/** What candidate `index` is ranked by, of all scores by output. */
type RankedBy = (found: Found, index: number) => number

function rankedBy(by: RankOptions['by'], outputs: readonly string[]): RankedBy {
  const known = (name: string): void => {
    if (!outputs.includes(name))
      throw new RangeError(
        `rank: expected by among ${outputs.join(', ')} but got '${name}'${didYouMean(name, outputs)}`,
      )
  }
  if (typeof by === 'function') {
    const one: Record<string, number> = Object.fromEntries(outputs.map((name) => [name, 0]))
    return (found, index) => {
      for (const name of outputs) one[name] = found[name][index]
      const score: unknown = by(one)
      if (typeof score !== 'number') throw new RangeError(`rank: expected by to give a number but got ${show(score)}`)
      return score
    }
  }
  if (typeof by === 'string') {
    known(by)
    return (found, index) => found[by][index]
  }
  const weights = Object.entries(by)
  for (const [name, weight] of weights) {
    known(name)
    checkValue('rank', `the weight of '${name}'`, weight, finite)
  }
  return (found, index) => {
    let product = 1
    for (const [name, weight] of weights) product *= found[name][index] ** weight
    return product
  }
}

/** The places of the `top` highest numbers, the highest first and NaN last; of equal ones the first. */
function best(scores: Float64Array, top: number): Uint32Array {
  // Numbers are sorted much faster than places are: whoever is below the last of the best is left out first.
  const ascending = scores.map((score) => (Number.isNaN(score) ? -Infinity : score)).sort()
  const least = ascending[Math.max(0, scores.length - top)]
  const places: number[] = []
  for (let place = 0; place < scores.length; place++) if (!(scores[place] < least)) places.push(place)
  return Uint32Array.from(places)
    .sort((a, b) => {
      const difference = scores[b] - scores[a]
      return difference || Number(Number.isNaN(scores[a])) - Number(Number.isNaN(scores[b])) || a - b
    })
    .subarray(0, top)
}

/** What scores rows in which these features are the same. */
export type EngineFor = (same: readonly Feature[]) => Engine<Inputs>

interface Pairing {
  readonly key: string
  readonly engine: Engine<Inputs>
  readonly writer: PairWriter
}

/** The `rank` of a predictor: see there. */
export function rankingOf({ features, rows, predictions: own, check }: Engine<Inputs>, engineFor: EngineFor) {
  const outputs = Object.keys(own)
  let pairing: Pairing | undefined
  /** Users mostly have the same columns. */
  const pairingFor = (user: Row): Pairing => {
    const columns = Object.keys(user)
    const key = JSON.stringify(columns)
    if (pairing?.key === key) return pairing
    const engine = engineFor(featuresWithin(features, columns, 'rank'))
    pairing = { key, engine, writer: pairWriter(features, engine.batch, columns, 'rank') }
    return pairing
  }
  return (user: Row, candidates: readonly Row[], options: RankOptions): readonly Ranked[] => {
    checkValue('rank', 'the user', user, ROW)
    checkValue('rank', 'the candidates', candidates, ROWS)
    checkOptions('rank', options, OPTIONS)
    const scoreOf = rankedBy(options.by, outputs)
    check()
    const {
      writer,
      engine: { predictions, run },
    } = pairingFor(user)
    const count = candidates.length
    const found = byTask(outputs, () => new Float64Array(count))
    writer.user(user, Math.min(rows, count))
    for (let start = 0; start < count; start += rows) {
      const some = Math.min(rows, count - start)
      for (let at = 0; at < some; at++) writer.candidate(candidates[start + at], at, start + at)
      run('rank')
      for (const name of outputs) {
        const [all, values] = [found[name], predictions[name]]
        for (let at = 0; at < some; at++) all[start + at] = values[at]
      }
    }
    const scores = new Float64Array(count)
    for (let index = 0; index < count; index++) scores[index] = scoreOf(found, index)
    return Array.from(best(scores, options.top ?? count), (index) => ({
      index,
      score: scores[index],
      scores: byTask(outputs, (name) => found[name][index]),
    }))
  }
}

/**
 * One size, everyone on it: all prove their numbers first, then they run in turns, so that noise hits all alike. It needs
 * nothing of Node, so that a page measures as a process does, and it refuses to time what would try anyone's patience.
 */
import type { Backend } from '../../src/index.ts'
import { exactVerb } from '../kernels/verb.ts'
import type { Verb } from '../kernels/verb.ts'
import { agreement } from '../measure/agreement.ts'
import { spreadOf } from '../measure/statistics.ts'
import { contend } from './contender.ts'
import type { Calls, Contender } from './contender.ts'
import { TIMINGS } from './rung.ts'
import type { Result, Timing } from './rung.ts'

/** Shaders may round an exponential by 3 + 2|x| units in the last place, above and below a softmax's line. */
const TOLERANCE = 5e-6
const ROUNDS = 5
/** Milliseconds: of a turn at the least, and of warming up. */
const [TURN, WARM] = [20, 20]
/** Milliseconds of a sample, which is many calls where they are short; on a device so many that its answer costs little. */
const [SAMPLE, DEVICE_SAMPLE] = [2, 25]
/** Milliseconds: of all samples of long calls together, and of a call that is not asked for. */
const [ENOUGH, PATIENCE] = [1500, 2500]

export interface Entrant {
  readonly name: string
  readonly backend: Backend
  /** Milliseconds that a call is expected to take. */
  readonly expected: number
}

interface Turns {
  readonly calls: Calls
  readonly samples: number[]
  /** In a sample. */
  readonly times: number
}

interface Ready {
  readonly name: string
  readonly contender: Contender
  readonly cold: number
  readonly deviation: number
  readonly turns: Readonly<Record<Timing, Turns>>
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]

/** Milliseconds of one call, out of so many. */
async function sample(calls: Calls, times: number): Promise<number> {
  const start = performance.now()
  const done = calls(times)
  // Waiting takes a while of its own, which calls that are done must not be charged with.
  if (done) await done
  return (performance.now() - start) / times
}

/** Calls until engines have compiled what they found hot, and more and more at a time until they fill a sample. */
async function warmUp(calls: Calls, least: number): Promise<Turns> {
  const start = performance.now()
  let [times, each] = [1, await sample(calls, 1)]
  if (each > TURN) return { calls, samples: [each], times }
  while (performance.now() - start < WARM || times * each < least) {
    if (times * each < least) times *= 2
    each = await sample(calls, times)
  }
  return { calls, samples: [], times }
}

async function prepare(verb: Verb, { name, backend, expected }: Entrant, exact: ArrayLike<number>) {
  if (expected > PATIENCE) return { name, away: `left out: a call would take some ${(expected / 1000).toFixed(1)} s` }
  let contender: Contender | undefined
  try {
    const start = performance.now()
    contender = contend(verb, backend)
    let [cold, deviation] = [0, 0]
    for (const timing of TIMINGS) {
      await contender[timing](1)
      cold ||= performance.now() - start
      const found = agreement(await contender.read(), exact, TOLERANCE)
      if (found.wrong !== undefined) throw new Error(found.wrong)
      deviation = Math.max(deviation, found.deviation)
    }
    const turns = {
      resident: await warmUp(contender.resident, contender.apart ? DEVICE_SAMPLE : SAMPLE),
      roundTrip: await warmUp(contender.roundTrip, SAMPLE),
    }
    return { name, contender, cold, deviation, turns }
  } catch (error) {
    contender?.close()
    return { name, wrong: messageOf(error) }
  }
}

export async function trial(verb: Verb, entrants: readonly Entrant[]): Promise<readonly Result[]> {
  const exact = exactVerb(verb)
  const prepared: (Ready | Exclude<Result, { resident: unknown }>)[] = []
  for (const entrant of entrants) prepared.push(await prepare(verb, entrant, exact))
  for (let round = 0; round < ROUNDS; round++)
    for (const ready of prepared) {
      if (!('turns' in ready)) continue
      for (const { calls, samples, times } of Object.values(ready.turns)) {
        const end = performance.now() + TURN
        do {
          const spent = samples.reduce((sum, each) => sum + each * times, 0)
          if (spent + (samples.at(-1) ?? 0) > ENOUGH) break
          samples.push(await sample(calls, times))
        } while (performance.now() < end)
      }
    }
  return prepared.map((one) => {
    if (!('turns' in one)) return one
    const { name, contender, cold, deviation, turns } = one
    contender.close()
    return {
      name,
      cold,
      deviation,
      resident: spreadOf(turns.resident.samples),
      roundTrip: spreadOf(turns.roundTrip.samples),
    }
  })
}

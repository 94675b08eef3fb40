/**
 * Measures a case: everyone proves first that they compute the same numbers, then they run in turns, so that noise hits
 * all alike. Whoever is missing or wrong is named and not timed.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { agreement } from './agreement.ts'
import { burst } from './burst.ts'
import { isMissing } from './case.ts'
import type { Case, Contestant, Entrant, Outcome, Result } from './case.ts'
import { spreadOf } from './statistics.ts'

export interface Budget {
  /** How often everyone has a turn. */
  readonly rounds: number
  /** Of one turn. */
  readonly seconds: number
}

/** Milliseconds: other processes' threads spin for a while before they sleep. */
const COOLING = 25

/** Milliseconds. */
const WARM = 60

interface Ready {
  readonly entrant: Entrant
  readonly contestant: Contestant
  readonly waits: boolean
  readonly cold: number
  readonly deviation: number
  readonly samples: number[]
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]

/** Sets up, runs once and proves. Ours must not fail; a peer that does is missing, and the reason is told. */
async function prepare({ exact, tolerance }: Case, entrant: Entrant): Promise<Ready | Result> {
  const { name, side } = entrant
  try {
    const start = performance.now()
    const contestant = await entrant.enter()
    if (isMissing(contestant)) return { name, side, missing: contestant.missing }
    const first = contestant.run()
    const waits = first instanceof Promise
    await first
    const cold = performance.now() - start
    const { deviation, wrong } = agreement(await contestant.prove(), (entrant.exact ?? exact)(), tolerance)
    if (wrong === undefined) return { entrant, contestant, waits, cold, deviation, samples: [] }
    contestant.close?.()
    return { name, side, ran: contestant.ran, wrong }
  } catch (error) {
    if (side !== 'peer') throw error
    return { name, side, missing: messageOf(error) }
  }
}

/** Lets engines compile what they found hot; gives the milliseconds of the fastest run, to know how many fit in a turn. */
async function warmUp(run: () => unknown): Promise<number> {
  const end = performance.now() + WARM
  let least = Infinity
  do {
    const start = performance.now()
    await run()
    least = Math.min(least, performance.now() - start)
  } while (performance.now() < end)
  return least
}

const isReady = (prepared: Ready | Result): prepared is Ready => 'contestant' in prepared

export async function measure(given: Case, { rounds, seconds }: Budget): Promise<Outcome> {
  let known: ArrayLike<number> | undefined
  const once = { ...given, exact: () => (known ??= given.exact()) }
  const prepared: (Ready | Result)[] = []
  for (const entrant of given.entrants) prepared.push(await prepare(once, entrant))
  for (let round = 0; round < rounds; round++)
    for (const { contestant, waits, samples } of prepared.filter(isReady)) {
      if (contestant.sample) {
        samples.push(...(await contestant.sample(seconds)))
        await pause(COOLING)
        continue
      }
      const { run } = contestant
      const takes = round === 0 ? await warmUp(run) : Math.min(...samples)
      samples.push(...(await burst({ run, waits, takes }, seconds)))
    }
  for (const { contestant } of prepared.filter(isReady)) contestant.close?.()
  const results = prepared.map((one): Result => {
    if (!isReady(one)) return one
    const { entrant, contestant, cold, deviation, samples } = one
    const { name, side } = entrant
    return { name, side, ran: contestant.ran, cold, warm: spreadOf(samples), deviation }
  })
  const { group, size, scale, flops, bytes } = given
  return { group, size, scale, ...(flops && { flops }), ...(bytes && { bytes }), results }
}

/** Tries a target for a while, seed after seed, until the time is up or a fault is found. */
import type { Round, Target } from './target.ts'

export interface Outcome {
  readonly cases: number
  readonly seconds: number
  /** With the seed of its round, from which it is found again at once. */
  readonly fault: (NonNullable<Round['fault']> & { readonly seed: number }) | undefined
}

/** Seeds are below this. */
export const SEEDS = 2 ** 31

export interface FuzzOptions {
  readonly seed: number
  readonly seconds: number
  /** Hears the seed of each round before it begins. */
  readonly onRound?: (seed: number) => void
  /** Is shown each case before it is tried. */
  readonly onCase?: (example: string) => void
}

/** At least one round, from `seed` on. */
export async function fuzz(target: Target, { seed, seconds, onRound, onCase }: FuzzOptions): Promise<Outcome> {
  const start = performance.now()
  const taken = (): number => (performance.now() - start) / 1000
  let cases = 0
  for (let at = seed; ; at = (at + 1) % SEEDS) {
    onRound?.(at)
    const round = await target.round(at, onCase)
    cases += round.cases
    if (round.fault) return { cases, seconds: taken(), fault: { ...round.fault, seed: at } }
    if (taken() >= seconds) return { cases, seconds: taken(), fault: undefined }
  }
}

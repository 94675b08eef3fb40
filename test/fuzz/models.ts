/**
 * Random models, ways to train tasks together and optimizers: what float32 makes of their losses, op by op, on WebAssembly
 * and on threads, against float64. One that leaves float64 is at fault unless chance rounding leaves it as far.
 */
import { cpu, wasm } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { wasmThreads } from '../../src/kernels/wasm/threads/index.ts'
import { target } from './target.ts'
import type { Target } from './target.ts'
import { apart, exact, lossCurve, rounded, trainings } from './training.ts'
import type { Training, Way } from './training.ts'

/** What float32 is off by where nothing is ill-conditioned. */
const CLOSE = 1e-3
/** How much further off than chance rounding a backend may be: its sums take another order. */
const SLACK = 8
/** Runs by chance that are asked before a backend is blamed. A kink that one in five roundings crosses escapes 24 in 0.5 %. */
const CHANCES = 24

const last = (byStep: readonly number[]): number => byStep[byStep.length - 1]

export interface Verdict {
  /** The largest difference from float64. */
  readonly off: number
  /** What chance rounding came to, as far as it was asked; none where nothing had to be explained. */
  readonly chances: readonly number[]
  readonly honest: boolean
}

/** A judge of ways to run a training. Chance rounding is asked until it leaves float64 as far, or has had its chances. */
export function judgeOf(training: Training, most = CHANCES): (way: Way) => Verdict {
  const reference = exact(training)
  const chances: number[] = []
  return (way) => {
    const off = last(apart(reference, lossCurve(training, way)))
    const honest = (): boolean => off <= CLOSE || chances.some((chance) => off <= SLACK * chance)
    while (!honest() && chances.length < most)
      chances.push(last(apart(reference, rounded(training, chances.length + 1))))
    return { off, chances: off <= CLOSE ? [] : [...chances], honest: honest() }
  }
}

const shown = (parted: readonly number[]): string =>
  parted.length === 0 ? 'none' : `by ${Math.max(...parted).toPrecision(2)} at most`

export async function models(): Promise<Target> {
  const threads = await wasmThreads({ bytes: 2 ** 24, threads: 2, worthwhile: 0 })
  const compiled: Readonly<Record<string, Backend | undefined>> = {
    'op by op': undefined,
    wasm: wasm({ bytes: 2 ** 24 }),
    threads,
  }
  const parted: number[] = []
  let runs = 0
  return target({
    name: 'models',
    holds: 'losses of training = those of float64',
    cases: 1,
    drawn: trainings(),
    check(training) {
      const judge = judgeOf(training)
      for (const [name, backend] of Object.entries(compiled)) {
        const { off, chances, honest } = judge({ backend: cpu, ...(backend && { compiled: backend }) })
        runs++
        if (chances.length > 0) parted.push(off)
        if (!honest)
          throw new Error(
            `${name}: expected losses of float64 but got others: because they are ${off} apart, and of ` +
              `${chances.length} runs rounded by chance none is more than ${Math.max(...chances)}`,
          )
      }
    },
    notes: () => [
      `${runs} runs, of which ${parted.length} left float64 as far as chance rounding does: ${shown(parted)}`,
    ],
    close: () => {
      threads.release()
    },
  })
}

/**
 * Tries a step on one backend after the other, with a real input, and compiles it for the quickest. It refuses to take
 * numbers that are not the first one's, to wait for what hangs, and to change anything by trying.
 */
import { inTime } from '../../kernels/index.ts'
import type { Backend } from '../../kernels/index.ts'
import { KEPT, compile } from '../compile.ts'
import type { Resident } from '../compiles.ts'
import { wrap } from '../text.ts'
import { compileAsync } from './compileAsync.ts'
import { checkAgreement, isAway, paceOf, trialOf } from './trial.ts'
import type { Answer, Trial } from './trial.ts'

/** A backend that may be tried. */
export interface Candidate {
  readonly name: string
  /** Rejects where it is not to be tried, with the reason. */
  readonly open: () => Promise<Opened>
}

export interface Opened {
  readonly backend: Backend
  /** What it runs on. */
  readonly device?: string
  /** Gives it back, where it was made to be tried. */
  readonly release: () => Promise<void>
}

/** What came of trying a backend: how long a run took, or why there is no time. */
export interface Timed {
  readonly backend: string
  readonly device?: string
  /** Of a run: the median. */
  readonly milliseconds?: number
  /** No device, a program in place of one, a failure, no answer, wrong numbers. */
  readonly because?: string
}

/** How each candidate is tried. */
export interface TrialOptions extends Resident {
  /** How often each is timed, or less where that takes more than a second. Default 5. */
  readonly runs?: number
  /** How far numbers may be from the first one's, as a share of the largest in the same tensor. Default 1e-4. */
  readonly tolerance?: number
  /** Milliseconds that a device may take to be opened, to run for the first time, or to be timed. Default 60,000. */
  readonly patience?: number
}

/** A step on the backend that ran it soonest, and what the others took. */
export interface Quickest<I, O> {
  /** Runs the step on these inputs. What it gives is overwritten by the next run: copy what you keep. */
  (input: I): Promise<O>
  /** What it runs on, for others to run there too. */
  readonly backend: Backend
  /** In the order in which they were tried. */
  readonly times: readonly Timed[]
  /** The same in words. */
  readonly why: string
  /** Takes home what runs have changed on a device. */
  fetch(): Promise<void>
  /** Fetches, and gives back all memory, and the device if it was opened for this. */
  release(): Promise<void>
}

const COLUMNS = 80

const whyOf = (kept: string, times: readonly Timed[]): string =>
  [
    `${kept} is the quickest.`,
    ...times.flatMap(({ backend, device, milliseconds, because }, index) => {
      const who = `${index + 1}. ${backend}${device === undefined ? '' : ` on ${device}`}`
      const what = milliseconds === undefined ? `none, because ${because}` : `${Number(milliseconds.toPrecision(3))} ms`
      return wrap(`${who}: ${what}`.split(' '), COLUMNS, 3)
    }),
  ].join('\n')

/** Tries candidates, of which the first must run, and compiles the step for the quickest. */
export async function quickest<I, O>(
  step: (input: I) => O,
  input: I,
  candidates: readonly Candidate[],
  { runs = 5, tolerance = 1e-4, patience = 60_000, resident = false, programs = KEPT }: TrialOptions,
  clock: () => number,
): Promise<Quickest<I, O>> {
  const soon = <T>(answer: Promise<T>): Promise<T> => inTime(answer, patience)
  const times: Timed[] = []
  let first: readonly Answer[] | undefined
  let best: { readonly opened: Opened; readonly milliseconds: number } | undefined

  const timeOf = async (trial: Trial): Promise<number> => {
    const answers: Answer[] = []
    // A second time, when the step has changed what it changes.
    for (const time of [0, 1]) {
      await soon(Promise.resolve(trial.run()))
      answers.push(trial.answer())
      if (first) checkAgreement(answers[time], first[time], tolerance)
    }
    first ??= answers
    return soon(paceOf(trial, runs, clock))
  }
  for (const { name, open } of candidates) {
    const opening = open()
    let trial: Trial | undefined
    try {
      const opened = await soon(opening)
      const { backend, device } = opened
      trial = trialOf(step, input, backend, resident)
      const milliseconds = await timeOf(trial)
      await soon(trial.release())
      times.push({ backend: name, ...(device !== undefined && { device }), milliseconds })
      const loser = best && best.milliseconds <= milliseconds ? opened : best?.opened
      if (loser !== opened) best = { opened, milliseconds }
      if (loser) await soon(loser.release()).catch(() => undefined)
    } catch (error) {
      // Nobody waits for it: a device that failed may fail in this as well, and one that hangs may still come.
      void Promise.allSettled([trial?.release(), opening.then(({ release }) => release())])
      if (!best) throw error
      const because = (error instanceof Error ? error.message : String(error)).split('\n')[0]
      times.push({ backend: name, because })
    }
  }
  const { backend, release } = best!.opened
  const device = isAway(backend) ? compileAsync(step, { backend, resident, programs }) : undefined
  const compiled = device ?? compile(step, { backend, programs })
  return Object.assign(async (given: I): Promise<O> => compiled(given), {
    backend,
    times,
    why: whyOf(backend.name, times),
    fetch: async () => device?.fetch(),
    release: async () => {
      try {
        await compiled.release()
      } finally {
        await release()
      }
    },
  })
}

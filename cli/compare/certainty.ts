/** What each task gained over its single-task twin, with the 95 % interval over seeds: no claim where that holds 0. */
import { estimate, verdict } from './interval.ts'
import type { Estimate, Verdict } from './interval.ts'
import type { Study } from './study.ts'
import { summarize } from './summary.ts'

export interface Certainty {
  readonly model: string
  readonly task: string
  readonly gain: Estimate
  /** Undefined of one seed. */
  readonly verdict: Verdict | undefined
}

export const VERDICTS: Readonly<Record<Verdict, string>> = {
  gains: 'gains',
  loses: 'loses',
  ties: 'within the interval',
}

/** Of every model that ran beside its twin, and every task. */
export const certainties = (study: Study): readonly Certainty[] =>
  summarize(study).flatMap(({ model, tasks }) =>
    Object.entries(tasks).flatMap(([task, { gains }]) => {
      if (!gains) return []
      const gain = estimate(gains)
      return [{ model, task, gain, verdict: verdict(gain) }]
    }),
  )

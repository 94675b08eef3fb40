/** Conflicts in a few words: of the two tasks of a model that pull apart the most. One that shares nothing has none. */
import type { Alignment, Conflicts } from '../../src/insight.ts'
import { keptLook } from './insight.ts'
import type { Look } from './insight.ts'
import type { Run, Study } from './study.ts'

export type Pair = readonly [one: string, other: string]

export interface Conflict {
  readonly model: string
  readonly pair: Pair
  /** The cosine of their gradients by all that is shared, after the first epoch and at the epoch that was kept. */
  readonly first: number
  readonly kept: number
  /** At the epoch that was kept. */
  readonly norms: readonly [number, number]
  /** Paths of what they pull against each other by, the most conflicting first: where the cosine, as shown, is below 0. */
  readonly parameters: readonly { readonly path: string; readonly cosine: number }[]
}

/** Each two tasks. */
export const pairsOf = (tasks: readonly string[]): readonly Pair[] =>
  tasks.flatMap((one, index) => tasks.slice(index + 1).map((other): Pair => [one, other]))

export const cosineOf = ({ cosines }: Alignment, [one, other]: Pair): number => cosines[one][other]

/** Lower first, and NaN last. */
const byCosine = (a: { readonly cosine: number }, b: { readonly cosine: number }): number =>
  (Number.isNaN(a.cosine) ? 2 : a.cosine) - (Number.isNaN(b.cosine) ? 2 : b.cosine)

function conflictOf(model: string, conflicts: Conflicts, first: Look): Conflict | undefined {
  const [worst] = pairsOf(conflicts.tasks)
    .map((pair) => ({ pair, cosine: cosineOf(conflicts, pair) }))
    .sort(byCosine)
  if (!worst || Number.isNaN(worst.cosine)) return undefined
  const [one, other] = worst.pair
  return {
    model,
    pair: worst.pair,
    first: first.conflicts ? cosineOf(first.conflicts, worst.pair) : NaN,
    kept: worst.cosine,
    norms: [conflicts.norms[one], conflicts.norms[other]],
    parameters: Object.entries(conflicts.parameters)
      .map(([path, alignment]) => ({ path, cosine: cosineOf(alignment, worst.pair) }))
      .filter(({ cosine }) => Number(cosine.toFixed(2)) < 0)
      .sort(byCosine),
  }
}

/** The runs that were looked at, one for each model. */
export const watched = ({ runs }: Study): readonly (Run & Required<Pick<Run, 'insight'>>)[] =>
  runs.flatMap((run) => (run.insight && run.insight.looks.length > 0 ? [{ ...run, insight: run.insight }] : []))

export const conflictsOf = (study: Study): readonly Conflict[] =>
  watched(study).flatMap(({ model, insight, history }) => {
    const { conflicts } = keptLook(insight, history.best) ?? {}
    return (conflicts && conflictOf(model, conflicts, insight.looks[0])) ?? []
  })

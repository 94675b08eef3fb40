/** What a trained model owes to each feature, and to what is known of one subject, on some of the test rows. It trains nothing. */
import { stream } from '../../src/index.ts'
import type { Model } from '../../src/index.ts'
import { permutationImportance } from '../../src/insight.ts'
import type { Feed } from './feed.ts'
import { metricOf } from './metric.ts'

/** How far a task's metric falls, in its own units: above 0 where the model does worse without. */
export interface Owed {
  readonly name: string
  /** Of features that are shuffled together. */
  readonly members?: readonly string[]
  readonly mean: number
  /** mean ± half is the 95 % interval in which one more shuffle lies. */
  readonly half: number
}

export interface Reliance {
  readonly rows: number
  /** How often each is shuffled. */
  readonly repeats: number
  /** By task: every subject, then every feature. A task that has no metric on these rows is not there. */
  readonly owed: Readonly<Record<string, readonly Owed[]>>
}

/** Few enough for two or three seconds with 35 features. */
const SAMPLE = { rows: 4096, repeats: 5 } as const

/** Whether the interval excludes 0. Where it holds it, the rows' own order may be one like any other. */
export const isOwed = ({ mean, half }: Owed): boolean => Math.abs(mean) > half

/** Subjects bear a prefix while they are shuffled beside features, for one may be called like the other. */
const SUBJECT = 'subject: '

export function relianceOf(
  model: Model,
  { tasks, features, subjects = {}, test }: Feed,
  { compiled }: { readonly compiled: boolean },
): Reliance {
  const { rows, repeats } = { ...SAMPLE, rows: Math.min(SAMPLE.rows, test.rows) }
  const sample = test.select(stream(1).stream('rely').permutation(test.rows).subarray(0, rows))
  const groups = Object.fromEntries([
    ...Object.entries(subjects).map(([name, members]) => [SUBJECT + name, members] as const),
    ...features.map(({ name }) => [name, [name]] as const),
  ])
  const metrics = Object.fromEntries(Object.entries(tasks).map(([task, type]) => [task, [metricOf(type)]]))
  const measured = permutationImportance(model, sample, { groups, metrics, repeats, compiled })
  const owedBy = (task: string): readonly Owed[] =>
    Object.keys(groups).flatMap((group) => {
      const { mean, half } = measured.groups[group][task][metricOf(tasks[task])]
      if (!Number.isFinite(mean)) return []
      return group.startsWith(SUBJECT)
        ? { name: group.slice(SUBJECT.length), members: groups[group], mean, half }
        : { name: group, mean, half }
    })
  const owed = Object.keys(tasks).map((task) => [task, owedBy(task)] as const)
  return { rows, repeats, owed: Object.fromEntries(owed.filter(([, all]) => all.length > 0)) }
}

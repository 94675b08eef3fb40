/** Where a training stands between two steps: all that its epochs change as they go. It refuses to hold a function. */
import type { State } from '../../models/index.ts'
import { byTask } from '../byTask.ts'
import type { ByTask } from '../byTask.ts'
import type { StepReport } from '../step/learner.ts'
import type { EpochRecord, History } from './history.ts'

/** Sums over the steps of an epoch, by task. */
type Sums = Record<string, { loss: number; rows: number; weight: number; steps: number }>

/** What a training would go on from. */
export interface Course {
  /** The epoch that it is in, from 1, and how many of its steps were taken. */
  epoch: number
  batch: number
  /** Taken in all. */
  steps: number
  /** What the epoch has been like so far. */
  sums: Sums
  /** The rate that it began with. */
  learningRate: number
  seconds: number
  readonly records: EpochRecord[]
  best?: { readonly epoch: number; readonly score: number; readonly state: State }
  stopped: History['stopped']
}

export const beginning = (): Course => ({
  epoch: 1,
  batch: 0,
  steps: 0,
  sums: {},
  learningRate: NaN,
  seconds: 0,
  records: [],
  stopped: 'finished',
})

/** Counts a step: its losses by its rows of each task's sample space, its weights where it had some. */
export function addStep(course: Course, { losses, present, weights }: StepReport): void {
  course.steps++
  course.batch++
  for (const [task, loss] of Object.entries(losses)) {
    const sum = (course.sums[task] ??= { loss: 0, rows: 0, weight: 0, steps: 0 })
    sum.loss += loss * present[task]
    sum.rows += present[task]
    if (present[task] === 0) continue
    sum.weight += weights[task]
    sum.steps++
  }
}

/** The mean loss over the epoch's rows, and the mean weight over the steps that had some. */
export function meansOf({ sums }: Course): { readonly losses: ByTask<number>; readonly weights: ByTask<number> } {
  const tasks = Object.keys(sums)
  return {
    losses: byTask(tasks, (task) => sums[task].loss / sums[task].rows),
    weights: byTask(tasks, (task) => sums[task].weight / sums[task].steps),
  }
}

/** Goes on to the next epoch. */
export function nextEpoch(course: Course): void {
  Object.assign(course, { epoch: course.epoch + 1, batch: 0, sums: {}, seconds: 0 })
}

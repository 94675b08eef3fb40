/**
 * Why tasks help or hurt each other: how the gradients of their losses lie to each other, parameter by parameter. It looks
 * and moves nothing, and refuses gradients that are not finite.
 */
import { checkOptions, integer, whole } from '../../checks/index.ts'
import { emptyBatch, fillBatch } from '../../data/index.ts'
import type { Batch, Dataset } from '../../data/index.ts'
import { trainable } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import { compile } from '../../program/index.ts'
import { stream } from '../../tensor/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { byTask } from '../byTask.ts'
import type { ByTask } from '../byTask.ts'
import { checkModel, checkSet } from '../dataChecks.ts'
import { LOSSES } from '../losses/rowLosses.ts'
import { taskLosses } from '../losses/taskLosses.ts'
import type { RowLosses } from '../losses/taskLosses.ts'
import { RUN, backendOf, runsOn } from '../runsOn.ts'
import type { RunOptions } from '../runsOn.ts'
import { taskGradients } from '../strategies/index.ts'
import { checkTasks } from '../strategies/strategy.ts'
import type { Gram } from '../strategies/index.ts'

/** What `gradientConflicts` and `conflictMeter` take. */
export interface ConflictOptions extends RunOptions {
  /** Rows of a batch; all rows where there are fewer. Default 1024. */
  readonly batchSize?: number
  /** Batches that are looked at, none of whose rows are the same; fewer where rows do not suffice. Default 4. */
  readonly batches?: number
  /** Of the rows that are chosen. Default 1024. */
  readonly seed?: number
  /** What a row costs, by task, as in `fit`. */
  readonly losses?: RowLosses
}

/** How the tasks' gradients lie to each other. */
export interface Alignment {
  /** ‖gᵢ‖ of each task: the root of the mean square over the batches that have rows of it; NaN where none has. */
  readonly norms: ByTask<number>
  /**
   * cos(gᵢ, gⱼ) of each two tasks: its mean over the batches in which neither gradient is 0; NaN where there is none. Below
   * 0 a step for one task is, to first order, a step against the other.
   */
  readonly cosines: ByTask<ByTask<number>>
  /** The share of those batches in which the cosine is below 0: “conflicting gradients” (Yu et al. 2020, Definition 1). */
  readonly conflicting: ByTask<ByTask<number>>
}

/** Of all shared parameters as one vector, and of each by itself. */
export interface Conflicts extends Alignment {
  readonly tasks: readonly string[]
  /** How many batches were looked at. */
  readonly batches: number
  /** By path, of what at least two tasks are computed from; a task that is not has norm 0. */
  readonly parameters: Readonly<Record<string, Alignment>>
}

/** Measures again and again, compiled once. */
export interface ConflictMeter {
  /** Of the parameters as they are now. @throws Error where a gradient is not finite, naming its task and parameter. */
  measure(): Conflicts
  /** Gives the memory of the compiled program back. */
  release(): void
}

/** Rounding may take a cosine past its ends. */
const clamp = (cosine: number): number => Math.max(-1, Math.min(1, cosine))

const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length

/** What was seen of a batch: whether it has rows of each task, and the Gram matrix of each parameter by path. */
interface Seen {
  readonly present: readonly boolean[]
  readonly grams: readonly (readonly [path: string, gram: Gram])[]
}

/** Of one Gram matrix for each batch, and who was present in it. */
function alignment(tasks: readonly string[], grams: readonly Gram[], batches: readonly Seen[]): Alignment {
  const squares = (row: number): readonly number[] =>
    grams.filter((_, batch) => batches[batch].present[row]).map((gram) => gram[row][row])
  const pairs = (value: (cosines: readonly number[]) => number): ByTask<ByTask<number>> =>
    byTask(tasks, (_, row) =>
      byTask(tasks, (__, column) => {
        const seen = grams.filter((gram) => gram[row][row] > 0 && gram[column][column] > 0)
        const cosine = (gram: Gram): number =>
          clamp(gram[row][column] / Math.sqrt(gram[row][row] * gram[column][column]))
        return value(seen.map(cosine))
      }),
    )
  return {
    norms: byTask(tasks, (_, row) => Math.sqrt(mean(squares(row)))),
    cosines: pairs(mean),
    conflicting: pairs((cosines) => mean(cosines.map((cosine) => (cosine < 0 ? 1 : 0)))),
  }
}

const total = (grams: readonly Gram[], count: number): Gram =>
  Array.from({ length: count }, (_, row) =>
    Array.from({ length: count }, (__, column) => grams.reduce((sum, gram) => sum + gram[row][column], 0)),
  )

/** As numbers, checked. */
function read(tasks: readonly string[], path: string, { values }: Tensor): Gram {
  const gram = tasks.map((_, row) => Array.from(values.subarray(row * tasks.length, (row + 1) * tasks.length)))
  const bad = tasks.findIndex((_, row) => !Number.isFinite(gram[row][row]))
  if (bad >= 0)
    throw new Error(
      `gradientConflicts: expected finite gradients but got a squared norm of ${gram[bad][bad]} of task '${tasks[bad]}' by '${path}'`,
    )
  return gram
}

/**
 * A meter of one model on one dataset, for looking again and again while a model learns; release it at the end. What it
 * measures is what `gradientConflicts` does, of the same rows each time.
 * @throws RangeError if data or options do not fit the model.
 */
export function conflictMeter(model: Model, data: Dataset, options: ConflictOptions = {}): ConflictMeter {
  checkModel('gradientConflicts', model)
  checkOptions('gradientConflicts', options, {
    ...RUN,
    batchSize: whole(1),
    batches: whole(1),
    seed: integer,
    losses: LOSSES,
  })
  const { batchSize = 1024, batches = 4, seed = 1024, losses, compiled = true } = options
  const tasks = Object.keys(model.tasks)
  checkTasks('gradientConflicts', 'losses', losses ?? {}, model.tasks)
  checkSet('gradientConflicts', 'data', model, data, tasks)

  const rows = Math.min(batchSize, data.rows)
  const count = Math.min(batches, Math.floor(data.rows / rows))
  const order = stream(seed).stream('conflicts').permutation(data.rows)
  const paths = trainable(model)
  const step = (batch: Batch): Readonly<Record<string, Tensor>> => {
    const found = taskGradients({
      losses: taskLosses(model.forward(batch).logits, batch, model.tasks, losses),
      learned: Object.values(paths),
    })
    const shared = Object.entries(paths).filter(([, parameter]) => found.shared.includes(parameter))
    return Object.fromEntries(shared.map(([path, parameter]) => [path, found.gramOf(parameter)]))
  }
  const example = emptyBatch(data, rows, backendOf(model))
  const compiledStep = compiled ? compile(step, { backend: runsOn(model, options) }) : undefined
  return {
    measure() {
      const program = compiledStep?.program(example)
      const seen = Array.from({ length: count }, (_, batch): Seen => {
        const filled = program?.inputs ?? example
        fillBatch(filled, data, batch * rows, order)
        program?.run()
        const grams = Object.entries(program?.outputs ?? step(example))
        return {
          present: tasks.map((task) => filled.masks[task].values.some((counts) => counts > 0)),
          grams: grams.map(([path, gram]) => [path, read(tasks, path, gram)]),
        }
      })
      const parameters = seen[0].grams.map(([path], index) => [path, seen.map(({ grams }) => grams[index][1])] as const)
      const all = seen.map(({ grams }) =>
        total(
          grams.map(([, gram]) => gram),
          tasks.length,
        ),
      )
      return {
        tasks,
        batches: count,
        ...alignment(tasks, all, seen),
        parameters: Object.fromEntries(parameters.map(([path, grams]) => [path, alignment(tasks, grams, seen)])),
      }
    },
    release: () => compiledStep?.release(),
  }
}

/**
 * Norms and cosines of the gradients of each task's loss by what tasks share, on batches drawn from `data`: which tasks pull
 * against each other, and where in the model. The model runs without training: no dropout, batch normalisation by
 * running statistics, and nothing of it changes. Where nothing is shared, norms are 0, cosines NaN and `parameters` empty.
 *
 * Yu et al., “Gradient Surgery for Multi-Task Learning”, NeurIPS 2020, Definitions 1 and 2.
 * @throws RangeError if data or options do not fit the model.
 * @throws Error where a gradient is not finite, naming its task and parameter.
 */
export function gradientConflicts(model: Model, data: Dataset, options: ConflictOptions = {}): Conflicts {
  const meter = conflictMeter(model, data, options)
  try {
    return meter.measure()
  } finally {
    meter.release()
  }
}

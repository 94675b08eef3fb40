/**
 * Takes training steps on a dataset, compiled once for every number of rows. It refuses to take a step whose losses are
 * not finite, and leaves the model as it was then.
 */
import { emptyBatch, fillBatch } from '../../data/index.ts'
import type { Batch, Dataset } from '../../data/index.ts'
import { eachRun } from '../../kernels/index.ts'
import type { Floats } from '../../kernels/index.ts'
import { during, parameters } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import { compile, mapTree } from '../../program/index.ts'
import type { AsyncProgram, Program } from '../../program/index.ts'
import { Ids, Tensor } from '../../tensor/index.ts'
import { byTask } from '../byTask.ts'
import type { ByTask } from '../byTask.ts'
import { firstNonFinite } from './diagnose.ts'
import { checkRate } from '../optimizers/optimizer.ts'
import { remember } from './remember.ts'
import type { RowRange } from './rounds.ts'
import { backendOf, deviceIn, runsOn } from '../runsOn.ts'
import type { RunOptions } from '../runsOn.ts'
import { learnedTasks, lossesOf, trainingStep } from './trainingStep.ts'
import type { StepOptions, Taken } from './trainingStep.ts'

export interface LearnerOptions extends StepOptions, RunOptions {
  readonly who: string
  /** Rows that go through the model at once; a step of more has several batches. */
  readonly batchSize: number
}

/** What a step tells of itself. */
export interface StepReport {
  /** Rows in the sample space of each task, each by what it counts for. */
  readonly present: ByTask<number>
  /** The loss of each task before the step. */
  readonly losses: ByTask<number>
  /** What each task's gradient counted for. */
  readonly weights: ByTask<number>
}

export interface Learner {
  /**
   * Learns from these rows; `when` is for errors.
   * @throws Error naming what first was not finite; the step is not taken then.
   */
  learn(rows: RowRange, when: string): Promise<StepReport>
  /** Brings home what steps have left on a device. */
  settle(): Promise<void>
  /** Gives the memory of compiled programs back. */
  release(): Promise<void>
}

type StepProgram = Program<readonly Batch[], readonly Taken[]> | AsyncProgram<readonly Batch[], readonly Taken[]>

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const presentIn = ({ values }: Tensor): number => {
  let rows = 0
  for (const present of values) rows += present
  return rows
}

/** Losses over the rows of all batches, and the weights' mean over the batches that have rows of the task. */
function reportOf(tasks: readonly string[], taken: readonly Taken[], batches: readonly Batch[]): StepReport {
  const present = byTask(tasks, (task) => sum(batches.map(({ masks }) => presentIn(masks[task]))))
  return {
    present,
    losses: byTask(tasks, (task) => {
      const [first, ...more] = taken.map(({ losses }) => losses[task].item())
      if (more.length === 0) return first
      const counted = [first, ...more].map((loss, part) => loss * presentIn(batches[part].masks[task]))
      return sum(counted) / (present[task] || 1)
    }),
    weights: byTask(tasks, (task) => {
      const had = taken.filter((_, part) => presentIn(batches[part].masks[task]) > 0)
      const told = (had.length > 0 ? had : taken).map(({ weights }) => weights[task].item())
      return sum(told) / told.length
    }),
  }
}

/** A learner of one model on one dataset, or on what that is an example of, which it has been checked to fit. */
export function learner(model: Model, data: Dataset, options: LearnerOptions): Learner {
  const { who, batchSize, compiled = true } = options
  const all = Object.values(parameters(model))
  const ours = { who, changes: new Set(all) }
  /** What batch normalisation records. */
  const recorded = all.filter(({ trainable }) => !trainable)
  const tasks = Object.keys(learnedTasks(model, options))
  /** The task whose loss was not finite, and that loss. */
  let refused: { readonly task: string; readonly loss: number } | undefined

  const refuse = (...losses: readonly Floats[]): void => {
    checkRate(options.optimizer)
    const bad = losses.findIndex(([loss]) => !Number.isFinite(loss))
    refused = bad < 0 ? undefined : { task: tasks[bad], loss: losses[bad][0] }
    if (refused) throw new Error(`expected a finite loss but got ${refused.loss}`)
  }
  const step = trainingStep(model, options, (losses) => eachRun(refuse, Object.values(losses)))

  /** Takes a step op by op, or leaves what batch normalisation records as it was. */
  const stepAtOnce = (batches: readonly Batch[]): readonly Taken[] => {
    const takeBack = remember(recorded)
    try {
      return during(ours, () => step(batches))
    } catch (error) {
      takeBack()
      throw error
    }
  }
  /** Runs the forward pass again op by op, on the model's own backend, where every number can be looked at. */
  const diagnose = (task: string, batches: readonly Batch[]): string => {
    const backend = backendOf(model)
    const own = mapTree(batches, (leaf) =>
      leaf instanceof Ids
        ? new Ids(leaf.shape, leaf.buffer, leaf.bound, backend)
        : new Tensor(leaf.shape, leaf.buffer, backend),
    )
    const takeBack = remember(recorded)
    try {
      const losses = own.map((batch, part) => lossesOf(model, batch, options, part, own.length)[task])
      const bad = losses.find((loss) => !Number.isFinite(loss.item()))
      return firstNonFinite(bad ?? losses[0], parameters(model))
    } finally {
      takeBack()
    }
  }

  const emptyBatches = (rows: number): readonly Batch[] =>
    Array.from({ length: Math.ceil(rows / batchSize) }, (_, part) =>
      emptyBatch(data, Math.min(batchSize, rows - part * batchSize), backendOf(model)),
    )
  const backend = runsOn(model, options)
  const device = compiled ? deviceIn(backend)?.compile(step, { resident: true }) : undefined
  const compiledStep = compiled && !device ? compile(step, { backend }) : undefined
  const programs = new Map<number, StepProgram>()
  const programFor = (rows: number): StepProgram | undefined => {
    const known = programs.get(rows) ?? (device ?? compiledStep)?.program(emptyBatches(rows))
    if (known) programs.set(rows, known)
    return known
  }
  return {
    async learn({ start, rows, order, data: held = data }, when) {
      const program = programFor(rows)
      const batches = program?.inputs ?? emptyBatches(rows)
      batches.forEach((batch, part) => fillBatch(batch, held, start + part * batchSize, order))
      try {
        // On a device, in turn: no other program there reads half of a step.
        await (device ? device(batches) : during(ours, () => program?.run()))
        return reportOf(tasks, program?.outputs ?? stepAtOnce(batches), batches)
      } catch (error) {
        if (!refused) throw error
        await device?.fetch()
        const { task, loss } = refused
        throw new Error(
          `${who}: expected finite losses but got ${loss} of task '${task}' in ${when}: because ${diagnose(task, batches)}`,
          { cause: error },
        )
      }
    },
    settle: async () => device?.fetch(),
    async release() {
      compiledStep?.release()
      programs.clear()
      await device?.release()
    },
  }
}

/**
 * Takes training steps: forward, losses, gradients and the optimizer, compiled once for every size of batch. It refuses to
 * take a step whose losses are not finite, and leaves the model as it was then.
 */
import { gradients } from '../autograd/index.ts'
import { emptyBatch, fillBatch } from '../data/index.ts'
import type { Batch, Dataset } from '../data/index.ts'
import { eachRun } from '../kernels/index.ts'
import type { Floats } from '../kernels/index.ts'
import { parameters } from '../models/index.ts'
import type { Model } from '../models/index.ts'
import { compile, mapTree } from '../program/index.ts'
import type { Program } from '../program/index.ts'
import { Ids, Tensor } from '../tensor/index.ts'
import { clipByGlobalNorm } from './clipping.ts'
import { firstNonFinite } from './diagnose.ts'
import { taskLosses, weightedSum } from './losses.ts'
import type { TaskWeights } from './losses.ts'
import type { Optimizer } from './optimizer.ts'
import { backendOf, runsOn } from './runsOn.ts'
import type { RunOptions } from './runsOn.ts'

export interface LearnerOptions extends RunOptions {
  readonly optimizer: Optimizer
  readonly taskWeights?: TaskWeights
  readonly clipNorm?: number
}

/** A batch that was learned from, and the loss of each task before that. */
export interface Lesson {
  readonly batch: Batch
  readonly losses: Readonly<Record<string, number>>
}

export interface Learner {
  /**
   * Learns from rows start … start + rows − 1 of the order, or of the data itself without one; `when` is for errors.
   *
   * @throws Error naming what first was not finite; the step is not taken then.
   */
  learn(start: number, rows: number, order: Int32Array | undefined, when: string): Lesson
  /** Gives the memory of compiled programs back. */
  release(): void
}

/** A learner of one model on one dataset, which it has been checked to fit. */
export function learner(model: Model, data: Dataset, options: LearnerOptions): Learner {
  const { optimizer, taskWeights = {}, clipNorm, compiled = true } = options
  const all = Object.values(parameters(model))
  const learned = all.filter((parameter) => parameter.trainable)
  const recorded = all.filter((parameter) => !parameter.trainable)
  const tasks = Object.keys(model.tasks)
  const pass = { training: true, step: () => optimizer.steps }
  /** The task whose loss was not finite, and that loss. */
  let refused: { readonly task: string; readonly loss: number } | undefined

  const refuse = (...losses: readonly Floats[]): void => {
    const bad = losses.findIndex(([loss]) => !Number.isFinite(loss))
    refused = bad < 0 ? undefined : { task: tasks[bad], loss: losses[bad][0] }
    if (refused) throw new Error(`expected a finite loss but got ${refused.loss}`)
  }
  const step = (batch: Batch): Record<string, Tensor> => {
    const losses = taskLosses(model.forward(batch, pass).logits, batch, model.tasks)
    eachRun(refuse, Object.values(losses))
    const found = gradients(weightedSum(losses, taskWeights), learned, { sparse: true })
    optimizer.step(learned, clipNorm === undefined ? found : clipByGlobalNorm(found, clipNorm))
    return losses
  }

  /** Takes back what batch normalisation records where `keep` does not say otherwise. */
  const restoring = <T>(run: () => T, keep: () => boolean): T => {
    const statistics = recorded.map(({ values }) => values.slice())
    try {
      return run()
    } finally {
      if (!keep()) recorded.forEach((parameter, index) => parameter.assign(statistics[index]))
    }
  }
  /** Runs the forward pass again op by op, on the model's own backend, where every number can be looked at. */
  const diagnose = (task: string, batch: Batch): string => {
    const backend = backendOf(model)
    const own = mapTree(batch, (leaf) =>
      leaf instanceof Ids
        ? new Ids(leaf.shape, leaf.buffer, leaf.bound, backend)
        : new Tensor(leaf.shape, leaf.buffer, backend),
    )
    const forward = (): string =>
      firstNonFinite(taskLosses(model.forward(own, pass).logits, own, model.tasks)[task], parameters(model))
    return restoring(forward, () => false)
  }

  const compiledStep = compiled ? compile(step, { backend: runsOn(model, options) }) : undefined
  const programs = new Map<number, Program<Batch, Record<string, Tensor>>>()
  const programFor = (rows: number): Program<Batch, Record<string, Tensor>> | undefined => {
    const known = programs.get(rows) ?? compiledStep?.program(emptyBatch(data, rows, backendOf(model)))
    if (known) programs.set(rows, known)
    return known
  }
  return {
    learn(start, rows, order, when) {
      const program = programFor(rows)
      const batch = program?.inputs ?? emptyBatch(data, rows, backendOf(model))
      fillBatch(batch, data, start, order)
      try {
        program?.run()
        const losses =
          program?.outputs ??
          restoring(
            () => step(batch),
            () => refused === undefined,
          )
        return { batch, losses: Object.fromEntries(tasks.map((task) => [task, losses[task].item()])) }
      } catch (error) {
        if (!refused) throw error
        const { task, loss } = refused
        throw new Error(
          `fit: expected finite losses but got ${loss} of task '${task}' in ${when}: because ${diagnose(task, batch)}`,
          { cause: error },
        )
      }
    },
    release() {
      compiledStep?.release()
      programs.clear()
    },
  }
}

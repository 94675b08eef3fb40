/** Our PLE as a contestant: training steps, eager or compiled, and passes of inference. */
import {
  adam,
  compile,
  compilePredictor,
  cpu64,
  gradients,
  parameters,
  sigmoid,
  stack,
  taskLosses,
  trainable,
  weightedSum,
} from '../../src/index.ts'
import type { Backend, Batch, PLE, Predictor, Tensor } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import type { Contestant, Missing } from '../measure/case.ts'
import { FEATURES, TASKS, batchOf, column, compact, model } from './workload.ts'
import type { Rows, Size } from './workload.ts'

/** How many losses everyone proves, all on the first batch. */
export const STEPS = 3

type Losses = Readonly<Record<string, Tensor>>

/** A training step of a model: the losses before it, and the parameters moved. */
function learner(ple: PLE, optimizer = adam()): (batch: Batch) => Losses {
  const learned = Object.values(trainable(ple))
  return (batch) => {
    const losses = taskLosses(ple.forward(batch, { training: true, step: 0 }).logits, batch, ple.tasks)
    optimizer.step(learned, gradients(weightedSum(losses, {}), learned, { sparse: true }))
    return losses
  }
}

const numbersOf = (losses: Losses): number[] => TASKS.map((task) => losses[task].item())

/**
 * The losses and predictions that all are held to: in float64 by the reference, on the rows of the tables that the first
 * batch names, for no other row can matter. Taken from a model before it learns.
 */
export interface Reference {
  readonly losses: ArrayLike<number>
  /** (rows tasks) */
  readonly predictions: ArrayLike<number>
}

export function referenceOf(ple: PLE, size: Size, rows: Rows): Reference {
  const small = compact(ple, size, rows)
  const batch = batchOf(small.rows, small.size.vocabulary, cpu64)
  const { logits } = small.model.forward(batch)
  const predictions = stack(
    TASKS.map((task) => sigmoid(logits[task])),
    { axis: 1 },
  ).values.slice()
  const step = learner(small.model)
  return { predictions, losses: Array.from({ length: STEPS }, () => numbersOf(step(batch))).flat() }
}

/** The numbers of a batch by column, as a program's inputs want them. */
interface Columns {
  readonly ids: readonly Int32Array[]
  readonly labels: readonly Float32Array[]
}

const columnsOf = ({ ids, labels }: Rows): Columns => ({
  ids: FEATURES.map((_, at) => column(ids, FEATURES.length, at)),
  labels: TASKS.map((_, at) => column(labels, TASKS.length, at)),
})

/** Writes a batch into a program's inputs, and allocates nothing. */
function writer(inputs: Batch, backend: Backend): (columns: Columns) => void {
  const ids = FEATURES.map((name) => inputs.ids[name].buffer)
  const labels = TASKS.map((task) => inputs.labels[task].buffer)
  return (columns) => {
    for (let at = 0; at < ids.length; at++) backend.writeIds(ids[at], columns.ids[at])
    for (let at = 0; at < labels.length; at++) backend.write(labels[at], columns.labels[at])
  }
}

/** What a contestant that learns is made of: the first steps are on the first batch, and their losses are the proof. */
export function learning(
  ran: string,
  step: (batch: number) => ArrayLike<number>,
  batches: number,
  close: () => void,
): Contestant {
  let taken = 0
  const losses: number[] = []
  const run = (): void => {
    if (taken < STEPS) losses.push(...Array.from(step(0)))
    else step(taken % batches)
    taken++
  }
  return {
    ran,
    run,
    prove: () => {
      while (taken < STEPS) run()
      return losses
    },
    close,
  }
}

export interface Told {
  readonly size: Size
  readonly batches: readonly Rows[]
  /** Told of a model before it learns, so that there is a reference. */
  readonly meet: (ple: PLE) => void
}

export function eagerStep({ size, batches, meet }: Told, backend: Backend): Contestant {
  const ple = model(size, backend)
  meet(ple)
  const step = learner(ple)
  const given = batches.map((rows) => batchOf(rows, size.vocabulary, backend))
  return learning(
    `eager, ${backend.name}`,
    (at) => numbersOf(step(given[at])),
    batches.length,
    () => undefined,
  )
}

export interface CompiledStep {
  /** Learns from a batch; allocates nothing. */
  readonly take: (batch: number) => void
  /** One number for each task: its loss before the last step. */
  readonly losses: readonly ArrayLike<number>[]
  readonly close: () => void
}

export function prepareStep({ size, batches, meet }: Told, backend: Backend, optimizer = adam()): CompiledStep {
  const ple = model(size, backend)
  meet(ple)
  const step = compile(learner(ple, optimizer), { backend })
  const program = step.program(batchOf(batches[0], size.vocabulary, backend))
  const write = writer(program.inputs, backend)
  for (const { buffer, size: length } of Object.values(program.inputs.masks))
    backend.write(buffer, new Float32Array(length).fill(1))
  const columns = batches.map(columnsOf)
  return {
    take: (at) => {
      write(columns[at])
      program.run()
    },
    losses: TASKS.map((task) => program.outputs[task].values),
    close: () => {
      step.release()
      for (const { buffer } of Object.values(parameters(ple))) backend.releaseBuffer?.(buffer)
    },
  }
}

export function compiledStep(told: Told, backend: Backend | Missing): Contestant | Missing {
  if (isMissing(backend)) return backend
  const { take, losses, close } = prepareStep(told, backend)
  const step = (at: number): number[] => {
    take(at)
    return losses.map((values) => values[0])
  }
  return learning(`compiled, ${backend.name}`, step, told.batches.length, close)
}

/** Probabilities (rows tasks) of the first batch, its ids written anew for each run. */
export function compiledInference(
  { size, batches, meet }: Told,
  backend: Backend | Missing,
  weights: Predictor['weights'] = 'float32',
): Contestant | Missing {
  if (isMissing(backend)) return backend
  const ple = model(size, backend)
  meet(ple)
  const [given] = batches
  const predictor = compilePredictor(ple, { backend, rows: given.rows, weights })
  const ids = FEATURES.map((name) => predictor.batch.ids[name].values)
  const columns = columnsOf(given).ids
  const outputs = TASKS.map((task) => predictor.predictions[task])
  const answer = new Float32Array(given.rows * TASKS.length)
  const run = (): void => {
    for (let at = 0; at < ids.length; at++) ids[at].set(columns[at])
    predictor.run()
  }
  return {
    ran: `compiled, ${backend.name}`,
    run,
    prove: () => {
      run()
      return answer.map((_, at) => outputs[at % TASKS.length][Math.floor(at / TASKS.length)])
    },
    close: () => {
      predictor.release()
      for (const { buffer } of Object.values(parameters(ple))) backend.releaseBuffer?.(buffer)
    },
  }
}

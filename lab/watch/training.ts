/**
 * One side of the room as the library trains it, every epoch kept. It knows of no page and no worker, so that a test can run
 * it anywhere.
 */
import { countParameters, evaluate, fit } from '../../src/index.ts'
import type { Backend, Progress, SavableModel } from '../../src/index.ts'
import { checkpointStore } from '../../src/files.ts'
import { conflictMeter, gateWeights } from '../../src/insight.ts'
import type { ConflictMeter } from '../../src/insight.ts'
import type { Prepared } from './data.ts'
import type { Snapshot } from './messages.ts'
import { OPTIMIZER, STRATEGY, modelOf } from './models.ts'
import { partsOf } from './parts.ts'
import type { Settings, Side } from './settings.ts'

/** What is told while a model trains; each may keep it waiting. */
export interface Hooks {
  readonly onBatch: (progress: Progress) => void | Promise<void>
  readonly onEpoch: (snapshot: Snapshot) => void | Promise<void>
}

/** A training that may be taken back to any epoch. */
export interface Training {
  readonly batches: number
  readonly parameters: number
  /** What the model is like before its first step. */
  first(): Snapshot
  /** Trains on from where it was left, to the last epoch or until the signal says so. */
  train(hooks: Hooks, signal: { readonly aborted: boolean }): Promise<void>
  /** Forgets what was trained after an epoch. */
  back(epoch: number): Promise<void>
  /** The model as it was after an epoch. */
  modelAfter(epoch: number): Promise<SavableModel>
}

/** The steps of a checkpoint, which are in its name. */
const stepsIn = (name: string): number => Number(/\d+/.exec(name)?.[0])

/** Copied before anything is waited for: parts are the memory of a training that goes on. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** A training of one side, on a backend. */
export function trainingOf(prepared: Prepared, settings: Settings, side: Side, backend: Backend): Training {
  const { train, validation, tasks } = prepared
  const { seed, epochs, batch: batchSize } = settings
  const batches = Math.ceil(train.rows / batchSize)
  const metrics = Object.fromEntries(
    Object.entries(tasks).map(([task, type]) => [task, [type === 'binary' ? 'logLoss' : 'mse'] as const]),
  )
  const files = new Map<string, Uint8Array>()
  const storeOf = (until: number) =>
    checkpointStore(
      {
        list: async () => [...files.keys()].filter((name) => stepsIn(name) <= until),
        read: async (name) => files.get(name)!,
        write: async (name, parts) => void files.set(name, joined(parts)),
        remove: async (name) => void files.delete(name),
      },
      { keep: epochs + 2 },
    )
  const fresh = () => ({
    model: modelOf(prepared, seed, side),
    optimizer: OPTIMIZER[side.optimizer]({ learningRate: side.rate }),
    strategy: STRATEGY[side.strategy](),
  })
  const options = { data: train, validation, metrics, batchSize, seed, backend, restoreBest: false }
  const looked = (model: SavableModel, meter: ConflictMeter | undefined): Pick<Snapshot, 'gates' | 'parts'> => ({
    gates: gateWeights(model, validation, { backend }).map((level) =>
      Object.fromEntries(Object.entries(level).map(([gate, { experts, mean }]) => [gate, { experts, mean }])),
    ),
    parts: meter ? partsOf(meter.measure()) : [],
  })
  // Networks of single tasks share nothing to measure by.
  const meterOf = (model: SavableModel): ConflictMeter | undefined =>
    side.kind === 'single' ? undefined : conflictMeter(model, validation, { batches: 1, batchSize: 512, backend })

  return {
    batches,
    parameters: countParameters(fresh().model),
    first() {
      const { model } = fresh()
      const meter = meterOf(model)
      try {
        const scores = evaluate(model, validation, { metrics, backend })
        return { epoch: 0, losses: {}, weights: {}, validation: scores, ...looked(model, meter) }
      } finally {
        meter?.release()
      }
    },
    async train({ onBatch, onEpoch }, signal) {
      const { model, ...parts } = fresh()
      const meter = meterOf(model)
      const store = storeOf(Infinity)
      try {
        await fit(model, {
          ...options,
          ...parts,
          epochs,
          checkpoint: { store },
          resume: store,
          signal,
          onBatch,
          onEpoch: ({ epoch, losses, weights, validation: scores = {} }) =>
            onEpoch({ epoch, losses, weights, validation: scores, ...looked(model, meter) }),
        })
      } finally {
        meter?.release()
      }
    },
    async back(epoch) {
      for (const name of files.keys()) if (stepsIn(name) > epoch * batches) files.delete(name)
    },
    async modelAfter(epoch) {
      const { model, ...parts } = fresh()
      // A training that has ended already restores, and takes no step.
      if (epoch > 0) await fit(model, { ...options, ...parts, epochs: epoch, resume: storeOf(epoch * batches) })
      return model
    },
  }
}

/** What is looked at while a model learns: how its tasks pull, whom its gates hear, what tasks weigh. It moves nothing. */
import { stream } from '../../src/index.ts'
import { conflictMeter, gateWeights } from '../../src/insight.ts'
import type { Model, Progress } from '../../src/index.ts'
import type { ConflictOptions, Conflicts, GateUse } from '../../src/insight.ts'
import { BASELINE } from './labels.ts'
import type { Feed } from './feed.ts'

type Weights = Readonly<Record<string, number>>

/** At the end of an epoch, on the same validation rows each time. */
export interface Look {
  readonly epoch: number
  /** Not of a model whose tasks share nothing. */
  readonly conflicts?: Conflicts
  /** By level and gate. */
  readonly gates: readonly Readonly<Record<string, GateUse>>[]
}

export interface Insight {
  readonly looks: readonly Look[]
  /** What tasks weighed, step by step; empty where that never changed. */
  readonly weights: readonly { readonly step: number; readonly weights: Weights }[]
}

export interface Observer {
  onBatch(progress: Progress): void
  onEpoch(epoch: number): void
  /** Everything seen. */
  end(): Insight
}

/** Few enough for a look to cost little beside an epoch. */
export const SAMPLE = { batchSize: 256, batches: 2 } as const
/** More points than this no line of the report can show. */
const POINTS = 200

export function observe(
  name: string,
  model: Model,
  { validation }: Feed,
  how: Pick<ConflictOptions, 'compiled' | 'backend' | 'losses'>,
): Observer {
  const meter = name === BASELINE ? undefined : conflictMeter(model, validation, { ...SAMPLE, ...how })
  const { losses: _, ...running } = how
  const rows = stream(1).stream('look').permutation(validation.rows).subarray(0, SAMPLE.batchSize)
  const sample = validation.select(rows)
  const looks: Look[] = []
  const weights: { step: number; weights: Weights }[] = []
  return {
    onBatch({ step, epochs, batches, weights: now }) {
      if (step % Math.ceil((epochs * batches) / POINTS) === 0) weights.push({ step, weights: { ...now } })
    },
    onEpoch(epoch) {
      const conflicts = meter?.measure()
      const shared = conflicts && Object.keys(conflicts.parameters).length > 0
      const gateless = looks.length > 0 && looks[0].gates.length === 0
      looks.push({
        epoch,
        ...(shared && { conflicts }),
        gates: gateless ? [] : gateWeights(model, sample, running),
      })
    },
    end() {
      meter?.release()
      const varied = weights.some((each) =>
        Object.entries(each.weights).some(([task, weight]) => weight !== weights[0].weights[task]),
      )
      return { looks, weights: varied ? weights : [] }
    },
  }
}

/** Of the epoch that was kept or, where none was, of the last one. */
export const keptLook = ({ looks }: Insight, best: number | undefined): Look | undefined =>
  looks.find(({ epoch }) => epoch === best) ?? looks[looks.length - 1]

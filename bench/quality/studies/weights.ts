/** What weights of 16 and 8 bits cost: the same trained model, served with each. */
import { compilePredictor, evaluate } from '../../../src/index.ts'
import type { Model, PredictorOptions } from '../../../src/index.ts'
import type { Feed } from '../../../cli/compare/feed.ts'
import { WATCHING } from '../data.ts'
import { BUILDS } from '../models.ts'
import type { Cell, Setting } from '../setting.ts'
import type { Study } from '../study.ts'
import type { Summary } from '../summary.ts'
import { cell, namedMetrics } from '../train.ts'
import type { Metrics } from '../train.ts'
import { gainText } from '../words.ts'

type Weights = NonNullable<PredictorOptions['weights']>

const TWIN: Weights = 'float32'
const OTHERS: readonly Weights[] = ['bfloat16', 'int8']

/** How far an AUC may be from that of float32. */
const NEAR = 0.0005

/** Test metrics of a model that is served with such weights. */
const measured =
  (weights: Weights) =>
  (model: Model, { test }: Feed): Metrics => {
    const predictor = compilePredictor(model, { rows: 64, weights })
    try {
      return namedMetrics(evaluate(predictor, test))
    } finally {
      predictor.release()
    }
  }

/** A run of one seed trains the same model, bit by bit, whatever its weights are in the end. */
const served = (weights: Weights): Cell =>
  cell({
    name: weights,
    label: weights,
    data: WATCHING,
    build: BUILDS.ple,
    recipe: { epochs: 4, batchSize: 1024 },
    facts: { weights },
    measure: measured(weights),
  })

const setting: Setting = {
  name: 'PLE on KuaiRand-Pure',
  fingerprint: WATCHING.fingerprint,
  measures: [
    { name: 'vtr auc', label: 'VTR', metric: 'auc', twin: TWIN },
    { name: 'vcr mse', label: 'VCR', metric: 'mse', twin: TWIN },
  ],
  cells: [TWIN, ...OTHERS].map(served),
}

function finding({ blocks: [{ lines }] }: Summary): string {
  const sentences = OTHERS.flatMap((weights) => {
    const gain = lines.find(({ cell: { name } }) => name === weights)?.results['vtr auc']?.gain
    if (!gain) return []
    const near = Math.abs(gain.mean) + (gain.half ?? 0) <= NEAR
    return [`The AUC of VTR in ${weights} is ${near ? '' : 'NOT '}within ${NEAR} of ${TWIN}: ${gainText(gain)}.`]
  })
  return sentences.join(' ') || 'Nothing was served both ways.'
}

export const weights: Study = {
  name: 'weights',
  title: 'Serving in 16 and 8 bits',
  asks: 'How much of the AUC is lost where weights are stored in bfloat16 or int8?',
  minutes: 2,
  seeds: 5,
  settings: [setting],
  finding,
  figures: async ({ blocks: [block] }) => {
    const { gainFigures } = await import('../figures/gains.ts')
    return gainFigures(block)
  },
  notes: [
    'A seed trains the same model in each row, bit by bit; what differs is how its weights are stored when test rows are scored, by `compilePredictor(model, { weights })`.',
  ],
}

/**
 * What another library's models reach on the same data at the same widths, over five seeds. Measured once and written
 * down: nothing of it runs here.
 */
import { multiTaskGain } from '../../src/metrics.ts'
import type { TaskType } from '../../src/index.ts'
import { BASELINE } from './labels.ts'
import { metricOf } from './metric.ts'
import type { Outcome, Spread } from './summary.ts'

export interface Reference {
  readonly source: string
  /** By model and task: AUC of a binary task, MSE of a regression. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, Spread>>>>
}

const SOURCE = 'DeepCTR-Torch 0.2.9 model code in PyTorch 2.13'

/** Mean and standard deviation of the first task, then of the second. */
type Row = readonly [number, number, number, number]

const reference = (first: string, second: string, rows: Readonly<Record<string, Row>>): Reference => ({
  source: SOURCE,
  figures: Object.fromEntries(
    Object.entries(rows).map(([model, [mean1, deviation1, mean2, deviation2]]) => [
      model,
      { [first]: { mean: mean1, deviation: deviation1 }, [second]: { mean: mean2, deviation: deviation2 } },
    ]),
  ),
})

/** By the name of the data. */
export const REFERENCES: Readonly<Record<string, Reference>> = {
  'KuaiRand-Pure': reference('vtr', 'vcr', {
    'single-task': [0.7147, 0.0012, 0.1092, 0.0015],
    'shared-bottom': [0.696, 0.0015, 0.1268, 0.0034],
    mmoe: [0.7101, 0.0014, 0.1103, 0.0008],
    cgc: [0.713, 0.0019, 0.1107, 0.0008],
    ple: [0.7137, 0.0052, 0.1113, 0.0007],
  }),
  'census-income': reference('income', 'neverMarried', {
    'single-task': [0.9172, 0.0001, 0.99, 0],
    'shared-bottom': [0.9131, 0.0006, 0.9867, 0.0038],
    mmoe: [0.9141, 0.0016, 0.988, 0.0011],
    cgc: [0.9137, 0.001, 0.99, 0],
    ple: [0.9149, 0.0011, 0.9892, 0.0011],
  }),
}

/** What the reference reached with a model: its gain is that of its means. Undefined where it has no such figure. */
export function reached(reference: Reference, model: string, task: string, type: TaskType): Outcome | undefined {
  const metric = reference.figures[model]?.[task]
  if (!metric) return undefined
  const gain = multiTaskGain(metric.mean, reference.figures[BASELINE][task].mean, metricOf(type))
  return { metric, ...(model !== BASELINE && { gain: { mean: gain } }) }
}

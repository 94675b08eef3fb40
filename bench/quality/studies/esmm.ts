/** The entire-space idea on KuaiRand-Pure: impression, click, long view as the ESMM paper has impression, click, purchase. */
import type { Build } from '../../../cli/compare/models.ts'
import type { Feed } from '../../../cli/compare/feed.ts'
import { predict } from '../../../src/index.ts'
import { METRICS } from '../../../src/metrics.ts'
import type { Model } from '../../../src/index.ts'
import { FUNNEL } from '../data.ts'
import { BUILDS, cellsOf } from '../models.ts'
import type { Cell, Measure, Published, Setting } from '../setting.ts'
import type { Study } from '../study.ts'
import type { Summary } from '../summary.ts'
import { cell, testMetrics } from '../train.ts'
import type { Metrics } from '../train.ts'
import { deeds, shape, verdictOf } from '../words.ts'

const TRAINING = { data: FUNNEL, recipe: { epochs: 4, batchSize: 1024 } }

const auc = (predictions: Float32Array, labels: Float32Array): number => METRICS.auc.compute(predictions, labels)

/** ESMM has a third output, conversion after a click: it is measured on clicked rows. */
function esmmMetrics(model: Model, feed: Feed): Metrics {
  const { cvr } = predict(model, feed.test)
  return { ...testMetrics(model, feed), 'cvr auc': auc(cvr, feed.test.labels.cvr) }
}

/** Two networks that know nothing of each other: their product is the probability of a click with a long view. */
function naiveMetrics(model: Model, feed: Feed): Metrics {
  const { ctr, cvr } = predict(model, feed.test)
  const both = ctr.map((clicks, row) => clicks * cvr[row])
  return { ...testMetrics(model, feed), 'ctcvr auc': auc(both, feed.test.labels.ctcvr) }
}

/** The labels of `cvr` are there for clicked rows alone, so that network sees no others. */
const buildNaive: Build = (features, _tasks, seed) =>
  BUILDS['single-task'](features, { ctr: 'binary', cvr: 'binary' }, seed)

const esmmCell: Cell = cell({ name: 'esmm', label: 'ESMM', build: BUILDS.esmm, measure: esmmMetrics, ...TRAINING })
const naiveCell: Cell = cell({ name: 'naive', label: 'BASE', build: buildNaive, measure: naiveMetrics, ...TRAINING })

const ctr: Omit<Measure, 'twin'> = { name: 'ctr auc', label: 'CTR', metric: 'auc' }
const ctcvr: Omit<Measure, 'twin'> = { name: 'ctcvr auc', label: 'CTCVR', metric: 'auc' }
const cvr: Omit<Measure, 'twin'> = { name: 'cvr auc', label: 'CVR', metric: 'auc' }

const ESMM_PAPER: Published = {
  name: 'ESMM paper',
  source: 'Ma et al., SIGIR 2018, public Ali-CCP data, mean of ten runs',
  differs:
    'there 84 million impressions, 4 % of them clicked and 0.5 % of these bought, embeddings of 18 and layers of 360, 200, ' +
    '80; here 94,784 impressions, 44 % clicked, embeddings of 4 and layers of 64, 32. Long views are no rare event.',
  figures: {
    naive: { 'cvr auc': 0.66, 'ctcvr auc': 0.6207 },
    esmm: { 'cvr auc': 0.6856, 'ctcvr auc': 0.6532 },
  },
}

/** Everyone who learns a click and a click with a long view, over all impressions. */
const ENTIRE: Setting = {
  name: 'all impressions',
  fingerprint: FUNNEL.fingerprint,
  measures: [
    { ...ctr, twin: 'single-task' },
    { ...ctcvr, twin: 'single-task' },
  ],
  cells: [...cellsOf(['single-task', 'shared-bottom', 'mmoe', 'ple'], TRAINING), esmmCell],
}

/** The paper's own comparison. Runs of ESMM are those of the setting above. */
const CLICKED: Setting = {
  name: 'ESMM against BASE',
  fingerprint: FUNNEL.fingerprint,
  measures: [
    { ...cvr, twin: 'naive' },
    { ...ctcvr, twin: 'naive' },
  ],
  cells: [naiveCell, esmmCell],
  published: [ESMM_PAPER],
}

const isGain = (verdict: ReturnType<typeof verdictOf>): boolean | undefined => verdict && verdict === 'gains'

function finding({ blocks: [entire, clicked] }: Summary): string {
  return [
    `Over single-task networks: ${deeds(entire)}`,
    `Over BASE, a network of clicks and one of long views on clicked rows alone: ${deeds(clicked)}`,
    shape('the ESMM paper', [
      { says: 'ESMM gains over BASE on CVR', holds: isGain(verdictOf(clicked, 'esmm', 'cvr auc')) },
      { says: 'ESMM gains over BASE on CTCVR', holds: isGain(verdictOf(clicked, 'esmm', 'ctcvr auc')) },
    ]),
  ].join(' ')
}

export const esmm: Study = {
  name: 'esmm',
  title: 'From click to long view: the entire space against clicked rows',
  asks: 'Does learning over all impressions help where only clicked rows tell of the next step?',
  minutes: 2,
  seeds: 5,
  settings: [ENTIRE, CLICKED],
  finding,
  figures: async ({ blocks }) => {
    const { gainFigures } = await import('../figures/gains.ts')
    return blocks.flatMap(gainFigures)
  },
  notes: [
    'Data: KuaiRand-Pure (Gao et al., CIKM 2022), CC BY-SA 4.0. Trained on 25–30 April 2022, validated on 1 May, tested on 2–4 May.',
    'CTR is a click, CTCVR a click with a long view, CVR a long view after a click, measured on clicked rows. BASE predicts CTCVR by the product of its two networks.',
    'Every epoch is chosen by the sum of validation AUC of the tasks that a model is trained on: CTR and CTCVR, or CTR and CVR on clicked rows for BASE.',
  ],
}

/** Wide & Deep trained jointly and in turns: FTRL for wide weights, Adam for deep ones, and Adam for all as the twin. */
import { WideDeep, adam, fitAlternating, ftrl, parameterGroups, trainable } from '../../../src/index.ts'
import type { Feature, Model, Optimizer } from '../../../src/index.ts'
import type { Build } from '../../../cli/compare/models.ts'
import { kuairand } from '../../../examples/feed/sources/kuairand.ts'
import type { Feed } from '../../../cli/compare/feed.ts'
import { WATCHING, once } from '../data.ts'
import type { Data } from '../data.ts'
import type { Setting } from '../setting.ts'
import type { Study } from '../study.ts'
import type { Summary } from '../summary.ts'
import { cell, testMetrics } from '../train.ts'
import type { Learn, Metrics } from '../train.ts'
import { deeds, gainText } from '../words.ts'

const CROSSES = [
  ['user_active_degree', 'tab'],
  ['tab', 'hour'],
  ['tab', 'music_type'],
  ['user_active_degree', 'upload_type'],
  ['author_id', 'tab'],
]

const CROSSED: Data = {
  fingerprint: once(() => `${WATCHING.fingerprint()}, crossed`),
  load: once(() => kuairand({ crosses: CROSSES })),
}

const isCrossed = (feature: Feature): boolean => feature.kind === 'sparse' && feature.crosses !== undefined

/** The model and its paper know one task; here it is a long view. */
const build: Build = (features, _, seed) =>
  new WideDeep({
    wideFeatures: features,
    deepFeatures: features.filter((feature) => !isCrossed(feature)),
    taskNames: ['vtr'],
    taskTypes: ['binary'],
    bottomDnnHiddenUnits: [128, 64],
    seed,
  })

const RECIPE = { epochs: 4, batchSize: 1024 }
const FTRL = { learningRate: 0.1, l1: 0.001 }

const WIDE = /^wide\./
const DEEP = /^deep\./

const deepRule = (): Optimizer => adam({ learningRate: 1e-3 })

/** Wide weights by FTRL and all others by Adam, in every step. */
const grouped = (model: Model): Optimizer =>
  parameterGroups(model, [{ paths: WIDE, optimizer: ftrl(FTRL) }, { optimizer: deepRule() }])

/** A step of the wide part by FTRL, then one of the deep part by Adam, each on its own round through the same rows. */
const inTurns: Learn = (model, { train: data, validation }, { epochs, batchSize, seed, onBatch }) => {
  const turn = { data, batchSize, ...(seed !== undefined && { seed }) }
  return fitAlternating(model, {
    turns: {
      wide: { ...turn, moves: WIDE, optimizer: ftrl(FTRL), validation },
      deep: { ...turn, moves: DEEP, optimizer: deepRule() },
    },
    epochs,
    ...(onBatch && { onBatch }),
  })
}

/** Wide weights that are not 0: what FTRL leaves to be stored and served. */
function wideWeights(model: Model): number {
  const tables = Object.entries(trainable(model)).filter(([path]) => path.startsWith('wide.'))
  return tables.reduce((count, [, { values }]) => count + values.filter((value) => value !== 0).length, 0)
}

const measure = (model: Model, feed: Feed): Metrics => ({
  ...testMetrics(model, feed),
  'wide weights': wideWeights(model),
})

const TWIN = 'wide-deep-joint'
const facts = { crosses: CROSSES, ftrl: FTRL, version: 2 }
const common = { data: CROSSED, build, recipe: RECIPE, measure, facts }

const setting: Setting = {
  name: 'KuaiRand-Pure, crossed',
  fingerprint: CROSSED.fingerprint,
  measures: [{ name: 'vtr auc', label: 'VTR', metric: 'auc', twin: TWIN }],
  cells: [
    cell({ ...common, name: TWIN, label: 'joint', fit: (_, model) => ({ optimizer: grouped(model) }) }),
    cell({ ...common, name: 'wide-deep-turns', label: 'in turns', learn: inTurns }),
    cell({ ...common, name: 'wide-deep-adam', label: 'Adam for all' }),
  ],
}

/** As near as the two ways of training should come in AUC. */
const NEAR = 0.002

function finding({ blocks: [block] }: Summary): string {
  const gain = block.lines.find(({ cell: { name } }) => name === 'wide-deep-turns')?.results['vtr auc']?.gain
  const near =
    gain === undefined
      ? []
      : [
          `Training in turns ${Math.abs(gain.mean) <= NEAR ? 'reaches' : 'does NOT reach'} the joint run’s AUC of VTR ` +
            `within ${NEAR}: ${gainText(gain)}.`,
        ]
  return [...near, deeds(block)].join(' ')
}

export const wideDeep: Study = {
  name: 'wide-deep',
  title: 'Wide & Deep, trained jointly and in turns',
  asks: 'Do wide weights by FTRL and deep ones by Adam learn as well in turns as together?',
  minutes: 2,
  seeds: 5,
  settings: [setting],
  finding,
  figures: async ({ blocks: [block] }) => {
    const { gainFigures } = await import('../figures/gains.ts')
    return gainFigures(block)
  },
  notes: [
    `Wide: every feature and ${CROSSES.length} crossed ones, FTRL at ${FTRL.learningRate} with L1 of ${FTRL.l1}. Deep: every feature that is not crossed, layers of 128 and 64, Adam at 0.001. An epoch in turns has twice the steps, one for each part, so that both see every row once.`,
    'Cheng et al. (DLRS 2016) report a store’s online gains and an offline AUC of 0.728 against 0.726 for the wide model alone, on data that nobody else has.',
  ],
}

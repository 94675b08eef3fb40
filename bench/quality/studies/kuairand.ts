/** Table 1 of the PLE paper on data that everyone can have: a long view and the share watched, of KuaiRand-Pure. */
import { WATCHING } from '../data.ts'
import { EVERYONE, cellsOf } from '../models.ts'
import { figuresOf } from '../published.ts'
import type { Published, Setting } from '../setting.ts'
import type { Study } from '../study.ts'
import type { Summary } from '../summary.ts'
import { deeds, every, shape, some, verdictOf } from '../words.ts'

const TASKS = ['vtr auc', 'vcr mse']

const PLE_PAPER: Published = {
  name: 'PLE paper',
  source: 'Tang et al., RecSys 2020, Table 1',
  differs:
    '0.995 billion impressions of 46.9 million users with columns of Tencent’s own, against 94,784 impressions of 21,184 ' +
    'users and 35 public columns here; VTR counts valid views there and long views here.',
  figures: figuresOf(TASKS, {
    'single-task': [0.6787, 0.1321],
    'shared-bottom': [0.674, 0.132],
    mmoe: [0.6803, 0.1319],
    'ml-mmoe': [0.6815, 0.1329],
    cgc: [0.6832, 0.132],
    ple: [0.6831, 0.1307],
  }),
  gains: figuresOf(TASKS, {
    'shared-bottom': [-0.0047, 1.8e-5],
    mmoe: [0.0016, 0.0001],
    'ml-mmoe': [0.0028, -0.0009],
    cgc: [0.0045, 3.5e-5],
    ple: [0.0044, 0.0013],
  }),
}

/** Measured once and written down, as in the feed example. */
const PEER: Published = {
  name: 'DeepCTR',
  source: 'DeepCTR-Torch 0.2.9 model code in PyTorch 2.13 on the same rows, five seeds',
  differs:
    'it applies Adam and embedding L2 to whole tables at each step, here only the rows that a batch names move; it leaves ' +
    'rows of duration 0 out of both tasks.',
  figures: figuresOf(TASKS, {
    'single-task': [0.7147, 0.1092],
    'shared-bottom': [0.696, 0.1268],
    mmoe: [0.7101, 0.1103],
    cgc: [0.713, 0.1107],
    ple: [0.7137, 0.1113],
  }),
}

export const KUAIRAND: Setting = {
  name: 'KuaiRand-Pure',
  fingerprint: WATCHING.fingerprint,
  measures: [
    { name: 'vtr auc', label: 'VTR', metric: 'auc', twin: 'single-task' },
    { name: 'vcr mse', label: 'VCR', metric: 'mse', twin: 'single-task' },
  ],
  cells: cellsOf(EVERYONE, { data: WATCHING, recipe: { epochs: 4, batchSize: 1024 } }),
  published: [PLE_PAPER, PEER],
}

function finding({ blocks: [block] }: Summary): string {
  const of = (cell: string) => TASKS.map((task) => verdictOf(block, cell, task))
  return [
    deeds(block),
    shape('the PLE paper', [
      {
        says: 'shared-bottom loses against single-task learning on at least one task',
        holds: some(of('shared-bottom'), (verdict) => verdict === 'loses'),
      },
      {
        says: 'PLE gains on both tasks or ties within the interval',
        holds: every(of('ple'), (verdict) => verdict !== 'loses'),
      },
    ]),
  ].join(' ')
}

export const kuairand: Study = {
  name: 'kuairand',
  title: 'Watching videos: who gains from learning VTR and VCR together',
  asks: 'Does PLE escape the seesaw of VTR and VCR that shared-bottom is caught in?',
  minutes: 2,
  seeds: 5,
  settings: [KUAIRAND],
  finding,
  figures: async ({ blocks: [block] }) => {
    const { gainFigures } = await import('../figures/gains.ts')
    const { seesawFigure } = await import('../figures/seesaw.ts')
    return [...gainFigures(block), ...[seesawFigure(block)].filter((figure) => figure !== undefined)]
  },
  notes: [
    'Data: KuaiRand-Pure (Gao et al., CIKM 2022), CC BY-SA 4.0. Trained on 25–30 April 2022, validated on 1 May, tested on 2–4 May.',
    'VTR is long_view; VCR is the share of a video that was watched, at most 1; rows of videos of no length are outside VCR’s sample space. Only what is known before an impression is a feature.',
  ],
}

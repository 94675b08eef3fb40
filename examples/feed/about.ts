/** What is known of the feeds beside their rows. Figures of others were measured once and are written down: nothing of them runs here. */
import type { About, Reference } from '../../cli/compare/feed.ts'

const WATCHING = {
  vtr: { long: 'view-through rate', label: 'whether a video was watched for long enough to count as a view' },
  vcr: { long: 'view completion ratio', label: 'the share of a video that was watched' },
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

export const SYNTHETIC: About = {
  meanings: WATCHING,
  notes: [
    'The rows are made up by a formula. They show that the models learn what is there, and nothing about real feeds.',
  ],
}

export const KUAIRAND: About = {
  meanings: WATCHING,
  notes: [
    'Data: KuaiRand-Pure (Gao et al., CIKM 2022), CC BY-SA 4.0. Trained on 25–30 April 2022, validated on 1 May, tested on 2–4 May.',
    'vtr is long_view; vcr is the share of a video that was watched, at most 1; rows of videos of no length are outside vcr’s sample space and stay in vtr’s (the reference leaves them out of both). Only what is known before an impression is a feature.',
  ],
  reference: reference('vtr', 'vcr', {
    'single-task': [0.7147, 0.0012, 0.1092, 0.0015],
    'shared-bottom': [0.696, 0.0015, 0.1268, 0.0034],
    mmoe: [0.7101, 0.0014, 0.1103, 0.0008],
    cgc: [0.713, 0.0019, 0.1107, 0.0008],
    ple: [0.7137, 0.0052, 0.1113, 0.0007],
  }),
}

export const CENSUS: About = {
  notes: [
    'Data: Census-Income (KDD), UCI Machine Learning Repository, CC BY 4.0.',
    'The numeric columns of the official training split are not among the inputs, so the AUC of income is below that of published papers.',
  ],
  reference: reference('income', 'neverMarried', {
    'single-task': [0.9172, 0.0001, 0.99, 0],
    'shared-bottom': [0.9131, 0.0006, 0.9867, 0.0038],
    mmoe: [0.9141, 0.0016, 0.988, 0.0011],
    cgc: [0.9137, 0.001, 0.99, 0],
    ple: [0.9149, 0.0011, 0.9892, 0.0011],
  }),
}

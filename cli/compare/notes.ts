/** What a reader must know before believing a figure: how it came about, and what it does not say. */
import { whole } from './format.ts'
import { BASELINE, labelOf } from './labels.ts'
import { REFERENCES } from './reference.ts'
import type { Study } from './study.ts'

const DATA: Readonly<Record<string, readonly string[]>> = {
  'synthetic feed': [
    'The rows are made up by a formula. They show that the models learn what is there, and nothing about real feeds.',
  ],
  'KuaiRand-Pure': [
    'Data: KuaiRand-Pure (Gao et al., CIKM 2022), CC BY-SA 4.0. Trained on 25–30 April 2022, validated on 1 May, tested on 2–4 May.',
    'vtr is long_view; vcr is the share of a video that was watched, at most 1; rows of videos of no length are outside vcr’s sample space and stay in vtr’s (the reference leaves them out of both). Only what is known before an impression is a feature.',
  ],
  'census-income': [
    'Data: Census-Income (KDD), UCI Machine Learning Repository, CC BY 4.0.',
    'The numeric columns of the official training split are not among the inputs, so the AUC of income is below that of published papers.',
  ],
}

/** In the order in which doubts arise. */
export function* notes({ settings: { seeds, models }, card, aborted, ran, runs }: Study): Generator<string> {
  if (aborted)
    yield 'Training was stopped by hand: what is here had been measured until then, the last model perhaps short of epochs.'
  if (seeds.length === 1)
    yield 'One seed was run. Another one moves these metrics by as much as many of the gains: average over several (--seeds 5) before concluding.'
  else
    yield `Figures are means over ${seeds.length} seeds, with the sample standard deviation behind ±. A gain is taken within a seed, then averaged.`
  yield 'After each epoch a model is scored on validation rows: AUC counts up, MSE counts down, tasks are added. The epoch of the best score is kept and then measured on test rows, once; test rows choose nothing.'
  if (models.includes(BASELINE))
    yield 'The single-task networks share nothing, yet their epoch is chosen together, by the same score as everyone’s.'
  yield 'A gain is Eq. 11 of the paper, in the metric’s own unit: metric minus single-task metric where higher is better, the other way round where lower is. Above 0 is better.'
  yield `Seconds are wall time of training with validation on this machine, backend ${ran.backend}; they rank models, not machines.`
  if (seeds.length > 1)
    yield `Gates and calibration are shown for seed ${seeds[0]}: experts of different seeds do not correspond, so their weights cannot be averaged.`
  for (const { model, seed, reliance } of runs)
    if (reliance)
      yield `What ${labelOf(model)} relies on is measured on ${whole(reliance.rows)} test rows, each feature shuffled ${reliance.repeats} times, of seed ${seed}. Intervals are over shuffles of these rows by this one model: other rows or another seed may move more. It is not trained again without a feature, so of two that say the same it may rely on either.`
  yield 'MMoE is multi-gate mixture-of-experts, CGC customised gate control, PLE progressive layered extraction. AUC is the area under the ROC curve, MSE the mean squared error.'
  const reference = REFERENCES[card.name]
  if (reference)
    yield `Reference: ${reference.source}, five seeds, same widths, optimizer and choice of epoch. It applies Adam and embedding L2 to whole tables at each step, and here only the rows that a batch names move: close figures are expected, equal ones are not.`
  yield* DATA[card.name] ?? []
}

/** What a reader must know before believing a figure: how it came about, and what it does not say. */
import { METRIC_DIRECTIONS } from '../../src/metrics.ts'
import { listed } from './finding.ts'
import { metricLabel, whole } from './format.ts'
import { BASELINE, labelOf } from './labels.ts'
import { metricOf } from './metric.ts'
import type { MetricName } from '../../src/index.ts'
import type { Study } from './study.ts'

/** `AUC counts up, MSE counts down` */
function counted(tasks: Study['tasks']): string {
  const metrics = [...new Set(Object.values(tasks).map(metricOf))]
  return (['higher', 'lower'] as const)
    .map((direction) => metrics.filter((metric) => METRIC_DIRECTIONS[metric] === direction).map(metricLabel))
    .flatMap((some, down) => {
      if (some.length === 0) return []
      return `${listed(some)} ${some.length > 1 ? 'count' : 'counts'} ${down ? 'down' : 'up'}`
    })
    .join(', ')
}

/** What models and metrics are short for. */
const MODELS: Readonly<Record<string, string>> = {
  mmoe: 'MMoE is multi-gate mixture-of-experts',
  'ml-mmoe': 'ML-MMoE is MMoE of several levels',
  cgc: 'CGC is customised gate control',
  ple: 'PLE is progressive layered extraction',
  esmm: 'ESMM is the entire-space multi-task model',
}
const METRICS: Partial<Readonly<Record<MetricName, string>>> = {
  auc: 'AUC is the area under the ROC curve, of several classes or labels the mean of each',
  mse: 'MSE is the mean squared error',
  poissonDeviance: 'deviance is the mean Poisson deviance of counts',
}

/** In the order in which doubts arise. */
export function* notes({ settings: { seeds, models }, tasks, card, aborted, ran, runs }: Study): Generator<string> {
  if (aborted)
    yield 'Training was stopped by hand: what is here had been measured until then, the last model perhaps short of epochs.'
  if (seeds.length === 1)
    yield 'One seed was run. Another one moves these metrics by as much as many of the gains: average over several (--seeds 5) before concluding.'
  else
    yield `Figures are means over ${seeds.length} seeds, with the sample standard deviation behind ±. A gain is taken within a seed, then averaged.`
  yield `After each epoch a model is scored on validation rows: ${counted(tasks)}, tasks are added. The epoch of the best score is kept and then measured on test rows, once; test rows choose nothing.`
  if (models.includes(BASELINE))
    yield 'The single-task networks share nothing, yet their epoch is chosen together, by the same score as everyone’s.'
  yield 'A gain is Eq. 11 of the paper, in the metric’s own unit: metric minus single-task metric where higher is better, the other way round where lower is. Above 0 is better. The model that does best has the largest sum of gains, each as a share of the single task’s metric.'
  yield `Seconds are wall time of training with validation on this machine, backend ${ran.backend}; they rank models, not machines.`
  if (seeds.length > 1)
    yield `Gates and calibration are shown for seed ${seeds[0]}: experts of different seeds do not correspond, so their weights cannot be averaged.`
  for (const { model, seed, reliance } of runs)
    if (reliance)
      yield `What ${labelOf(model)} relies on is measured on ${whole(reliance.rows)} test rows, each feature shuffled ${reliance.repeats} times, of seed ${seed}. Intervals are over shuffles of these rows by this one model: other rows or another seed may move more. It is not trained again without a feature, so of two that say the same it may rely on either.`
  const short = [
    ...models.flatMap((model) => MODELS[model] ?? []),
    ...new Set(Object.values(tasks).flatMap((type) => METRICS[metricOf(type)] ?? [])),
  ]
  if (short.length > 0) yield `${short.join('; ')}.`
  const { reference, notes: known = [] } = card
  if (reference)
    yield `Reference: ${reference.source}, five seeds, same widths, optimizer and choice of epoch. It applies Adam and embedding L2 to whole tables at each step, and here only the rows that a batch names move: close figures are expected, equal ones are not.`
  yield* known
}

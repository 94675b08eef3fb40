/** The report's part on why tasks help or hurt: verdicts, gradients, gates and weights, as they were while models learned. */
import type { GateUse } from '../../src/insight.ts'
import { cosineOf, pairsOf, watched } from '../compare/conflict.ts'
import { listed } from '../compare/finding.ts'
import { signed } from '../compare/format.ts'
import { SAMPLE } from '../compare/insight.ts'
import type { Look } from '../compare/insight.ts'
import { labelOf, taskLabel } from '../compare/labels.ts'
import { lines } from './lines.ts'
import type { LinesOptions, Series } from './lines.ts'
import { markup } from './markup.ts'
import type { Markup } from './markup.ts'
import { colourOf, hueOf } from './plots.ts'
import type { Study } from '../compare/study.ts'
import { named, paths, verdicts } from './whyGrids.ts'

const share = (value: number): string => value.toFixed(2)
const SMALL: LinesOptions = { across: 'epoch', domain: [0, 1.02], width: 240, height: 150, show: share }
const figures = (value: number): string => value.toPrecision(3)

const figure = (title: string, drawn: Markup): Markup => markup`<figure><h3>${title}</h3>${drawn}</figure>`

const cards = (title: string, caption: string, figures: readonly Markup[]): Markup | undefined =>
  figures.length === 0
    ? undefined
    : markup`<div class="card"><h3>${title}</h3><p class="remark">${caption}</p><div class="flow">${figures}</div></div>`

const overEpochs = (study: Study, valueOf: (look: Look) => number | undefined): readonly Series[] =>
  watched(study).map(({ model, insight }) => ({
    label: labelOf(model),
    colour: colourOf(model),
    points: insight.looks.map((look) => ({ x: look.epoch, y: valueOf(look) ?? NaN })),
  }))

const some = (series: readonly Series[]): boolean =>
  series.some(({ points }) => points.some(({ y }) => Number.isFinite(y)))

/** A figure where there is something to draw. */
const drawn = (
  title: string,
  series: readonly Series[],
  { label = title, ...options }: LinesOptions & { readonly label?: string },
): readonly Markup[] => (some(series) ? [figure(title, lines(label, series, options))] : [])

const cosines = (study: Study): readonly Markup[] =>
  pairsOf(Object.keys(study.tasks)).flatMap((pair) =>
    drawn(
      `Cosine of ${named(pair)}`,
      overEpochs(study, ({ conflicts }) => conflicts && cosineOf(conflicts, pair)),
      { across: 'epoch', zero: true, width: 330, show: signed },
    ),
  )

const norms = (study: Study): readonly Markup[] =>
  Object.keys(study.tasks).flatMap((task) =>
    drawn(
      `Norm of ${taskLabel(task)}`,
      overEpochs(study, ({ conflicts }) => conflicts?.norms[task]),
      { across: 'epoch', width: 330, show: figures },
    ),
  )

interface Gate {
  readonly model: string
  readonly level: string
  readonly name: string
  readonly uses: readonly { readonly epoch: number; readonly use: GateUse }[]
}

const gatesOf = (study: Study): readonly Gate[] =>
  watched(study).flatMap(({ model, insight: { looks } }) =>
    looks[0].gates.flatMap((level, index, levels) =>
      Object.keys(level).map((name) => ({
        model,
        level: levels.length > 1 ? `${labelOf(model)}, level ${index + 1}` : labelOf(model),
        name,
        uses: looks.map(({ epoch, gates }) => ({ epoch, use: gates[index][name] })),
      })),
    ),
  )

/** By level: a line for each gate. */
const entropies = (gates: readonly Gate[]): readonly Markup[] =>
  [...new Set(gates.map(({ level }) => level))].flatMap((level) =>
    drawn(
      level,
      gates
        .filter((gate) => gate.level === level)
        .map(({ name, uses }, index) => ({
          label: taskLabel(name),
          colour: hueOf(index),
          points: uses.map(({ epoch, use }) => ({ x: epoch, y: use.entropy / Math.log(use.experts.length) })),
        })),
      { label: `${level}: entropy of gates`, ...SMALL },
    ),
  )

/** By gate: a line for each expert. */
const utilisation = (gates: readonly Gate[]): readonly Markup[] =>
  gates.flatMap(({ level, name, uses }) =>
    drawn(
      `${level}: ${taskLabel(name)}`,
      uses[0].use.experts.map((expert, index) => ({
        label: expert,
        colour: hueOf(index),
        points: uses.map(({ epoch, use }) => ({ x: epoch, y: use.mean[index] })),
      })),
      { label: `${level}: experts of ${taskLabel(name)}`, ...SMALL },
    ),
  )

const weights = (study: Study): readonly Markup[] =>
  watched(study).flatMap(({ model, insight }) =>
    drawn(
      labelOf(model),
      Object.keys(insight.weights[0]?.weights ?? {}).map((task, index) => ({
        label: taskLabel(task),
        colour: hueOf(index),
        points: insight.weights.map((each) => ({ x: each.step, y: each.weights[task] })),
      })),
      { label: `${labelOf(model)}: weights of tasks`, across: 'step', zero: true, show: figures },
    ),
  )

/** By which they weighed otherwise from step to step. */
const strategies = (study: Study): string =>
  listed([
    ...new Set(watched(study).flatMap(({ insight, history }) => (insight.weights.length > 0 ? history.strategy : []))),
  ])

/** Undefined where nothing was looked at and no gain measured. */
export function why(study: Study): Markup | undefined {
  const gates = gatesOf(study)
  const parts = [
    verdicts(study),
    cards(
      'How their gradients lie',
      `By all parameters that tasks share, on ${SAMPLE.batches} batches of at most ${SAMPLE.batchSize} validation rows. Below a cosine of 0 a step for one task is a step against the other; a task of a much larger norm decides where a step goes.`,
      [...cosines(study), ...norms(study)],
    ),
    paths(study),
    cards(
      'How widely gates listen',
      'Entropy of a gate’s weights, row by row, as a share of its most: 1 where every row hears all experts alike, 0 where each hears one.',
      entropies(gates),
    ),
    cards('Whom gates listen to', 'The mean weight of each expert, epoch by epoch.', utilisation(gates)),
    cards('What tasks weighed', `Under ${strategies(study)}, step by step.`, weights(study)),
  ].filter((part) => part !== undefined)
  if (parts.length === 0) return undefined
  return markup`<section><h2>Why tasks help or hurt</h2><p>Tasks that share parameters help each other where their gradients agree, and hurt each other where one drowns out or opposes the other.${study.settings.seeds.length > 1 ? ` All but the verdicts is of seed ${study.settings.seeds[0]}.` : ''}</p>${parts}</section>`
}

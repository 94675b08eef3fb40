/** Predictions against what happened, a panel for each model: on the diagonal, a model can be taken at its word. */
import { axisFx, axisX, axisY, dot, frame, lineY, link, text } from '@observablehq/plot'
import type { CalibrationBin } from '../../src/metrics.ts'
import { metric, whole } from '../compare/format.ts'
import { labelOf, taskLabel } from '../compare/labels.ts'
import { isProbable } from '../compare/metric.ts'
import type { Markup } from './markup.ts'
import { colourOf, draw, extent } from './plots.ts'
import type { Study } from '../compare/study.ts'
import { spread } from '../compare/spread.ts'
import type { Spread } from '../compare/spread.ts'

interface Bin extends CalibrationBin {
  readonly model: string
}

const PANEL = 196

/** Of the first seed that each model ran with; the error in the corner is over all of them. */
export function calibrationPanels({ runs, settings, tasks }: Study, task: string): Markup {
  const binary = isProbable(tasks[task])
  const models = settings.models.filter((model) => runs.some((run) => run.model === model))
  const bins: Bin[] = models.flatMap(
    (model) => runs.find((run) => run.model === model)?.reliability[task].bins.map((bin) => ({ ...bin, model })) ?? [],
  )
  const errors = models.map((model) => ({
    model,
    ...spread(runs.filter((run) => run.model === model).map(({ reliability }) => reliability[task].error)),
  }))
  const domain = binary
    ? ([0, 1] as const)
    : extent(bins.flatMap(({ meanPrediction, meanLabel }) => [meanPrediction, meanLabel]))
  const of = { fx: ({ model }: Bin) => labelOf(model), x: 'meanPrediction', y: 'meanLabel' } as const
  const colour = ({ model }: Bin): string => colourOf(model)
  const axis = {
    ticks: binary ? [0, 0.5, 1] : 3,
    tickSize: 0,
    tickFormat: String,
    labelArrow: 'none',
    labelAnchor: 'center',
  } as const
  const error = binary ? 'ECE' : 'gap'
  const said = errors.map(({ model, mean }) => `${labelOf(model)} ${mean.toFixed(3)}`)
  return draw(
    `${taskLabel(task)}: mean label against mean prediction. ${error}: ${said.join(', ')}.`,
    {
      width: 64 + models.length * PANEL,
      height: 236,
      marginLeft: 54,
      marginRight: 8,
      marginTop: 28,
      marginBottom: 42,
      fx: { domain: models.map(labelOf), padding: 0.14 },
      x: { domain },
      y: { domain },
      r: { range: [2, 7] },
      marks: [
        frame({ stroke: 'var(--line)', rx: 3 }),
        axisFx({ label: null, fontWeight: 600 }),
        axisX({ ...axis, label: 'mean prediction' }),
        axisY({ ...axis, label: binary ? 'rate of positives' : 'mean label' }),
        link([0], {
          x1: domain[0],
          x2: domain[1],
          y1: domain[0],
          y2: domain[1],
          stroke: 'var(--soft)',
          strokeDasharray: '2 4',
        }),
        lineY(bins, { ...of, stroke: colour, strokeOpacity: 0.5, z: 'model' }),
        dot(bins, {
          ...of,
          fill: colour,
          stroke: 'var(--card)',
          r: 'count',
        }),
        text(errors, {
          fx: ({ model }: Bin) => labelOf(model),
          frameAnchor: 'top-left',
          dx: 8,
          dy: 8,
          fill: 'var(--soft)',
          text: ({ mean }: Spread) => `${error} ${mean.toFixed(3)}`,
        }),
      ],
    },
    bins.map(({ model, count, meanPrediction, meanLabel }) => ({
      x: meanPrediction,
      y: meanLabel,
      fx: labelOf(model),
      head: `${whole(count)} rows`,
      rows: [{ text: `predicted ${metric(meanPrediction)}` }, { text: `was ${metric(meanLabel)}` }],
    })),
  )
}

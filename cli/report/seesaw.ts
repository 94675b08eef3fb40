/** The seesaw: gain of one task against gain of the other, after the paper's Figure 1. It needs exactly two tasks. */
import { axisX, axisY, dot, link, rect, ruleX, ruleY, text } from '@observablehq/plot'
import type { MetricName } from '../../src/index.ts'
import { cut, widthOf } from '../terminal/columns.ts'
import { gainSpread, metricLabel } from '../compare/format.ts'
import { BASELINE, labelOf, taskLabel } from '../compare/labels.ts'
import type { Markup } from './markup.ts'
import { apart, colourOf, draw, fitted, symbolOf } from './plots.ts'
import type { Study } from '../compare/study.ts'
import { metricOf } from '../compare/metric.ts'
import { summarize } from '../compare/summary.ts'
import type { Spread } from '../compare/spread.ts'

/** Gains, and how far up and down their deviations reach. */
export interface Place {
  readonly model: string
  readonly label: string
  readonly x: number
  readonly y: number
  readonly left: number
  readonly right: number
  readonly low: number
  readonly high: number
  readonly title: string
}

/** With room for names of models, as a share of what is drawn. */
const SIZES = {
  large: { width: 570, height: 420, marginLeft: 82, room: 0.32, ticks: 4 },
  small: { width: 330, height: 330, marginLeft: 80, room: 0.55, ticks: 3 },
}
type Size = (typeof SIZES)['large']
const MARGINS = { marginBottom: 46, marginTop: 12, marginRight: 16 }
/** Of a task, beside an axis. */
const NAME = 24
/** Between two labels. */
const LINE = 15

function placesOf(study: Study, first: string, second: string): readonly Place[] {
  return summarize(study).flatMap(({ model, tasks }) => {
    const [x, y] = [tasks[first].gain, tasks[second].gain]
    if (!x || !y) return []
    const [across, along] = [x.deviation ?? 0, y.deviation ?? 0]
    const title = `${labelOf(model)}: ${taskLabel(first)} ${gainSpread(x)}, ${taskLabel(second)} ${gainSpread(y)}`
    const ends = { left: x.mean - across, right: x.mean + across, low: y.mean - along, high: y.mean + along }
    return [{ model, label: labelOf(model), x: x.mean, y: y.mean, ...ends, title }]
  })
}

/** Gains below this are no more than the last digit that is shown: no axis makes them look large. */
const LEAST = 0.0005

/** From the least to the most that is drawn, with room for what stands to the right; 0 is never at the edge. */
function reach(values: readonly number[], room: number): [number, number] {
  const [low, high] = [Math.min(-LEAST, ...values), Math.max(LEAST, ...values)]
  const range = high - low
  return [low - 0.12 * range, high + room * range]
}

/** +0.002: as few digits as a tick needs. */
const tick = (value: number): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${Number(Math.abs(value).toPrecision(6))}`

/** The four corners in words, and the two in which tasks agree in colour. */
const corners = (xs: [number, number], ys: [number, number], first: string, second: string, size: Size) => {
  const style = { fill: 'var(--soft)', fontSize: 11, fontStyle: 'italic' } as const
  // A letter takes 6 pixels, about; words that are wider than their corner are left out.
  const letters = (size.width - size.marginLeft - MARGINS.marginRight) / (xs[1] - xs[0]) / 6
  const fitting = (words: readonly string[], width: number): readonly string[] =>
    words.filter((word) => widthOf(word) + 2 < width * letters)
  return [
    rect([0], { x1: 0, x2: xs[1], y1: 0, y2: ys[1], fill: 'var(--gain)', fillOpacity: 0.08 }),
    rect([0], { x1: xs[0], x2: 0, y1: ys[0], y2: 0, fill: 'var(--loss)', fillOpacity: 0.07 }),
    ruleX([0], { stroke: 'var(--soft)', strokeOpacity: 0.6 }),
    ruleY([0], { stroke: 'var(--soft)', strokeOpacity: 0.6 }),
    text(['both gain'], { frameAnchor: 'top-right', dx: -8, dy: 8, ...style }),
    text(fitting(['both lose'], -xs[0]), { frameAnchor: 'bottom-left', dx: 8, dy: -8, ...style }),
    text(fitting([`${second} at the cost of ${first}`], -xs[0]), { frameAnchor: 'top-left', dx: 8, dy: 8, ...style }),
    text(fitting([`${first} at the cost of ${second}`], xs[1]), {
      frameAnchor: 'bottom-right',
      dx: -8,
      dy: -8,
      ...style,
    }),
  ]
}

/** What an axis shows: whose gain, and in which metric. */
export interface Axis {
  readonly label: string
  readonly metric: MetricName
}

/** Undefined where there are no gains, or not two tasks. */
export function seesaw(study: Study): Markup | undefined {
  const tasks = Object.entries(study.tasks)
  if (tasks.length !== 2) return undefined
  const places = placesOf(study, tasks[0][0], tasks[1][0])
  if (places.length === 0) return undefined
  const [x, y] = tasks.map(([task, type]) => ({ label: cut(taskLabel(task), NAME), metric: metricOf(type) }))
  const twin = { model: BASELINE, label: labelOf(BASELINE) }
  return fitted((narrow) => seesawOf(places, x, y, twin, narrow ? SIZES.small : SIZES.large))
}

const spreadOf = (mean: number, end: number): Spread => (end > mean ? { mean, deviation: end - mean } : { mean })

/** The figure itself: `twin` stands where nothing is gained. */
export function seesawOf(
  places: readonly Place[],
  across: Axis,
  along: Axis,
  twin: Pick<Place, 'model' | 'label'>,
  size: Size = SIZES.large,
): Markup {
  const xs = reach(
    places.flatMap(({ left, right }) => [left, right]),
    size.room,
  )
  const ys = reach(
    places.flatMap(({ low, high }) => [low, high]),
    size.room / 2,
  )
  const gap = ((ys[1] - ys[0]) * LINE) / (size.height - MARGINS.marginTop - MARGINS.marginBottom)
  const heights = apart([...places.map(({ y }) => y + gap / 2), -gap / 2], gap)
  const labels = [...places, { ...twin, x: 0 }].map(({ model, label, x }, index) => ({
    model,
    label,
    x,
    y: heights[index],
  }))
  const colour = ({ model }: { readonly model: string }): string => colourOf(model)
  const axis = { ticks: size.ticks, tickSize: 0, tickFormat: tick, labelArrow: 'none', labelAnchor: 'center' } as const
  const bar = { stroke: colour, strokeOpacity: 0.45 }
  const halo = { stroke: 'var(--card)', strokeWidth: 4, strokeOpacity: 0.8 }
  const said = places.map(({ title }) => `${title}.`)
  return draw(
    `Gains of ${along.label} against gains of ${across.label}. ${said.join(' ')}`,
    {
      width: size.width,
      height: size.height,
      ...MARGINS,
      marginLeft: size.marginLeft,
      x: { domain: xs },
      y: { domain: ys },
      marks: [
        ...corners(xs, ys, across.label, along.label, size),
        axisX({ ...axis, label: `gain in ${across.label} (${metricLabel(across.metric)})` }),
        axisY({ ...axis, label: `gain in ${along.label} (${metricLabel(along.metric)})` }),
        link(places, { x1: 'left', x2: 'right', y1: 'y', y2: 'y', ...bar }),
        link(places, { x1: 'x', x2: 'x', y1: 'low', y2: 'high', ...bar }),
        dot([0], { x: 0, y: 0, r: 4, fill: 'var(--card)', stroke: colourOf(twin.model), strokeWidth: 2 }),
        // Below the symbols: a label may reach over that of another model.
        text(labels, {
          x: 'x',
          y: 'y',
          text: 'label',
          dx: 11,
          textAnchor: 'start',
          fill: colour,
          fontWeight: 600,
          ...halo,
        }),
        ...places.map((place) =>
          dot([place], {
            x: 'x',
            y: 'y',
            fill: colour,
            symbol: symbolOf(place.model),
            r: 6,
            stroke: 'var(--card)',
          }),
        ),
      ],
    },
    places.map(({ label, x, y, right, high }) => ({
      x,
      y,
      head: label,
      rows: [
        { text: `${across.label} ${gainSpread(spreadOf(x, right))}` },
        { text: `${along.label} ${gainSpread(spreadOf(y, high))}` },
      ],
    })),
  )
}

/** Learning curves: what each task's loss and metric did, epoch by epoch. Thin lines are seeds, strong ones their means. */
import { axisX, axisY, dot, gridY, lineY, text } from '@observablehq/plot'
import type { EpochRecord } from '../../src/index.ts'
import { widthOf } from '../terminal/columns.ts'
import { metric } from '../compare/format.ts'
import { labelOf } from '../compare/labels.ts'
import type { Markup } from './markup.ts'
import { colourOf, draw, extent, fitted, symbolOf, within } from './plots.ts'
import type { Reading } from './readings.ts'
import type { Study } from '../compare/study.ts'
import { spread } from '../compare/spread.ts'

interface Point {
  readonly epoch: number
  readonly value: number
}

interface Curve {
  readonly model: string
  readonly mean: readonly Point[]
  readonly seeds: readonly { readonly points: readonly Point[]; readonly best: Point | undefined }[]
}

function curvesOf({ runs, settings }: Study, valueOf: (record: EpochRecord) => number): readonly Curve[] {
  return settings.models.flatMap((model) => {
    const own = runs.filter((run) => run.model === model)
    if (own.length === 0) return []
    const seeds = own.map(({ history }) => {
      const points = history.epochs.map((record) => ({ epoch: record.epoch, value: valueOf(record) }))
      return { points, best: points.find(({ epoch }) => epoch === history.best) }
    })
    const epochs = [...new Set(seeds.flatMap(({ points }) => points.map(({ epoch }) => epoch)))]
    const mean = epochs.map((epoch) => ({
      epoch,
      value: spread(seeds.flatMap(({ points }) => points.filter((point) => point.epoch === epoch).map((p) => p.value)))
        .mean,
    }))
    return [{ model, mean, seeds }]
  })
}

/** In a column of two, and on a small screen. */
const SIZES = { large: { width: 480, height: 250 }, small: { width: 330, height: 230 } }
const MARGINS = { marginTop: 12, marginBottom: 38, marginLeft: 46 }
const LINE = 14
/** Of a letter in a label, about. */
const LETTER = 6.7
/** For names at the ends of lines, as wide as most of them are. */
const NAMES = 104

/** What every model shows at an epoch, from the top down. */
function readingAt(curves: readonly Curve[], epoch: number): Reading {
  const rows = curves.flatMap(({ model, mean, seeds }) => {
    const at = mean.find((point) => point.epoch === epoch)
    if (!at || Number.isNaN(at.value)) return []
    const kept = seeds.length === 1 && seeds[0].best?.epoch === epoch ? ', kept' : ''
    return [{ text: `${labelOf(model)} ${metric(at.value)}${kept}`, colour: colourOf(model), y: at.value }]
  })
  return { x: epoch, head: `epoch ${epoch}`, rows: rows.sort((a, b) => b.y - a.y) }
}

/** `title` says what is shown, and reads aloud with the last numbers behind it. */
export const learningCurves = (study: Study, title: string, valueOf: (record: EpochRecord) => number): Markup =>
  fitted((narrow) => curvesAt(study, title, valueOf, narrow ? SIZES.small : SIZES.large))

function curvesAt(
  study: Study,
  title: string,
  valueOf: (record: EpochRecord) => number,
  { width, height }: (typeof SIZES)['large'],
): Markup {
  const curves = curvesOf(study, valueOf)
  const many = study.settings.seeds.length > 1
  const values = curves.flatMap(({ seeds }) => seeds.flatMap(({ points }) => points.map(({ value }) => value)))
  const domain = extent(values)
  const gap = ((domain[1] - domain[0]) * LINE) / (height - MARGINS.marginTop - MARGINS.marginBottom)
  const ends = curves.map(({ mean }) => mean[mean.length - 1])
  const heights = within(
    [domain[0] + gap / 2, domain[1]],
    ends.map(({ value }) => value),
    gap,
  )
  const epochs = Math.max(...ends.map(({ epoch }) => epoch))
  const marks = curves.flatMap(({ model, mean, seeds }) => {
    const stroke = colourOf(model)
    const best = seeds.flatMap((seed) => seed.best ?? [])
    return [
      ...(many
        ? seeds.map(({ points }) => lineY(points, { x: 'epoch', y: 'value', stroke, strokeOpacity: 0.25 }))
        : []),
      lineY(mean, { x: 'epoch', y: 'value', stroke, strokeWidth: 2 }),
      dot(best, {
        x: 'epoch',
        y: 'value',
        fill: stroke,
        stroke: 'var(--card)',
        r: many ? 3 : 5,
        symbol: symbolOf(model),
      }),
    ]
  })
  const xs = Array.from({ length: epochs }, (_, index) => ({ epoch: index + 1 }))
  const last = curves.map(({ model }, index) => `${labelOf(model)} ${metric(ends[index].value)}`)
  return draw(
    `${title} by epoch. At the last: ${last.join(', ')}.`,
    {
      width,
      height,
      ...MARGINS,
      marginRight: Math.max(NAMES, 16 + LETTER * Math.max(...curves.map(({ model }) => widthOf(labelOf(model))))),
      x: { domain: epochs > 1 ? [1, epochs] : [0.5, 1.5] },
      y: { domain },
      marks: [
        gridY({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
        axisY({ ticks: 5, tickSize: 0, label: null }),
        axisX({
          ticks: xs.map(({ epoch }) => epoch),
          tickSize: 0,
          tickFormat: 'd',
          label: 'epoch',
          labelAnchor: 'center',
          labelArrow: 'none',
        }),
        ...marks,
        text(
          curves.map(({ model }, index) => ({ model, epoch: ends[index].epoch, height: heights[index] })),
          {
            x: 'epoch',
            y: 'height',
            dx: 10,
            textAnchor: 'start',
            fontWeight: 600,
            text: ({ model }: Curve) => labelOf(model),
            fill: ({ model }: Curve) => colourOf(model),
          },
        ),
      ],
    },
    xs.map(({ epoch }) => readingAt(curves, epoch)),
  )
}

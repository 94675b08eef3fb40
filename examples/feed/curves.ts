/** Learning curves: what each task's loss and metric did, epoch by epoch. Thin lines are seeds, strong ones their means. */
import { axisX, axisY, dot, gridY, lineY, text } from '@observablehq/plot'
import type { EpochRecord } from '../../src/index.ts'
import { metric } from './format.ts'
import { labelOf } from './labels.ts'
import type { Markup } from './markup.ts'
import { apart, colourOf, draw, extent, symbolOf } from './plots.ts'
import type { Study } from './study.ts'
import { spread } from './summary.ts'

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

const WIDTH = 480
const HEIGHT = 250
const MARGINS = { marginTop: 12, marginBottom: 38, marginLeft: 46, marginRight: 96 }
const LINE = 14

export function learningCurves(study: Study, label: string, valueOf: (record: EpochRecord) => number): Markup {
  const curves = curvesOf(study, valueOf)
  const many = study.settings.seeds.length > 1
  const values = curves.flatMap(({ seeds }) => seeds.flatMap(({ points }) => points.map(({ value }) => value)))
  const domain = extent(values)
  const gap = ((domain[1] - domain[0]) * LINE) / (HEIGHT - MARGINS.marginTop - MARGINS.marginBottom)
  const ends = curves.map(({ mean }) => mean[mean.length - 1])
  const placed = apart(
    ends.map(({ value }) => value),
    gap,
  )
  const lift = Math.max(0, domain[0] + gap / 2 - Math.min(...placed))
  const heights = placed.map((height) => height + lift)
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
        title: ({ epoch, value }: Point) => `${labelOf(model)}, epoch ${epoch}: ${metric(value)}`,
      }),
    ]
  })
  return draw(label, {
    width: WIDTH,
    height: HEIGHT,
    ...MARGINS,
    x: { domain: epochs > 1 ? [1, epochs] : [0.5, 1.5] },
    y: { domain },
    marks: [
      gridY({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
      axisY({ ticks: 5, tickSize: 0, label: null }),
      axisX({
        ticks: Array.from({ length: epochs }, (_, index) => index + 1),
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
  })
}

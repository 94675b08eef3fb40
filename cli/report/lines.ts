/** Small line charts whose lines are named at their ends: what changed, over epochs or steps. */
import { axisX, axisY, gridY, line, ruleY, text } from '@observablehq/plot'
import { cut, widthOf } from '../terminal/columns.ts'
import type { Markup } from './markup.ts'
import { draw, extent, within } from './plots.ts'
import type { Reading } from './readings.ts'

export interface Series {
  readonly label: string
  readonly colour: string
  /** Those that are NaN leave a gap. */
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

export interface LinesOptions {
  readonly width?: number
  readonly height?: number
  /** From the least to the most that is drawn. Default: what the numbers reach. */
  readonly domain?: [number, number]
  readonly across: 'epoch' | 'step'
  /** A line at 0. */
  readonly zero?: boolean
  /** A number as a reader takes it in. */
  readonly show: (value: number) => string
}

const LINE = 13
const LETTER = 6.8
/** Of a name at the end of a line; the whole of it stands in the reading. */
const NAME = 18
/** Of what lines cross, however long their names. */
const LEAST = 110
/** More readings than this are too narrow to point at. */
const READINGS = 50

/** What every line shows at a place, from the top down. */
function readingAt(drawn: readonly Series[], at: number, { across, show }: LinesOptions): Reading {
  const rows = drawn.flatMap(({ label, colour, points }) => {
    const point = points.find(({ x, y }) => x === at && Number.isFinite(y))
    return point ? [{ text: `${label} ${show(point.y)}`, colour, y: point.y }] : []
  })
  return { x: at, head: `${across} ${at}`, rows: rows.sort((a, b) => b.y - a.y) }
}

export function lines(label: string, series: readonly Series[], options: LinesOptions): Markup {
  const { across, zero = false, show } = options
  const drawn = series.filter(({ points }) => points.some(({ y }) => Number.isFinite(y)))
  const values = drawn.flatMap(({ points }) => points.map(({ y }) => y).filter(Number.isFinite))
  const domain = options.domain ?? extent(zero ? [0, ...values] : values)
  const names = drawn.map((each) => cut(each.label, NAME))
  const marginRight = 14 + LETTER * Math.max(...names.map(widthOf))
  const margins = { marginTop: 10, marginBottom: 34, marginLeft: 44, marginRight }
  const width = Math.max(options.width ?? 300, margins.marginLeft + LEAST + marginRight)
  // Names stand below each other beside the lines.
  const height = Math.max(options.height ?? 170, margins.marginTop + margins.marginBottom + LINE * (drawn.length - 1))
  const gap = ((domain[1] - domain[0]) * LINE) / (height - margins.marginTop - margins.marginBottom)
  const ends = drawn.map(({ points }) => points.filter(({ y }) => Number.isFinite(y)).slice(-1)[0])
  const heights = within(
    domain,
    ends.map(({ y }) => y),
    gap,
  )
  const xs = [...new Set(drawn.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b)
  const every = Math.ceil(xs.length / READINGS)
  const read = xs.filter((_, index) => index % every === 0)
  const said = drawn.map((each, index) => `${each.label} ${show(ends[index].y)}`)
  const [first, last] = [Math.min(...xs), Math.max(...xs)]
  return draw(
    `${label} by ${across}. At the last: ${said.join(', ')}.`,
    {
      width,
      height,
      ...margins,
      x: { domain: first < last ? [first, last] : [first - 0.5, last + 0.5] },
      y: { domain },
      marks: [
        gridY({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
        ...(zero ? [ruleY([0], { stroke: 'var(--soft)', strokeOpacity: 0.6 })] : []),
        axisY({ ticks: 4, tickSize: 0, label: null }),
        axisX({
          ticks: across === 'epoch' ? xs : 4,
          tickSize: 0,
          tickFormat: 'd',
          label: across,
          labelAnchor: 'center',
          labelArrow: 'none',
        }),
        ...drawn.map(({ points, colour }) => line(points, { x: 'x', y: 'y', stroke: colour, strokeWidth: 2 })),
        text(
          drawn.map(({ colour }, index) => ({ colour, name: names[index], x: ends[index].x, y: heights[index] })),
          { x: 'x', y: 'y', dx: 8, textAnchor: 'start', fontWeight: 600, text: 'name', fill: 'colour' },
        ),
      ],
    },
    read.map((x) => readingAt(drawn, x, options)),
  )
}

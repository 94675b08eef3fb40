/** The simulated curve: rows per second by ranks, with whole tables and with dealt ones, beside what would be ideal. */
import { axisX, axisY, gridX, gridY, line, text } from '@observablehq/plot'
import type { Markup } from '../../cli/report/markup.ts'
import { draw } from '../../cli/report/plots.ts'
import { stepSeconds } from './simulate.ts'
import type { Parts } from './simulate.ts'

const RANKS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000]
const LINES = {
  ideal: { colour: 'var(--soft)', dashed: true },
  'dealt tables': { colour: 'var(--wasm)', dashed: false },
  'whole tables': { colour: 'var(--gpujs-webasm)', dashed: false },
} as const

const secondsOf = (name: keyof typeof LINES, ranks: number, parts: Parts): number =>
  name === 'ideal' ? parts.compute : stepSeconds(name === 'dealt tables' ? 'dealt' : 'whole', ranks, parts)

/** Of a step's measured parts. */
export function scalePlot(parts: Parts): Markup {
  const names = Object.keys(LINES) as (keyof typeof LINES)[]
  const placesOf = (name: keyof typeof LINES) =>
    RANKS.map((ranks) => ({ name, ranks, speed: (ranks * parts.rows) / secondsOf(name, ranks, parts) }))
  const top = placesOf('ideal').at(-1)?.speed ?? 1
  const decades = Array.from({ length: 4 }, (_, at) => 10 ** (Math.floor(Math.log10(top)) - at))
  return draw('Rows per second by ranks, simulated from measured parts', {
    width: 590,
    height: 340,
    ...{ marginTop: 24, marginBottom: 42, marginLeft: 56, marginRight: 110 },
    x: { type: 'log', domain: [1, 1000] },
    y: { type: 'log', domain: [parts.rows / parts.compute / 1.3, top * 1.3] },
    marks: [
      gridX({ ticks: [1, 10, 100, 1000], stroke: 'var(--line)', strokeOpacity: 1 }),
      gridY({ ticks: decades, stroke: 'var(--line)', strokeOpacity: 1 }),
      axisX({
        ticks: [1, 10, 100, 1000],
        tickSize: 0,
        tickFormat: String,
        label: 'ranks',
        labelAnchor: 'center',
        labelArrow: 'none',
      }),
      axisY({ ticks: decades, tickSize: 0, tickFormat: '~s', label: 'rows/s, simulated', labelArrow: 'none' }),
      ...names.map((name) =>
        line(placesOf(name), {
          ...{ x: 'ranks', y: 'speed', stroke: LINES[name].colour, strokeWidth: 1.8 },
          ...(LINES[name].dashed && { strokeDasharray: '5 3' }),
        }),
      ),
      text(
        names.flatMap((name) => placesOf(name).slice(-1)),
        {
          x: 'ranks',
          y: 'speed',
          dx: 8,
          textAnchor: 'start',
          text: 'name',
          fill: ({ name }: { name: keyof typeof LINES }) => LINES[name].colour,
        },
      ),
    ],
  })
}

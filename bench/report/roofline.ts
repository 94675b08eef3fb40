/** The roofline: what every kernel reached, over the operations it does per byte, under the ceilings of this machine. */
import { axisX, axisY, dot, gridX, gridY, line, text } from '@observablehq/plot'
import { draw } from '../../cli/report/plots.ts'
import type { Markup } from '../../cli/report/markup.ts'
import type { Ceilings } from '../measure/ceiling.ts'
import { isTimed } from '../measure/case.ts'
import type { Outcome, Side } from '../measure/case.ts'
import { SYMBOLS, colourOfSide, decimal } from './style.ts'

interface Point {
  readonly name: string
  readonly side: Side
  /** Operations per byte. */
  readonly intensity: number
  /** GFLOP/s */
  readonly speed: number
}

export const pointsOf = (outcomes: readonly Outcome[]): readonly Point[] =>
  outcomes.flatMap(({ group, size, flops, bytes, results }) =>
    flops && bytes
      ? results.filter(isTimed).map(({ name, side, warm }) => ({
          name: `${group} ${size}, ${name}`,
          side,
          intensity: flops / bytes,
          speed: flops / warm.median / 1e6,
        }))
      : [],
  )

export function roofline(outcomes: readonly Outcome[], { plain, relaxed, memory }: Ceilings): Markup {
  const points = pointsOf(outcomes)
  const [left, right] = [
    Math.min(0.05, ...points.map(({ intensity }) => intensity)) / 1.5,
    Math.max(100, ...points.map(({ intensity }) => intensity)) * 3,
  ]
  // NaN where a machine has no relaxed SIMD.
  const ceilings = [
    { name: 'multiply-adds, relaxed', height: relaxed },
    { name: 'multiply-adds, plain', height: plain },
  ].filter(({ height }) => height > 0)
  const top = Math.max(...ceilings.map(({ height }) => height))
  return draw('GFLOP/s over operations per byte, with the ceilings of this machine', {
    width: 1060,
    height: 440,
    marginLeft: 52,
    marginRight: 24,
    marginBottom: 42,
    x: { type: 'log', domain: [left, right] },
    y: { type: 'log', domain: [Math.min(0.05, ...points.map(({ speed }) => speed)) / 1.5, top * 2.2] },
    marks: [
      gridX({ ticks: 6, stroke: 'var(--line)', strokeOpacity: 1 }),
      gridY({ ticks: 6, stroke: 'var(--line)', strokeOpacity: 1 }),
      axisX({
        ticks: 6,
        tickSize: 0,
        tickFormat: decimal,
        label: 'operations per byte',
        labelAnchor: 'center',
        labelArrow: 'none',
      }),
      axisY({ ticks: 6, tickSize: 0, tickFormat: decimal, label: 'GFLOP/s', labelArrow: 'none' }),
      ...ceilings.map(({ height }) =>
        line(
          [
            [height / memory, height],
            [right, height],
          ],
          { stroke: 'var(--ink)', strokeWidth: 1.5 },
        ),
      ),
      line(
        [
          [left, left * memory],
          [top / memory, top],
        ],
        { stroke: 'var(--ink)', strokeWidth: 1.5 },
      ),
      // The two levels lie close together: one is named above its line, the other below.
      ...ceilings.map(({ name, height }, at) =>
        text([[right, height]], {
          text: () => `${name}: ${height.toFixed(0)} GFLOP/s`,
          textAnchor: 'end',
          dy: at === 0 ? -9 : 11,
          fill: 'var(--soft)',
        }),
      ),
      text([{ x: left * 1.3, y: left * 1.3 * memory }], {
        x: 'x',
        y: 'y',
        text: () => `memory: ${memory.toFixed(0)} GB/s`,
        textAnchor: 'start',
        dy: -16,
        fill: 'var(--soft)',
      }),
      dot(points, {
        x: 'intensity',
        y: 'speed',
        r: 3.6,
        fill: ({ side }: Point) => colourOfSide(side),
        fillOpacity: 0.75,
        stroke: 'var(--card)',
        strokeWidth: 0.5,
        symbol: ({ side }: Point) => SYMBOLS[side],
        title: ({ name, speed }: Point) => `${name}: ${speed.toFixed(2)} GFLOP/s`,
      }),
    ],
    symbol: { type: 'identity' },
  })
}

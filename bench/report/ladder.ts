/** A ladder: the speed of every contestant over the size of the problem, both in powers. */
import { axisY, dot, gridY, line, text } from '@observablehq/plot'
import { apart, draw } from '../../cli/report/plots.ts'
import type { Markup } from '../../cli/report/markup.ts'
import { isTimed } from '../measure/case.ts'
import type { Outcome, Side } from '../measure/case.ts'
import { SYMBOLS, colourOfSide, decimal } from './style.ts'

interface Rung {
  readonly name: string
  readonly side: Side
  readonly scale: number
  readonly speed: number
  /** Where the middle half of its samples lies. */
  readonly low: number
  readonly high: number
}

const rungsOf = (outcomes: readonly Outcome[]): readonly Rung[] =>
  outcomes.flatMap(({ scale, flops = 0, results }) =>
    results.filter(isTimed).map(({ name, side, warm }) => {
      const speed = (milliseconds: number): number => flops / milliseconds / 1e6
      return { name, side, scale, speed: speed(warm.median), low: speed(warm.q3), high: speed(warm.q1) }
    }),
  )

const HEIGHT = 330
const MARGINS = { marginTop: 14, marginBottom: 40, marginLeft: 50, marginRight: 118 }

/** Of the outcomes of one group, in any order. */
export function ladder(title: string, unit: string, outcomes: readonly Outcome[]): Markup {
  const rungs = [...rungsOf(outcomes)].sort((a, b) => a.scale - b.scale)
  const names = [...new Set(rungs.map(({ name }) => name))]
  const speeds = rungs.flatMap(({ low, high }) => [low, high])
  const domain: [number, number] = [Math.min(...speeds) / 1.3, Math.max(...speeds) * 1.3]
  const decades = Math.log10(domain[1] / domain[0])
  const gap = (decades * 14) / (HEIGHT - MARGINS.marginTop - MARGINS.marginBottom)
  const last = names.flatMap((name) => rungs.filter((rung) => rung.name === name).at(-1) ?? [])
  const heights = apart(
    last.map(({ speed }) => Math.log10(speed)),
    gap,
  )
  const colour = ({ side }: Rung): string => colourOfSide(side)
  const scales = [...new Set(rungs.map(({ scale }) => scale))]
  return draw(`${title}: ${unit} by size`, {
    width: 520,
    height: HEIGHT,
    ...MARGINS,
    x: { type: 'log', axis: null, domain: [Math.min(...scales) / 1.2, Math.max(...scales) * 1.2] },
    y: { type: 'log', domain },
    symbol: { type: 'identity' },
    marks: [
      gridY({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
      axisY({ ticks: 5, tickSize: 0, tickFormat: decimal, label: unit, labelArrow: 'none' }),
      text(scales, {
        x: (scale: number) => scale,
        text: (scale: number) => String(Math.round(scale)),
        frameAnchor: 'bottom',
        dy: 16,
        fill: 'var(--soft)',
      }),
      line(rungs, { x: 'scale', y: 'speed', z: 'name', stroke: colour, strokeOpacity: 0.6 }),
      ...rungs.map((rung) =>
        line(
          [
            [rung.scale, rung.low],
            [rung.scale, rung.high],
          ],
          { stroke: colour(rung), strokeWidth: 3, strokeOpacity: 0.25 },
        ),
      ),
      dot(rungs, {
        x: 'scale',
        y: 'speed',
        r: 3,
        fill: colour,
        symbol: ({ side }: Rung) => SYMBOLS[side],
        title: ({ name, speed }: Rung) => `${name}: ${speed.toFixed(2)} ${unit}`,
      }),
      text(
        last.map((rung, at) => ({ ...rung, height: 10 ** heights[at] })),
        {
          x: () => Math.max(...scales),
          y: 'height',
          dx: 14,
          textAnchor: 'start',
          text: 'name',
          fill: colour,
          fontSize: 11,
        },
      ),
    ],
  })
}

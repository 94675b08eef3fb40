/** Expert utilisation, after the paper's Figure 8: how much each gate of a level hears of each expert, on test rows. */
import { axisX, axisY, cell, text } from '@observablehq/plot'
import { SHARED } from '../../src/layers.ts'
import type { GateUse } from '../../src/insight.ts'
import { cut, widthOf } from '../terminal/columns.ts'
import { taskLabel } from '../compare/labels.ts'
import type { Markup } from './markup.ts'
import { draw } from './plots.ts'

interface Cell {
  readonly gate: string
  readonly expert: string
  readonly mean: number
  readonly deviation: number
}

const CELL = { width: 60, height: 48 }
const GAP = 0.07
/** Of a letter in a label, about. */
const LETTER = 6.6
/** Of a name; the whole of it stands in the reading. */
const NAME = 24

/** A task may be called `shared.v2`, and its experts `shared.v2.0`. */
const isShared = (expert: string): boolean => /^\d+$/.test(expert.replace(`${SHARED}.`, ''))

/** The experts of all gates of a level: those of tasks first. */
const expertsOf = (level: Readonly<Record<string, GateUse>>): readonly string[] => {
  const names = [...new Set(Object.values(level).flatMap(({ experts }) => experts))]
  return [...names.filter((name) => !isShared(name)), ...names.filter(isShared)]
}

const share = (value: number): string => value.toFixed(2)

/** Opaque in proportion to the mean weight: one hue, whatever is behind it. */
export function gateMap(label: string, level: Readonly<Record<string, GateUse>>): Markup {
  const gates = Object.keys(level)
  const experts = expertsOf(level)
  const cells: Cell[] = Object.entries(level).flatMap(([gate, use]) =>
    use.experts.map((expert, index) => ({ gate, expert, mean: use.mean[index], deviation: use.deviation[index] })),
  )
  const unheard = gates.flatMap((gate) =>
    experts.filter((expert) => !level[gate].experts.includes(expert)).map((expert) => ({ gate, expert })),
  )
  const place = { x: 'expert', y: 'gate' } as const
  const ink = ({ mean }: Cell): string => (mean > 0.62 ? 'var(--card)' : 'var(--ink)')
  const named = (name: string): string => cut(taskLabel(name), NAME)
  const longest = (names: readonly string[]): number => LETTER * Math.max(...names.map((name) => widthOf(named(name))))
  const marginLeft = 14 + longest(gates)
  const width = Math.max(CELL.width, 14 + longest(experts))
  const said = gates.map((gate) => {
    const heard = cells.filter((each) => each.gate === gate)
    return `${taskLabel(gate)} hears ${heard.map(({ expert, mean }) => `${expert} ${share(mean)}`).join(', ')}.`
  })
  return draw(
    `${label}. ${said.join(' ')}`,
    {
      width: marginLeft + (experts.length - GAP) * width + 4,
      height: 30 + (gates.length - GAP) * CELL.height,
      marginTop: 26,
      marginBottom: 4,
      marginLeft,
      marginRight: 4,
      x: { domain: experts, paddingInner: GAP, paddingOuter: 0, round: false },
      y: { domain: gates, paddingInner: GAP, paddingOuter: 0, round: false },
      marks: [
        axisX({ anchor: 'top', tickSize: 0, label: null, tickFormat: named }),
        axisY({ tickSize: 0, label: null, tickFormat: named }),
        cell(unheard, {
          ...place,
          fill: 'none',
          stroke: 'var(--soft)',
          strokeOpacity: 0.45,
          strokeDasharray: '2 3',
          inset: 1,
          rx: 3,
        }),
        cell(cells, {
          ...place,
          fill: 'var(--heat)',
          fillOpacity: 'mean',
          rx: 3,
          stroke: 'var(--heat)',
          strokeOpacity: 0.35,
        }),
        text(cells, {
          ...place,
          text: ({ mean }: Cell) => share(mean),
          fill: ink,
          dy: -6,
          fontSize: 14,
          fontWeight: 600,
        }),
        text(cells, {
          ...place,
          text: ({ deviation }: Cell) => `±${share(deviation)}`,
          fill: ink,
          dy: 10,
          fontSize: 10.5,
        }),
      ],
      opacity: { domain: [0, 1], range: [0.03, 1] },
    },
    cells.map(({ gate, expert, mean, deviation }) => ({
      x: expert,
      y: gate,
      head: `${taskLabel(gate)} hears ${expert}`,
      rows: [{ text: `${share(mean)} on average` }, { text: `±${share(deviation)} from row to row` }],
      area: { width, height: CELL.height },
    })),
  )
}

/** Gains of every cell over its twin with their intervals, a row a cell: what reaches over 0 is no gain. */
import { axisX, axisY, dot, link, ruleX } from '@observablehq/plot'
import { gain as signed, metricLabel } from '../../../cli/compare/format.ts'
import { colourOf, draw, extent, symbolOf } from '../../../cli/report/plots.ts'
import type { Measure } from '../setting.ts'
import type { Figure } from '../study.ts'
import type { Block } from '../summary.ts'
import { gainText } from '../words.ts'

const ROW = 30

/** +0.002: as few digits as a tick needs. */
const tick = (value: number): string => (value === 0 ? '0' : signed(value).replace(/0+$/, ''))

/** Undefined where no cell has a gain. */
function gainsOf({ setting, lines }: Block, { name, label, metric, twin }: Measure): Figure | undefined {
  const places = lines.flatMap(({ cell, results }) => {
    const gain = results[name]?.gain
    if (!gain) return []
    const { mean, half = 0 } = gain
    return [{ cell: cell.name, label: cell.label, mean, low: mean - half, high: mean + half, title: gainText(gain) }]
  })
  if (places.length === 0) return undefined
  const colour = ({ cell }: { readonly cell: string }): string => colourOf(cell)
  const twinLabel = setting.cells.find((cell) => cell.name === twin)?.label ?? twin
  return {
    title: `${label}: gain over ${twinLabel}`,
    caption: `${metricLabel(metric)}, ${setting.name}; to the right of 0 is better. Bars: 95 % confidence.`,
    drawing: draw(`Gains on ${label}`, {
      width: 500,
      height: 50 + ROW * places.length,
      marginLeft: 108,
      marginRight: 20,
      x: { domain: extent([0, ...places.flatMap(({ low, high }) => [low, high])]) },
      y: { domain: places.map((place) => place.label), type: 'point', padding: 0.6 },
      marks: [
        axisX({ ticks: 4, tickSize: 0, tickFormat: tick, label: null }),
        axisY({ tickSize: 0, label: null }),
        ruleX([0], { stroke: 'var(--soft)', strokeOpacity: 0.6 }),
        link(places, {
          x1: 'low',
          x2: 'high',
          y1: 'label',
          y2: 'label',
          stroke: colour,
          strokeWidth: 2.5,
          strokeOpacity: 0.55,
        }),
        // A symbol is a constant of its mark.
        ...places.map((place) =>
          dot([place], { x: 'mean', y: 'label', fill: colour, symbol: symbolOf(place.cell), r: 5.5, title: 'title' }),
        ),
      ],
    }),
  }
}

/** One figure for each measure that has gains. */
export const gainFigures = (block: Block): readonly Figure[] =>
  block.setting.measures.flatMap((measure) => gainsOf(block, measure) ?? [])

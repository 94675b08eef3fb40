/** A sweep as lines: each cell's metric, and its gain over the twin, against the axis. What has no interval has no band. */
import { axisX, axisY, dot, line, link, ruleY, text } from '@observablehq/plot'
import { colourOf, draw, extent, symbolOf } from '../../../cli/report/plots.ts'
import type { Estimate } from '../../../cli/compare/interval.ts'
import type { Measure } from '../setting.ts'
import type { Figure } from '../study.ts'
import type { Line, Summary } from '../summary.ts'

type Take = (line: Line) => Estimate | undefined

interface Place {
  readonly cell: string
  readonly label: string
  readonly x: number
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** As far as intervals of neighbours must stand apart to be told from each other, on an axis from 0 to 1. */
const BESIDE = 0.012

const placesOf = ({ blocks }: Summary, take: Take): readonly Place[] =>
  blocks.flatMap(({ setting, lines }) =>
    lines.flatMap((line, order) => {
      const found = take(line)
      if (!found || setting.x === undefined) return []
      const { mean, half = 0 } = found
      const x = setting.x + (order - (lines.length - 1) / 2) * BESIDE
      return [{ cell: line.cell.name, label: line.cell.label, x, mean, low: mean - half, high: mean + half }]
    }),
  )

function drawing(title: string, places: readonly Place[], ticks: readonly number[], zero: boolean) {
  const colour = ({ cell }: Place): string => colourOf(cell)
  const cells = [...new Set(places.map(({ cell }) => cell))]
  const ends = cells.map((cell) => places.filter((place) => place.cell === cell).at(-1))
  return draw(title, {
    width: 500,
    height: 320,
    marginLeft: 56,
    marginRight: 104,
    marginBottom: 40,
    // From alike to unlike, as one reads.
    x: { domain: [1.05, -0.05] },
    y: { domain: extent([...(zero ? [0] : []), ...places.flatMap(({ low, high }) => [low, high])]) },
    marks: [
      axisX({ ticks: [...ticks], tickSize: 0, label: 'correlation of the tasks', labelAnchor: 'center' }),
      axisY({ ticks: 5, tickSize: 0, label: null }),
      ...(zero ? [ruleY([0], { stroke: 'var(--soft)', strokeOpacity: 0.6 })] : []),
      link(places, { x1: 'x', x2: 'x', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 2, strokeOpacity: 0.5 }),
      line(places, { x: 'x', y: 'mean', z: 'cell', stroke: colour, strokeWidth: 2 }),
      ...cells.map((cell) =>
        dot(
          places.filter((place) => place.cell === cell),
          { x: 'x', y: 'mean', fill: colour, symbol: symbolOf(cell), r: 4.5 },
        ),
      ),
      text(ends, { x: 'x', y: 'mean', text: 'label', fill: colour, textAnchor: 'start', dx: 12, fontSize: 12 }),
    ],
  })
}

/** The metric of everyone, and everyone's gain in `gained`, where there are any. */
export function sweepFigures(summary: Summary, shown: Measure, gained: Measure): readonly Figure[] {
  const ticks = summary.blocks.flatMap(({ setting }) => setting.x ?? [])
  const values = placesOf(summary, ({ results }) => results[shown.name]?.value)
  const gains = placesOf(summary, ({ results }) => results[gained.name]?.gain)
  const twin = summary.blocks[0].setting.cells.find(({ name }) => name === gained.twin)?.label ?? gained.twin
  return [
    {
      title: 'Error as correlation falls',
      caption: 'Mean squared error of both tasks on test rows, labels of variance 1. Bars: 95 % confidence.',
      drawing: drawing('Error by correlation', values, ticks, false),
    },
    {
      title: `Advantage over ${twin} as correlation falls`,
      caption: 'Difference of ln of error within the seed: above 0 is less error. Bars: 95 % confidence.',
      drawing: drawing(`Gain over ${twin} by correlation`, gains, ticks, true),
    },
  ].filter((_, place) => [values, gains][place].length > 0)
}

/** Which class is taken for which, as a square of shares: what lies on the diagonal is right. */
import { axisX, axisY, cell, text } from '@observablehq/plot'
import { percent } from '../../../cli/compare/format.ts'
import { colourOf, draw } from '../../../cli/report/plots.ts'
import { matrixIn } from '../confusion.ts'
import type { Figure } from '../study.ts'
import type { Block, Line } from '../summary.ts'

/** Shares below this carry no number. */
const SHOWN = 0.1
/** How much of a colour all of a class gets: numbers are read on it, in light and dark. */
const DARKEST = 0.6

function squareOf({ cell: { name, label }, lists }: Line, task: string): Figure | undefined {
  const matrix = matrixIn(lists, task)
  if (matrix.length === 0) return undefined
  const names = matrix.map((one) => one.name)
  const places = matrix.flatMap(({ name: own, row }) => {
    const total = row.reduce((sum, count) => sum + count, 0)
    return row.map((count, at) => {
      const share = total > 0 ? count / total : 0
      return { own, taken: names[at], share, title: `${own}, taken for ${names[at]}: ${percent(share)}` }
    })
  })
  const [x, y] = ['taken', 'own']
  return {
    title: `${task}: what ${label} takes for what`,
    caption:
      'A row holds all test rows of one class; in it, the share in percent that is taken for each. Means over seeds.',
    drawing: draw(`Confusion of ${task} by ${label}`, {
      width: 500,
      height: 480,
      marginLeft: 92,
      marginTop: 88,
      marginBottom: 8,
      marginRight: 8,
      padding: 0,
      opacity: { type: 'identity' },
      x: { domain: names, type: 'band' },
      y: { domain: names, type: 'band' },
      marks: [
        axisX({ anchor: 'top', tickSize: 0, tickRotate: -60, label: null }),
        axisY({ tickSize: 0, label: null }),
        cell(places, {
          x,
          y,
          fill: colourOf(name),
          fillOpacity: ({ share }: { readonly share: number }) => DARKEST * share,
          title: 'title',
        }),
        text(
          places.filter(({ share }) => share >= SHOWN),
          {
            x,
            y,
            text: ({ share }: { readonly share: number }) => Math.round(100 * share),
            fill: 'var(--ink)',
            fontSize: 10,
          },
        ),
      ],
    }),
  }
}

/** A square for the twin of single tasks, and one for PLE, of the runs that kept a matrix of `task`. */
export const confusionFigures = ({ lines }: Block, task: string): readonly Figure[] =>
  lines
    .filter(({ cell: { name } }) => ['single-task', 'ple'].includes(name))
    .flatMap((line) => squareOf(line, task) ?? [])

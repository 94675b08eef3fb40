/** The seesaw of a setting: the gain of its second measure against that of its first, with intervals both ways. */
import { seesawOf } from '../../../cli/report/seesaw.ts'
import type { Figure } from '../study.ts'
import type { Block } from '../summary.ts'
import { gainText } from '../words.ts'

/** Undefined where no cell has both gains. */
export function seesawFigure({ setting, lines }: Block): Figure | undefined {
  const [across, along] = setting.measures
  const places = lines.flatMap(({ cell, results }) => {
    const [x, y] = [results[across.name]?.gain, results[along.name]?.gain]
    if (!x || !y) return []
    const [dx, dy] = [x.half ?? 0, y.half ?? 0]
    return [
      {
        model: cell.name,
        label: cell.label,
        x: x.mean,
        y: y.mean,
        left: x.mean - dx,
        right: x.mean + dx,
        low: y.mean - dy,
        high: y.mean + dy,
        title: `${cell.label}: ${across.label} ${gainText(x)}, ${along.label} ${gainText(y)}`,
      },
    ]
  })
  if (places.length === 0) return undefined
  const twin = setting.cells.find(({ name }) => name === across.twin)
  return {
    title: `The seesaw on ${setting.name}`,
    caption: 'Each model stands where its gains put it; in the upper right, both tasks are better than learned alone.',
    drawing: seesawOf(places, across, along, { model: across.twin, label: twin?.label ?? across.twin }),
  }
}

/** How a gain changes along the axis of a sweep: a slope for each seed, then their mean with its interval. It fits lines only. */
import { estimate } from '../../cli/compare/interval.ts'
import type { Estimate } from '../../cli/compare/interval.ts'
import type { Summary } from './summary.ts'

/** Of the line through (x, y) with the least squares; NaN where all x are one. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const centre = points.reduce((total, [x]) => total + x, 0) / points.length
  const across = points.reduce((total, [x]) => total + (x - centre) ** 2, 0)
  return points.reduce((total, [x, y]) => total + (x - centre) * y, 0) / across
}

/**
 * The change of a cell's gain for each unit that x falls. Seeds are what varies: one of them is one slope over all settings,
 * so that errors which settings share count once. Undefined where no seed has run every setting.
 */
export function trend({ blocks, seeds }: Summary, cell: string, measure: string): Estimate | undefined {
  const slopes = seeds.flatMap((seed) => {
    const points = blocks.flatMap(({ setting, lines }) => {
      const y = lines.find((line) => line.cell.name === cell)?.results[measure]?.gains?.[seed]
      return y === undefined ? [] : [[-(setting.x ?? NaN), y] as const]
    })
    return points.length === blocks.length ? [slope(points)] : []
  })
  return slopes.length === 0 ? undefined : estimate(slopes)
}

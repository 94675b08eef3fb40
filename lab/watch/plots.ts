/** What all charts share: pictures with names, scales and axes. Colours are CSS variables, so that light and dark share one drawing. */
import { axisX, gridY, plot, ruleX } from '@observablehq/plot'
import type { Plot, PlotOptions } from '@observablehq/plot'
import type { Pair } from './pair.ts'

/** What Plot makes. */
export type Drawn = (SVGSVGElement | HTMLElement) & Plot

/** One image by name. Colours are CSS variables, so that light and dark share one drawing. */
export function draw(label: string, options: PlotOptions): Drawn {
  const drawn = plot({ ariaLabel: label, color: { type: 'identity' }, ...options })
  drawn.setAttribute('role', 'img')
  // Only what has a role may have a name of its own.
  for (const mark of drawn.querySelectorAll('g[aria-label]')) {
    mark.setAttribute('data-mark', mark.getAttribute('aria-label')!)
    mark.removeAttribute('aria-label')
  }
  return drawn
}

/** 1, 2 and 5 of each power of ten, or the powers alone where there are many. */
export function ticksIn([least, most]: readonly number[]): readonly number[] {
  const powers = Array.from({ length: 24 }, (_, index) => index - 12)
  const within = (factors: readonly number[]): readonly number[] =>
    powers
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((tick) => tick >= least && tick <= most)
  const all = within([1, 2, 5])
  if (all.length > 6) return within([1])
  return all.length > 1
    ? all
    : [0, 1, 2].map((at) => Number((least + (0.2 + 0.3 * at) * (most - least)).toPrecision(2)))
}

/** Squared errors fall by orders of magnitude, and log losses do not. */
export const scaleOf = (measure: string, domain: readonly number[]) => ({
  type: measure === 'mse' ? ('log' as const) : ('linear' as const),
  domain,
})
export const measureOf = ({ sides }: Pair, task: string): string =>
  Object.keys(sides.a.snapshots[0].validation[task])[0]

/** The ends of what is above 0, a little apart. */
export function domainOf(values: readonly number[], from = 0): readonly [number, number] {
  const there = values.filter((value) => value > 0).sort((a, b) => a - b)
  return [there[Math.floor(there.length * from)] / 1.06, there[there.length - 1] * 1.06]
}

export const grid = (ticks: readonly number[]) => gridY(ticks, { stroke: 'var(--line)', strokeOpacity: 1 })
export const epochAxis = () =>
  axisX({ tickSize: 0, ticks: 5, tickFormat: 'd', label: 'epoch', labelAnchor: 'right', labelArrow: 'none' })
export const written = (value: number): string => (value >= 0.001 ? String(value) : value.toExponential(0))
/** The epoch that is looked at, where it is not the last. */
export const here = (at: number, last: number) =>
  at < last ? [ruleX([at], { stroke: 'var(--soft)', strokeDasharray: '2 3' })] : []

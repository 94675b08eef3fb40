/** What all figures share: a page to draw on, colours by name and labels that keep apart. No figure needs a script. */
import { plot } from '@observablehq/plot'
import type { PlotOptions } from '@observablehq/plot'
import { UNDER } from '../compare/labels.ts'
import { markup } from './markup.ts'
import type { Markup } from './markup.ts'
import { readingsOf } from './readings.ts'
import type { Frame, Reading } from './readings.ts'
import { svgDocument } from './svgDocument.ts'

const document = svgDocument()

/** With the margins that readings need to know. */
type Drawing = PlotOptions & Omit<Frame, 'place'>

/** An SVG out of marks, one image by name. Colours are CSS variables, so that light and dark share one drawing. */
export function draw(label: string, options: PlotOptions): Markup
export function draw(label: string, options: Drawing, readings: readonly Reading[]): Markup
export function draw(label: string, options: PlotOptions | Drawing, readings?: readonly Reading[]): Markup {
  const drawn = plot({ document, ariaLabel: label, color: { type: 'identity' }, ...options })
  drawn.setAttribute('role', 'img')
  const svg = drawn.outerHTML
  if (!readings) return { markup: svg }
  const place: Frame['place'] = (name, value) => {
    const scale = drawn.scale(name)
    // Of a panel the edge, of a cell its middle.
    return (scale?.apply(value) as number) + (name === 'fx' ? 0 : (scale?.bandwidth ?? 0) / 2)
  }
  return {
    markup: svg.replace(/<\/svg>$/, () => `${readingsOf(readings, { ...(options as Drawing), place }).markup}</svg>`),
  }
}

/** Drawn twice, since letters must not shrink with a page: its style shows the one that fits the place. */
export const fitted = (drawAt: (narrow: boolean) => Markup): Markup =>
  markup`<div class="fitted"><div class="large">${drawAt(false)}</div><div class="small">${drawAt(true)}</div></div>`

/** The colour of a model, or of the strategy that it trains by, defined in the page's style. */
export const colourOf = (model: string): string => `var(--${model.split(UNDER).at(-1)})`

const HUES = ['ple', 'shared-bottom', 'mmoe', 'cgc', 'single-task']

/** A colour for what is no model, by its place among its kind; its name stands beside it. */
export const hueOf = (index: number): string => colourOf(HUES[index % HUES.length])

const SYMBOLS = {
  'single-task': 'circle',
  'shared-bottom': 'square',
  mmoe: 'triangle',
  cgc: 'diamond',
  ple: 'star',
  'ml-mmoe': 'wye',
  esmm: 'cross',
  'wide-deep': 'hexagon',
} as const

/** A second sign of a model beside its colour. */
export const symbolOf = (model: string): (typeof SYMBOLS)[keyof typeof SYMBOLS] => {
  const [name] = model.split(UNDER)
  return Object.hasOwn(SYMBOLS, name) ? SYMBOLS[name as keyof typeof SYMBOLS] : 'circle'
}

/** Values moved up or down as little as it takes for each to be at least `gap` from the next. */
export function apart(values: readonly number[], gap: number): readonly number[] {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b])
  // Groups of neighbours that touch share one centre, and merge until none touch.
  const groups: { members: number[]; centre: number }[] = []
  for (const index of order) {
    groups.push({ members: [index], centre: values[index] })
    for (;;) {
      const [above, below] = [groups.at(-1), groups.at(-2)]
      if (!above || !below) break
      const reach = ((above.members.length + below.members.length) / 2) * gap
      if (above.centre - below.centre >= reach) break
      const members = [...below.members, ...above.members]
      const centre = members.reduce((total, member) => total + values[member], 0) / members.length
      groups.splice(-2, 2, { members, centre })
    }
  }
  const placed: number[] = []
  for (const { members, centre } of groups)
    members.forEach((member, place) => (placed[member] = centre + (place - (members.length - 1) / 2) * gap))
  return placed
}

/** The same, all of them within a range that has room for so many. */
export function within(
  [low, high]: readonly [number, number],
  values: readonly number[],
  gap: number,
): readonly number[] {
  const placed = [...apart(values, gap)]
  const order = [...placed.keys()].sort((a, b) => placed[a] - placed[b])
  order.forEach((index, rank) => (placed[index] = Math.max(placed[index], low + rank * gap)))
  order.reverse().forEach((index, rank) => (placed[index] = Math.min(placed[index], high - rank * gap)))
  return placed
}

/** The least and the most of some numbers, with a share of their range added on both sides. */
export function extent(values: readonly number[], padding = 0.06): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const margin = (high - low || Math.abs(high) || 1) * padding
  return [low - margin, high + margin]
}

/**
 * Readings: the numbers of a figure, shown beside a pointer that rests on them. They need no script: the page's style
 * shows what is drawn hidden. Whoever has no pointer finds the same numbers in the files that the report carries.
 */
import { widthOf } from '../terminal/columns.ts'
import { markup } from './markup.ts'
import type { Markup } from './markup.ts'

export interface Reading {
  /** Where it is found, in the figure's own values: all of a column where `y` is left out. */
  readonly x: number | string
  readonly y?: number | string
  /** The panel, where there are several. */
  readonly fx?: string
  readonly head: string
  /** `y` is where a line passes, to be marked there. */
  readonly rows: readonly { readonly text: string; readonly colour?: string; readonly y?: number }[]
  /** Of the area about a point that answers to a pointer, in pixels. */
  readonly area?: { readonly width: number; readonly height: number }
}

/** Where a figure draws a value, in pixels, and what room it has. */
export interface Frame {
  readonly place: (scale: 'x' | 'y' | 'fx', value: number | string) => number
  readonly width: number
  readonly height: number
  readonly marginLeft: number
  readonly marginRight: number
  readonly marginTop: number
  readonly marginBottom: number
}

type Ends = readonly [low: number, high: number]

const LETTER = 6.7
const ROW = 16
const PAD = 8
const KEY = 12
const AREA = { width: 22, height: 22 }

const pixels = (value: number): number => Math.round(value * 10) / 10

/** A box of words beside a point, on the side that has room. */
function boxOf({ head, rows }: Reading, x: number, y: number, { width, height }: Frame): Markup {
  const wide = 2 * PAD + LETTER * Math.max(widthOf(head), ...rows.map(({ text }) => widthOf(text) + 2))
  const high = 2 * PAD + ROW * (rows.length + 1) - 4
  const left = pixels(x + 12 + wide <= width ? x + 12 : Math.max(0, x - 12 - wide))
  const top = pixels(Math.max(0, Math.min(y - high / 2, height - high)))
  const start = left + PAD
  const line = (index: number): number => pixels(top + PAD + ROW * index + 9)
  return markup`<rect class="box" x="${left}" y="${top}" width="${pixels(wide)}" height="${high}" rx="6"/><text x="${start}" y="${line(0)}" font-weight="600">${head}</text>${rows.map(
    ({ text, colour }, index) =>
      markup`${colour && markup`<circle cx="${start + 3}" cy="${line(index + 1) - 4}" r="3.5" fill="${colour}"/>`}<text x="${colour ? start + KEY : start}" y="${line(index + 1)}">${text}</text>`,
  )}`
}

/** From halfway to the place before to halfway to the next. */
function columnOf(x: number, all: readonly number[], [low, high]: Ends): Ends {
  const before = Math.max(...all.filter((other) => other < x))
  const next = Math.min(...all.filter((other) => other > x))
  return [Number.isFinite(before) ? (before + x) / 2 : low, Number.isFinite(next) ? (next + x) / 2 : high]
}

/** Without ink until a pointer comes. */
export function readingsOf(readings: readonly Reading[], frame: Frame): Markup {
  const top = frame.marginTop
  const bottom = frame.height - frame.marginBottom
  const ends: Ends = [frame.marginLeft, frame.width - frame.marginRight]
  const panel = ({ fx }: Reading): number => (fx === undefined ? 0 : frame.place('fx', fx) - frame.marginLeft)
  const xs = readings.map((reading) => frame.place('x', reading.x) + panel(reading))
  const drawn = readings.map((reading, index) => {
    const x = xs[index]
    if (reading.y === undefined) {
      const [from, to] = columnOf(x, xs, ends).map(pixels)
      const marked = reading.rows.map(({ y, colour }) =>
        y === undefined || !colour
          ? undefined
          : markup`<circle cx="${pixels(x)}" cy="${pixels(frame.place('y', y))}" r="3.5" fill="${colour}"/>`,
      )
      return markup`<g class="reading"><rect class="area" x="${from}" y="${top}" width="${pixels(to - from)}" height="${bottom - top}" fill="none"/><g class="shown" visibility="hidden"><path class="rule" d="M${pixels(x)},${top}V${bottom}"/>${marked}${boxOf(reading, x, (top + bottom) / 2, frame)}</g></g>`
    }
    const y = frame.place('y', reading.y)
    const { width, height } = reading.area ?? AREA
    return markup`<g class="reading"><rect class="area" x="${pixels(x - width / 2)}" y="${pixels(y - height / 2)}" width="${width}" height="${height}" fill="none"/><g class="shown" visibility="hidden">${boxOf(reading, x, y, frame)}</g></g>`
  })
  return markup`<g class="readings" text-anchor="start">${drawn}</g>`
}

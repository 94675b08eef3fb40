/**
 * Draws a program: each call below all that it reads from, lines that do not cross where that is easy to see, and no more
 * than that. It refuses to know of a screen: what it returns is text.
 */
import { checkOptions } from '../checks/index.ts'
import type { Explained } from './explain.ts'
import { nodesOf } from './graph.ts'
import type { GraphOptions, Node } from './graph.ts'
import { NAMES } from './names.ts'

const [BOX, GAP, ROW, LINE, MARGIN] = [132, 14, 74, 12, 16]
/** A line that passes a row takes this much room there. */
const LANE = 10
/** Lines of text in a box, of so many characters. */
const [LINES, CHARACTERS] = [4, 23]
const SWEEPS = 12
const FILLS = { input: '#e3f0ff', call: '#ffffff', update: '#ffefd9', output: '#e2f6e4' } as const

/** A node, or the place where a line passes the row of others. */
interface Stop {
  readonly node: Node | undefined
  readonly row: number
  readonly above: Stop[]
  readonly below: Stop[]
  x: number
}

const widthOf = ({ node }: Stop): number => (node ? BOX : LANE)

/** Every node one row below the lowest of those that it reads from; inputs just above their first reader. */
function rowsOf(nodes: readonly Node[]): readonly number[] {
  const rows = nodes.map(() => 0)
  nodes.forEach(({ from }, index) => {
    rows[index] = Math.max(-1, ...from.map((maker) => rows[maker])) + 1
  })
  const first = nodes.map(() => Infinity)
  nodes.forEach(({ from }, index) => {
    for (const maker of from) first[maker] = Math.min(first[maker], rows[index])
  })
  return rows.map((row, index) => (nodes[index].from.length === 0 && first[index] < Infinity ? first[index] - 1 : row))
}

/** The stops of each row: nodes, and a lane wherever a line passes. */
function stopsOf(nodes: readonly Node[]): readonly Stop[][] {
  const rows = rowsOf(nodes)
  const layers: Stop[][] = Array.from({ length: Math.max(-1, ...rows) + 1 }, () => [])
  const make = (row: number, node?: Node): Stop => {
    const stop = { node, row, above: [], below: [], x: 0 }
    layers[row].push(stop)
    return stop
  }
  const join = (upper: Stop, lower: Stop): void => {
    upper.below.push(lower)
    lower.above.push(upper)
  }
  const boxes = nodes.map((node, index) => make(rows[index], node))
  nodes.forEach((_, index) => {
    // All lines out of one box share their lanes.
    let last = boxes[index]
    const readers = nodes.flatMap(({ from }, reader) => (from.includes(index) ? [boxes[reader]] : []))
    for (let row = rows[index] + 1; readers.some((reader) => reader.row >= row); row++) {
      for (const reader of readers) if (reader.row === row) join(last, reader)
      if (!readers.some((reader) => reader.row > row)) break
      const lane = make(row)
      join(last, lane)
      last = lane
    }
  })
  return layers
}

const mean = (stops: readonly Stop[]): number => stops.reduce((total, { x }) => total + x, 0) / stops.length

/** Puts the stops of a row side by side in their order, each as near as it can be to where it wants to be. */
function pack(row: readonly Stop[], wanted: ReadonlyMap<Stop, number>): void {
  const blocks: { stops: Stop[]; width: number; pull: number; start: number }[] = []
  for (const stop of row) {
    const width = widthOf(stop) + GAP
    let block = { stops: [stop], width, pull: wanted.get(stop)! - width / 2, start: wanted.get(stop)! - width / 2 }
    // Neighbours that want the same place become one block in the mean of their wishes.
    for (let left = blocks.at(-1); left && left.start + left.width > block.start; left = blocks.at(-1)) {
      blocks.pop()
      const count = left.stops.length + block.stops.length
      const pull = left.pull + block.pull - left.width * block.stops.length
      block = { stops: [...left.stops, ...block.stops], width: left.width + block.width, pull, start: pull / count }
    }
    blocks.push(block)
  }
  for (const { stops, start } of blocks) {
    let left = start
    for (const stop of stops) {
      stop.x = left + (widthOf(stop) + GAP) / 2
      left += widthOf(stop) + GAP
    }
  }
}

/** Finds places: down and up again, each row by the mean of its neighbours in the row before. */
function settle(layers: readonly Stop[][]): void {
  for (const row of layers) pack(row, new Map(row.map((stop) => [stop, 0])))
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0
    for (const row of down ? layers : [...layers].reverse()) {
      const wanted = new Map(
        row.map((stop) => {
          const near = down ? stop.above : stop.below
          return [stop, near.length > 0 ? mean(near) : stop.x]
        }),
      )
      row.sort((a, b) => wanted.get(a)! - wanted.get(b)!)
      pack(row, wanted)
    }
  }
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const yOf = (row: number): number => MARGIN + row * ROW
/** A box is as high as its text; a lane as the highest box, past which it goes straight. */
const heightOf = ({ node }: Stop): number => (node ? Math.min(node.details.length + 1, LINES) : LINES) * LINE + 8

function box(stop: Stop, node: Node): string {
  const lines = [node.title, ...node.details.slice(-LINES + 1)].map((text, line) => {
    const weight = line === 0 ? ' font-weight="bold"' : ''
    const y = yOf(stop.row) + (line + 1) * LINE + 1
    // Paths differ at their ends.
    const characters = Array.from(text)
    const shown = characters.length > CHARACTERS ? `…${characters.slice(1 - CHARACTERS).join('')}` : text
    return `<text stroke="none" x="${Math.round(stop.x)}" y="${y}"${weight}>${escaped(shown)}</text>`
  })
  const [left, top] = [Math.round(stop.x - BOX / 2), yOf(stop.row)]
  return (
    `<g><title>${escaped([node.title, ...node.details].join('\n'))}</title><rect x="${left}" y="${top}" rx="4" ` +
    `width="${BOX}" height="${heightOf(stop)}" fill="${FILLS[node.kind]}"/>${lines.join('')}</g>`
  )
}

/** A line from one stop to one in the next row. */
function line(upper: Stop, lower: Stop): string {
  const [x0, y0] = [Math.round(upper.x), yOf(upper.row) + heightOf(upper)]
  const [x1, y1] = [Math.round(lower.x), yOf(lower.row)]
  const middle = Math.round((y0 + y1) / 2)
  const through = lower.node ? '' : ` V${y1 + heightOf(lower)}`
  return `<path d="M${x0} ${y0} C${x0} ${middle} ${x1} ${middle} ${x1} ${y1}${through}"/>`
}

/** The program as an SVG image. @throws RangeError where an option is unknown or out of its range. */
export function svg(program: Explained, options: GraphOptions = {}): string {
  checkOptions('svg', options, { names: NAMES })
  const layers = stopsOf(nodesOf(program, options))
  settle(layers)
  const stops = layers.flat()
  const left = Math.min(0, ...stops.map(({ x }) => x)) - BOX / 2 - MARGIN
  const width = Math.max(0, ...stops.map(({ x }) => x)) + BOX / 2 + MARGIN - left
  const lines = stops.flatMap((upper) => upper.below.map((lower) => line(upper, lower)))
  const boxes = stops.flatMap((stop) => (stop.node ? [box(stop, stop.node)] : []))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${Math.floor(left)} 0 ${Math.ceil(width)} ${yOf(layers.length)}" ` +
      'font-family="ui-monospace, monospace" font-size="9" text-anchor="middle">',
    `<g fill="none" stroke="#8a94a3" stroke-width="1">${lines.join('')}</g>`,
    `<g stroke="#5b6572">${boxes.join('')}</g>`,
    '</svg>',
  ].join('\n')
}

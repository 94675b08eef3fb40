/** The tape as a graph, laid out by dagre: what has a value, what has a gradient, and where one stands. */
import { html, svg } from 'lit-html'
import type { SVGTemplateResult, TemplateResult } from 'lit-html'
import { emptyGraph, place } from './layout.ts'
import type { Point } from './layout.ts'
import type { Entry } from './tape.ts'

/** How far the walk has come with an entry. */
export type State = 'ahead' | 'valued' | 'reached'

const LETTER = 7.4
const HEIGHT = 46

/** Rows and columns as one writes them. */
export const shapeOf = ({ tensor: { shape } }: Entry): string => (shape.length === 0 ? 'one number' : shape.join(' × '))

const pathThrough = (points: readonly Point[]): string =>
  points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')

/** Draws the entries; `now` is the one that the walk is at. */
export function graph(
  entries: readonly Entry[],
  now: Entry | undefined,
  stateOf: (entry: Entry) => State,
): TemplateResult {
  const layout = emptyGraph()
  layout.setGraph({ rankdir: 'BT', nodesep: 18, ranksep: 34, marginx: 4, marginy: 4 })
  for (const entry of entries) {
    const letters = Math.max(
      entry.name.length + (entry.op === undefined ? 0 : entry.op.length + 3),
      shapeOf(entry).length,
    )
    layout.setNode(String(entry.index), { width: 24 + letters * LETTER, height: HEIGHT })
  }
  for (const { index, inputs } of entries)
    inputs.forEach((input, at) => layout.setEdge(String(input), String(index), {}, String(at)))
  place(layout)
  const { width, height } = layout.graph()
  const lines: SVGTemplateResult[] = layout.edges().map((edge) => {
    const { points } = layout.edge(edge)
    const lit = Number(edge.w) === now?.index
    return svg`<path class=${lit ? 'edge now' : 'edge'} d=${pathThrough(points)} />`
  })
  const boxes = entries.map((entry) => {
    const { x, y, width: wide } = layout.node(String(entry.index))
    return svg`<g class="entry ${stateOf(entry)} ${entry === now ? 'now' : ''} ${entry.op === undefined ? 'given' : ''} ${entry.derived ? 'derived' : ''}">
      <rect x=${x - wide / 2} y=${y - HEIGHT / 2} width=${wide} height=${HEIGHT} rx="8" />
      <text x=${x} y=${y - 4}><tspan class="name">${entry.name}</tspan>${entry.op === undefined || entry.op === entry.name.replace(/\d+$/, '') ? '' : svg`<tspan class="op"> = ${entry.op}</tspan>`}</text>
      <text class="shape" x=${x} y=${y + 14}>${shapeOf(entry)}</text></g>`
  })
  const words = entries
    .map(
      ({ name, op, inputs }) =>
        `${name}${op === undefined ? ' is given' : ` is ${op} of ${inputs.map((at) => entries[at].name).join(', ')}`}`,
    )
    .join('; ')
  return html`<svg
    class="tape"
    viewBox="0 0 ${width} ${height}"
    style="max-width: ${Math.round(width)}px"
    role="img"
    aria-label="${words}."
  >
    ${lines}${boxes}
  </svg>`
}

/** Tables of the report, for eyes, keyboards and screen readers alike. What is wider than its place scrolls there, and says so. */
import { markup } from './markup.ts'
import type { Markup } from './markup.ts'

export interface Head {
  readonly text: string | Markup
  /** Below the text, in small print. */
  readonly small?: string
  /** Columns that it stands above. */
  readonly over?: readonly Head[]
  /** Words read from the left, numbers end at the right. Default false. */
  readonly words?: true
}

export interface Row {
  readonly head: string | Markup
  /** What the page's style knows it by. */
  readonly kind?: string
  /** Each of them is a `<td>`. */
  readonly cells: readonly Markup[]
}

export interface Grid {
  /** What the table shows. */
  readonly caption: string
  /** The same in a few words, where a caption has many. */
  readonly label?: string
  /** The first is that of the heads of rows. */
  readonly heads: readonly Head[]
  readonly rows: readonly Row[]
}

/** It takes the focus, since whoever has only a keyboard scrolls what has it. */
export const scrolling = (label: string, content: Markup): Markup =>
  markup`<div class="scroller"><p class="hint" aria-hidden="true">scroll sideways for more →</p><div class="scroll" role="region" aria-label="${label}" tabindex="0">${content}</div></div>`

const textOf = ({ text, small }: Head): Markup => markup`${text}${small && markup`<small>${small}</small>`}`

function headOf(head: Head, rows: number, place?: 'under'): Markup {
  const kind = place ?? (head.words && 'words')
  if (head.over) return markup`<th scope="colgroup" colspan="${head.over.length}" class="over">${textOf(head)}</th>`
  return markup`<th scope="col"${rows > 1 ? markup` rowspan="${rows}"` : undefined}${kind && markup` class="${kind}"`}>${textOf(head)}</th>`
}

export function grid({ caption, label = caption, heads, rows }: Grid): Markup {
  const under = heads.flatMap(({ over }) => over ?? [])
  const groups = heads.map(({ over }) => markup`<colgroup span="${over ? over.length : 1}"></colgroup>`)
  return scrolling(
    label,
    markup`<table><caption><span>${caption}</span></caption>${groups}
<thead><tr>${heads.map((head) => headOf(head, under.length > 0 ? 2 : 1))}</tr>${under.length > 0 ? markup`<tr>${under.map((head) => headOf(head, 1, 'under'))}</tr>` : undefined}</thead>
<tbody>${rows.map(({ head, kind, cells }) => markup`<tr${kind && markup` class="${kind}"`}><th scope="row">${head}</th>${cells}</tr>\n`)}</tbody></table>`,
  )
}

/** Tensors as tables of numbers: rows of the last axis, as many as can be taken in at a glance. */
import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { Tensor } from '../../src/tensor/index.ts'

const MOST_ROWS = 8
const MOST_COLUMNS = 8

/** Four digits that count, and a sign that is one. */
export const digits = (value: number): string =>
  (Number.isInteger(value)
    ? String(value)
    : Math.abs(value) < 1e-4 || Math.abs(value) >= 1e5
      ? value.toExponential(2)
      : value.toPrecision(4)
  ).replace('-', '−')

/** A table of a tensor's numbers under a caption. */
export function numbers(id: string, caption: string, { shape, values }: Tensor): TemplateResult {
  const columns = shape[shape.length - 1] ?? 1
  const rows = columns === 0 ? 0 : values.length / columns
  const shown = Array.from({ length: Math.min(rows, MOST_ROWS) }, (_, row) =>
    Array.from(values.subarray(row * columns, row * columns + Math.min(columns, MOST_COLUMNS))),
  )
  const left = rows > MOST_ROWS || columns > MOST_COLUMNS
  return html`<figure class="tensor" id=${id}>
    <figcaption>
      ${caption} <span class="soft">${shape.length === 0 ? 'one number' : shape.join(' × ')}</span>
    </figcaption>
    <table>
      <tbody>
        ${shown.map(
          (row) =>
            html`<tr>
              ${row.map((value) => html`<td><data value=${value}>${digits(value)}</data></td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
    ${left ? html`<p class="soft">and more: ${rows} rows of ${columns}</p>` : nothing}
  </figure>`
}

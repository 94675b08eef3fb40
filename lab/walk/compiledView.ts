/** What compile makes of a walk as it is seen: its passes, the calls of the one that is looked at, and its memory over time. */
import { axisX, axisY, gridX, rect, text } from '@observablehq/plot'
import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { draw } from '../watch/plots.ts'
import type { Drawn } from '../watch/plots.ts'
import type { Compiled, Pass } from './compiled.ts'
import { digits } from './numbers.ts'

export { compiledOf } from './compiled.ts'

/** The place of the drawing of memory. */
export const ARENA = 'arena'

const HEIGHT = 300

/** The memory of a program: calls to the right, bytes upwards, a box for as long as a result is needed. */
export function arena({ stretches, passes, arena: bytes }: Compiled, width: number): Drawn {
  const { calls } = passes[passes.length - 1]
  const boxes = stretches.map((stretch) => {
    const { name, start, from, to } = stretch
    // Where a result takes the place of an input, the one ends where the other begins.
    const heir = stretches.some((other) => other !== stretch && other.start === start && other.from === to)
    return { name, x1: from - 0.5, x2: heir ? to - 0.5 : to + 0.5, y1: start, y2: start + stretch.bytes }
  })
  const fits = ({ name, x1, x2 }: { name: string; x1: number; x2: number }): boolean =>
    ((x2 - x1) / calls.length) * width > 8 * name.length
  const columns = Math.min(calls.length, Math.floor(width / 32))
  const each = Math.ceil(calls.length / Math.max(1, columns))
  const ticks = Array.from({ length: calls.length }, (_, at) => at + 1).filter((call) => call % each === 0)
  return draw(`The memory of ${calls.length} calls: ${stretches.length} results in ${bytes} bytes.`, {
    width,
    height: HEIGHT,
    marginTop: 12,
    marginBottom: 36,
    marginLeft: 46,
    marginRight: 10,
    x: { domain: [0.5, calls.length + 0.5] },
    y: { domain: [0, bytes] },
    marks: [
      gridX(ticks, { stroke: 'var(--line)', strokeOpacity: 0.6 }),
      axisX(ticks, { tickSize: 0, tickFormat: 'd', label: 'call', labelAnchor: 'right', labelArrow: 'none' }),
      axisY({ tickSize: 0, ticks: 5, tickFormat: 'd', label: 'bytes', labelAnchor: 'top', labelArrow: 'none' }),
      rect(boxes, {
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        inset: 1,
        rx: 3,
        fill: 'var(--heat)',
        fillOpacity: 0.22,
        stroke: 'var(--heat)',
        title: 'name',
      }),
      text(boxes.filter(fits), {
        x: ({ x1, x2 }: { x1: number; x2: number }) => (x1 + x2) / 2,
        y: ({ y1, y2 }: { y1: number; y2: number }) => (y1 + y2) / 2,
        text: 'name',
        fontSize: 11,
      }),
    ],
  })
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`

function changesIn({ change }: Pass): string {
  if (!change) return 'nothing'
  const { gone, made } = change
  return gone.length + made.length === 0 ? 'the order' : `−${gone.length} +${made.length}`
}

function passRow(passes: readonly Pass[], at: number, chosen: Pass, look: (pass: string) => void): TemplateResult {
  const pass = passes[at]
  return html`<tr>
    <th scope="row">
      <button aria-pressed=${pass === chosen} @click=${() => look(pass.name)}>${pass.name}</button>
      <small>${pass.does}</small>
    </th>
    <td>${at === 0 ? nothing : passes[at - 1].calls.length}</td>
    <td><data value=${pass.calls.length}>${pass.calls.length}</data></td>
    <td>${at === 0 ? nothing : changesIn(pass)}</td>
  </tr>`
}

/** The calls after a pass, with what it took out above; calls that stand several times are marked as often as they were put in. */
function listing({ name, calls, change }: Pass): TemplateResult {
  const made = [...(change?.made ?? [])]
  const marked = (line: string): TemplateResult | string => {
    const at = made.indexOf(line)
    if (at < 0) return `  ${line}`
    made.splice(at, 1)
    return html`<ins>+ ${line}</ins>`
  }
  const lines = [...(change?.gone ?? []).map((line) => html`<del>− ${line}</del>`), ...calls.map(marked)]
  const code = html`<code>${lines.map((line) => [line, '\n'])}</code>`
  return html`<figure class="source">
    <figcaption>After ${name}: ${count(calls.length, 'call')}</figcaption>
    <pre tabindex="0" role="group" aria-label="Calls after ${name}" id="calls">${code}</pre>
  </figure>`
}

/** The pass that is looked at: by its name, or the first that changed something. */
export const passOf = ({ passes }: Compiled, name: string | undefined): Pass =>
  passes.find((pass) => pass.name === name) ?? passes.find(({ change }) => change) ?? passes[0]

/** All of what came of it. */
export function compiledView(
  compiled: Compiled,
  pass: string | undefined,
  look: (pass: string) => void,
): TemplateResult {
  const { passes, stretches, backend, result, apartFromTape, text } = compiled
  const calls = passes[passes.length - 1].calls.length
  const chosen = passOf(compiled, pass)
  return html`<p id="compiled" role="status">
      ${count(calls, 'call')} on ${backend}, of ${passes[0].calls.length} that were recorded. A run gives
      <data value=${result}>${digits(result)}</data>, and gradients that are at most
      <data value=${apartFromTape}>${digits(apartFromTape)}</data> of the largest apart from those of the tape, which
      are of float64.
    </p>
    <div class="halves">
      <div class="scroll" tabindex="0" role="group" aria-label="Passes">
        <table>
          <caption>
            The passes, one by one
          </caption>
          <thead>
            <tr>
              <th scope="col">pass</th>
              <th scope="col">calls before</th>
              <th scope="col">after</th>
              <th scope="col">changed</th>
            </tr>
          </thead>
          <tbody>
            ${passes.map((_, at) => passRow(passes, at, chosen, look))}
          </tbody>
        </table>
      </div>
      ${listing(chosen)}
    </div>
    <figure>
      <figcaption>
        <h3>The arena over time</h3>
        <p>
          ${count(stretches.length, 'result')} in
          <data id="bytes" value=${compiled.arena}>${compiled.arena}</data> bytes; the most that is needed at one call
          is ${compiled.most}, and each in a place of its own would take ${compiled.apart}.
        </p>
      </figcaption>
      <div id=${ARENA} class="plot"></div>
    </figure>
    <details>
      <summary>When each result is needed</summary>
      <ul class="lives">
        ${stretches.map(
          ({ name, start, bytes, from, to }) =>
            html`<li>${name}: bytes ${start} to ${start + bytes}, calls ${from} to ${to}</li>`,
        )}
      </ul>
    </details>
    <details>
      <summary>What explain says</summary>
      <pre tabindex="0" role="group" aria-label="What explain says"><code>${text}</code></pre>
    </details>`
}

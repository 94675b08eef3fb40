/** What is claimed of a program beside its numbers: that its rules hold, and what compile makes of it. */
import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { TARGETS } from './link.ts'
import type { Tape } from './tape.ts'
import type { View } from './shown.ts'

/** Rules against finite differences, and one that can be broken. */
export function checker(view: View, tape: Tape): TemplateResult {
  const { broken, checked } = view
  const far = (error: number): string => error.toExponential(1).replace('-', '−')
  return html`<section class="card checker" aria-labelledby="check-title">
    <h2 id="check-title">Do the rules hold?</h2>
    <p>
      Finite differences along random directions, in float64, tell whether every rule on this tape is the derivative of
      what it claims to be, and whether the gradient’s own gradient is. Break a rule, and see it caught.
    </p>
    <div class="fields">
      <div class="field">
        <label for="broken">Break the rule of</label>
        <select id="broken" @change=${({ target }: Event) => view.break((target as HTMLSelectElement).value)}>
          <option value="" ?selected=${broken === ''}>none</option>
          ${tape.breakable.map((op) => html`<option value=${op} ?selected=${op === broken}>${op}: 1.5 times too much</option>`)}
        </select>
      </div>
    </div>
    <p class="after"><button id="check" @click=${view.check}>Check the gradients</button></p>
    <div role="status" id="checked">
      ${
        checked
          ? html`<p class=${checked.ok ? 'holds' : 'fails'}>
                ${checked.ok ? 'Every gradient agrees with finite differences.' : (checked.message ?? '')}
              </p>
              <ul>
                ${checked.orders.map(({ order, worst, cases }) => html`<li>order ${order}: off by <data value=${worst}>${far(worst)}</data> at most, in ${cases} directions</li>`)}
              </ul>`
          : nothing
      }
    </div>
  </section>`
}

/** The place of what came of compiling. */
export function compiler({ walk, compiled, compile }: View): TemplateResult {
  return html`<section class="card compiler" aria-labelledby="compile-title">
    <h2 id="compile-title">What compile makes of it</h2>
    <p>
      The result and its gradients by all that is given, recorded as calls of kernels, made better by one pass after the
      other, and laid out in one piece of memory.
    </p>
    <div class="fields">
      <div class="field">
        <label for="target">Compile for</label>
        <select id="target" @change=${({ target }: Event) => compile((target as HTMLSelectElement).value)}>
          <option value="" ?selected=${walk.target === undefined}>nothing</option>
          ${Object.entries(TARGETS).map(([name, words]) => html`<option value=${name} ?selected=${name === walk.target}>${name}: ${words}</option>`)}
        </select>
      </div>
    </div>
    ${compiled ?? nothing}
  </section>`
}

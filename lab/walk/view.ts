/** The room of the tape as it is seen. It shows where a walk stands, and decides nothing. */
import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { checker, compiler } from './claims.ts'
import { graph, shapeOf } from './graph.ts'
import type { State } from './graph.ts'
import { numbers } from './numbers.ts'
import { program } from './programView.ts'
import type { Rule } from './rules.ts'
import type { Entry, Tape } from './tape.ts'
import type { View } from './shown.ts'

/** The entry that a step is about, and which way it goes: forward through all ops, and back through them. */
export function stepOf({ steps }: Tape, step: number): { readonly entry: Entry | undefined; readonly back: boolean } {
  const back = step > steps.length
  return { entry: back ? steps[2 * steps.length - step] : steps[step - 1], back }
}

function bar({ tape, walk, go }: View): TemplateResult {
  const most = tape ? 2 * tape.steps.length : 0
  const { entry, back } = tape ? stepOf(tape, walk.step) : { entry: undefined, back: false }
  const where = entry === undefined ? 'before the first op' : `${back ? 'back' : 'forward'} through ${entry.name}`
  return html`<section class="card bar" aria-label="Walk">
    <div class="buttons">
      <button id="first" ?disabled=${walk.step === 0} @click=${() => go(0)}>Start</button>
      <button id="previous" ?disabled=${walk.step === 0} @click=${() => go(walk.step - 1)}>Back</button>
      <button class="main" id="next" ?disabled=${walk.step >= most} @click=${() => go(walk.step + 1)}>Next</button>
    </div>
    <div class="when">
      <label for="at">Step <output for="at">${walk.step}</output> of ${most}: ${where}</label>
      <input
        id="at"
        type="range"
        min="0"
        max=${Math.max(1, most)}
        step="1"
        ?disabled=${most === 0}
        .value=${live(String(walk.step))}
        @input=${({ target }: Event) => go(Number((target as HTMLInputElement).value))}
      />
    </div>
  </section>`
}

function rule(op: string, found: Rule | undefined): TemplateResult {
  if (!found) return html`<p class="soft">Its declaration is being looked for.</p>`
  return html`<p class="formula"><span class="soft">${op}:</span> ${found.formula}</p>
    <figure class="source">
      <figcaption>
        <a href="../read/source/${found.path}.html#L${found.line}">${found.path}, line ${found.line}</a>;
        <a href="../read/ops.html#${op}">${op} among all ops</a>
      </figcaption>
      <pre tabindex="0" role="group" aria-label="The declaration of ${op}"><code>${found.lines}</code></pre>
    </figure>`
}

function forward(entry: Entry, { entries }: Tape): TemplateResult {
  return html`<p>${entry.op} makes ${entry.name} of ${entry.inputs.map((at) => entries[at].name).join(' and ')}.</p>
    <div class="tensors">
      ${entry.inputs.map((at, index) => numbers(`input-${index}`, entries[at].name, entries[at].tensor))}
      ${numbers('output', entry.name, entry.tensor)}
    </div>`
}

function backward(entry: Entry, tape: Tape, passed: number): TemplateResult {
  const { entries, cotangents } = tape
  return html`<p>
      All that depends on ${entry.name} has handed on, so its gradient is whole. By its rule ${entry.op} hands to each
      input its share, which is added to what has arrived there.
    </p>
    <div class="tensors">${numbers('cotangent', `gradient by ${entry.name}`, cotangents[entry.index])}</div>
    <div class="tensors">
      ${tape.shares(entry).map(({ to, cotangent }, index) => {
        const arrived = tape.arrived(entries[to], passed)
        return cotangent && arrived
          ? html`${numbers(`share-${index}`, `share of ${entries[to].name}`, cotangent)}${numbers(`arrived-${index}`, `arrived at ${entries[to].name}`, arrived)}`
          : html`<p class="soft">Nothing flows to ${entries[to].name}.</p>`
      })}
    </div>`
}

function given({ entries }: Tape): TemplateResult {
  return html`<p>What is given, drawn by the seed:</p>
    <div class="tensors">
      ${entries.filter(({ op, derived }) => op === undefined && !derived).map((entry) => numbers(`given-${entry.index}`, entry.name, entry.tensor))}
    </div>`
}

function place(view: View, tape: Tape): TemplateResult {
  const { entry, back } = stepOf(tape, view.walk.step)
  if (!entry)
    return html`<section class="card place" aria-live="polite">
      <h2>The inputs</h2>
      ${given(tape)}
    </section>`
  return html`<section class="card place" aria-live="polite">
    <h2>${back ? 'Back' : 'Forward'} through ${entry.name} <span class="soft">${shapeOf(entry)}</span></h2>
    ${back ? backward(entry, tape, view.walk.step - tape.steps.length) : forward(entry, tape)}
    ${rule(entry.op!, view.ruleOf(entry.op!))}
  </section>`
}

/** What a walk of second order is about. */
function derivation({ walk }: View): TemplateResult {
  return html`<p class="remark" id="derivation">
    What is walked is the squared length of the gradient by ${walk.by}. A gradient is computed by ops as all else is,
    whose boxes are dotted, so it has a gradient in turn. ∂ stands before what a box is the gradient by.
  </p>`
}

/** The whole room. */
export function room(view: View): TemplateResult {
  const { tape, walk, complaints } = view
  const reached = (entry: Entry): State => {
    if (!tape) return 'ahead'
    const made = tape.steps.indexOf(entry)
    if (walk.step > tape.steps.length) {
      const passed = tape.steps.slice(2 * tape.steps.length - walk.step)
      const isResult = entry === tape.steps[tape.steps.length - 1]
      if (isResult || passed.some(({ inputs }) => inputs.includes(entry.index))) return 'reached'
    }
    return made < walk.step ? 'valued' : 'ahead'
  }
  return html`<div class="split">
      ${program(view)}
      <figure class="card drawn">
        <div class="tape-place" tabindex="0" role="group" aria-label="The tape">
          ${tape ? graph(tape.entries, stepOf(tape, walk.step).entry, reached) : nothing}
        </div>
        ${tape && walk.by !== undefined ? derivation(view) : nothing}
      </figure>
    </div>
    <div role="alert">${complaints.map((each) => html`<p class="complaint">${each}</p>`)}</div>
    ${bar(view)}
    ${
      tape
        ? html`<div class="split wide">${place(view, tape)}${checker(view, tape)}</div>
            ${compiler(view)}`
        : nothing
    }`
}

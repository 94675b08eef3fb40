/** The room of the tape as it is seen. It shows where a walk stands, and decides nothing. */
import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import type { GradientErrors } from '../../src/autograd/index.ts'
import { EXAMPLES } from './examples.ts'
import { graph, shapeOf } from './graph.ts'
import type { State } from './graph.ts'
import type { Walk } from './link.ts'
import { NAMES } from './program.ts'
import { numbers } from './numbers.ts'
import type { Rule } from './rules.ts'
import type { Entry, Tape } from './tape.ts'

/** What the room shows and tells. */
export interface View {
  readonly walk: Walk
  /** None where the program is none. */
  readonly tape: Tape | undefined
  readonly complaints: readonly string[]
  /** The op whose rule is broken. */
  readonly broken: string
  readonly checked: GradientErrors | undefined
  readonly ruleOf: (op: string) => Rule | undefined
  readonly choose: (example: string) => void
  readonly type: (code: string) => void
  readonly sow: (seed: string) => void
  readonly go: (step: number) => void
  readonly break: (op: string) => void
  readonly check: () => void
}

/** The entry that a step is about, and which way it goes: forward through all ops, and back through them. */
export function stepOf({ steps }: Tape, step: number): { readonly entry: Entry | undefined; readonly back: boolean } {
  const back = step > steps.length
  return { entry: back ? steps[2 * steps.length - step] : steps[step - 1], back }
}

function program({ walk, choose, type, sow }: View): TemplateResult {
  return html`<form class="card program" aria-label="The program" @submit=${(event: Event) => event.preventDefault()}>
    <div class="fields">
      <div class="field">
        <label for="example">Example</label>
        <select id="example" @change=${({ target }: Event) => choose((target as HTMLSelectElement).value)}>
          ${Object.entries(EXAMPLES).map(([name, { title }]) => html`<option value=${name} ?selected=${name === walk.example}>${title}</option>`)}
          <option value="" ?selected=${walk.example === undefined} ?disabled=${walk.example !== undefined}>
            your own
          </option>
        </select>
      </div>
      <div class="field">
        <label for="seed">Seed</label>
        <input
          id="seed"
          type="text"
          inputmode="numeric"
          autocomplete="off"
          .value=${live(String(walk.seed))}
          @change=${({ target }: Event) => sow((target as HTMLInputElement).value)}
        />
      </div>
    </div>
    <div class="field">
      <label for="code">The program, a value to a line; the last one has to be one number</label>
      <textarea
        id="code"
        rows=${Math.max(6, walk.code.split('\n').length + 1)}
        spellcheck="false"
        autocapitalize="off"
        autocomplete="off"
        .value=${live(walk.code)}
        @input=${({ target }: Event) => type((target as HTMLTextAreaElement).value)}
      ></textarea>
    </div>
    <details>
      <summary>What there is to call</summary>
      <p class="names">${NAMES.join(', ')}</p>
    </details>
  </form>`
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
      <figcaption>${found.path}, line ${found.line}</figcaption>
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
      ${entries.filter(({ op }) => op === undefined).map((entry) => numbers(`given-${entry.index}`, entry.name, entry.tensor))}
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

function checker(view: View, tape: Tape): TemplateResult {
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
        ${tape ? graph(tape.entries, stepOf(tape, walk.step).entry, reached) : nothing}
      </figure>
    </div>
    <div role="alert">${complaints.map((each) => html`<p class="complaint">${each}</p>`)}</div>
    ${bar(view)} ${tape ? html`<div class="split wide">${place(view, tape)}${checker(view, tape)}</div>` : nothing}`
}

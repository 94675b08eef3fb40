/** The program as it is typed or chosen, its seed, and whether its gradient is walked too. */
import { html } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { EXAMPLES } from './examples.ts'
import { NAMES } from './program.ts'
import type { View } from './shown.ts'

/** The plain field, which is there at once and works without the editor. */
function field({ walk, type, edit }: View): TemplateResult {
  return html`<textarea
    id="code"
    rows=${Math.max(6, walk.code.split('\n').length + 1)}
    spellcheck="false"
    autocapitalize="off"
    autocomplete="off"
    .value=${live(walk.code)}
    @focus=${edit}
    @input=${({ target }: Event) => type((target as HTMLTextAreaElement).value)}
  ></textarea>`
}

/** The form. */
export function program(view: View): TemplateResult {
  const { walk, tape, editor, choose, sow, derive } = view
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
      <div class="field">
        <label for="by">Second order</label>
        <select
          id="by"
          ?disabled=${!tape}
          @change=${({ target }: Event) => derive((target as HTMLSelectElement).value)}
        >
          <option value="" ?selected=${walk.by === undefined}>no</option>
          ${tape?.givens.map((name) => html`<option value=${name} ?selected=${name === walk.by}>by ${name}</option>`)}
        </select>
      </div>
    </div>
    <div class="field">
      <label for="code">The program, a value to a line; the last one has to be one number</label>
      ${editor ? editor.dom : field(view)}
    </div>
    <details>
      <summary>What there is to call</summary>
      <p class="names">${NAMES.join(', ')}</p>
    </details>
  </form>`
}

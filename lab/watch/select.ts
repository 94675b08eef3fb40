/** A choice by name, with its label. */
import { html } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'

/** A native select, which tells what was chosen. */
export function select<T extends string>(
  id: string,
  label: string,
  options: Readonly<Record<T, string>>,
  value: T,
  choose: (value: T) => void,
): TemplateResult {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select
      id=${id}
      .value=${live(value)}
      @change=${({ target }: Event) => choose((target as HTMLSelectElement).value as T)}
    >
      ${Object.entries<string>(options).map(
        ([name, words]) => html`<option value=${name} ?selected=${name === value}>${words}</option>`,
      )}
    </select>
  </div>`
}

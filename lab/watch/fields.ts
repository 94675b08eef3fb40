/** The form: what is trained, as native controls, so that keyboards and screen readers know them. A wrong number is told, not taken. */
import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { dropped } from './columns.ts'
import { select } from './select.ts'
import type { Form } from './form.ts'
import {
  DATA,
  FIELDS,
  KINDS,
  OPTIMIZERS,
  PACES,
  SIDES,
  SIDE_FIELDS,
  STRATEGIES,
  expected,
  fieldsOf,
  numberIn,
} from './settings.ts'
import type { NumberField, Side, SideName } from './settings.ts'
import { letterOf } from './words.ts'

function number(
  form: Form,
  id: string,
  field: NumberField,
  value: number,
  set: (value: number) => void,
): TemplateResult {
  const wrong = form.wrong.get(id)
  const changed = ({ target }: Event): void => {
    const text = (target as HTMLInputElement).value
    const read = numberIn(text, field)
    form.refuse(id, read === undefined ? `${field.label}: expected ${expected(field)} but got '${text}'.` : undefined)
    if (read !== undefined) set(read)
  }
  return html`<div class="field">
    <label for=${id}>${field.label}</label>
    <input
      id=${id}
      type="text"
      inputmode="decimal"
      autocomplete="off"
      .value=${wrong === undefined ? live(String(value)) : nothing}
      aria-invalid=${wrong !== undefined}
      aria-describedby=${wrong === undefined ? nothing : `${id}-wrong`}
      @change=${changed}
    />
    ${wrong === undefined ? nothing : html`<p class="wrong" id="${id}-wrong">${wrong}</p>`}
  </div>`
}

function slider(form: Form): TemplateResult {
  const { settings, set } = form
  const { least, most, step, label } = FIELDS.correlation
  const signed = settings.correlation.toFixed(2).replace('-', '−')
  return html`<div class="field wide">
    <label for="correlation">${label} <output for="correlation">${signed}</output></label>
    <input
      id="correlation"
      type="range"
      min=${least}
      max=${most}
      step=${step}
      .value=${live(String(settings.correlation))}
      @input=${({ target }: Event) => set({ ...settings, correlation: Number((target as HTMLInputElement).value) })}
    />
    <p class="ends" aria-hidden="true"><span>opposite</span><span>unrelated</span><span>the same</span></p>
  </div>`
}

function dataCard(form: Form): TemplateResult {
  const { settings, set } = form
  const main = (name: keyof typeof FIELDS): TemplateResult =>
    number(form, name, FIELDS[name], settings[name], (value) => set({ ...settings, [name]: value }))
  return html`<fieldset
    class="card data"
    @dragover=${(event: DragEvent) => event.preventDefault()}
    @drop=${(event: DragEvent) => {
      event.preventDefault()
      const [chosen] = event.dataTransfer?.files ?? []
      if (chosen) form.drop(chosen)
    }}
  >
    <legend>Data and training</legend>
    <div class="fields">
      ${select('data', 'Tasks', DATA, settings.data, (data) => set({ ...settings, data }))}
      ${settings.data === 'file' ? nothing : slider(form)} ${settings.data === 'file' ? nothing : main('rows')}
      ${main('batch')} ${main('epochs')} ${main('seed')}
      ${select('pace', 'Pace', PACES, settings.pace, (pace) => set({ ...settings, pace }))}
    </div>
    ${settings.data === 'file' ? dropped(form) : nothing}
  </fieldset>`
}

function sideCard(form: Form, name: SideName): TemplateResult {
  const { settings } = form
  const side = settings[name]
  const set = (part: Partial<Side>): void => form.set({ ...settings, [name]: { ...side, ...part } })
  const id = (field: string): string => `${name}-${field}`
  return html`<fieldset class="card side side-${name}">
    <legend><span class="key" aria-hidden="true"></span>Model ${letterOf(name)}</legend>
    <div class="fields">
      ${select(id('kind'), 'Model', KINDS, side.kind, (kind) => set({ kind }))}
      ${fieldsOf(side.kind).map((field) =>
        number(form, id(field), SIDE_FIELDS[field], side[field], (value) => set({ [field]: value })),
      )}
      ${select(id('optimizer'), 'Optimizer', OPTIMIZERS, side.optimizer, (optimizer) => set({ optimizer }))}
      ${select(id('strategy'), 'Strategy', STRATEGIES, side.strategy, (strategy) => set({ strategy }))}
    </div>
  </fieldset>`
}

/** All that can be set. */
export const form = (given: Form): TemplateResult =>
  html`<form class="settings" aria-label="What is trained" @submit=${(event: Event) => event.preventDefault()}>
    ${dataCard(given)} ${SIDES.map((side) => sideCard(given, side))}
  </form>`

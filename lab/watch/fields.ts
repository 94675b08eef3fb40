/** The form: what is trained, as native controls, so that keyboards and screen readers know them. A wrong number is told, not taken. */
import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import type { FoundTable } from './messages.ts'
import {
  DATA,
  FIELDS,
  KINDS,
  OPTIMIZERS,
  PACES,
  ROLES,
  SIDES,
  SIDE_FIELDS,
  STRATEGIES,
  expected,
  fieldsOf,
  numberIn,
} from './settings.ts'
import type { NumberField, Roles, Settings, Side, SideName } from './settings.ts'
import { letterOf } from './words.ts'

/** What a form shows and tells. */
export interface Form {
  readonly settings: Settings
  /** What is wrong with a field, by its id. */
  readonly wrong: ReadonlyMap<string, string>
  readonly file: { readonly name: string; readonly table?: FoundTable } | undefined
  readonly set: (settings: Settings) => void
  readonly refuse: (id: string, words: string | undefined) => void
  readonly drop: (file: File) => void
}

function select<T extends string>(
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

const AS = {
  out: 'left out',
  number: 'number',
  category: 'category',
  binary: 'task: yes or no',
  regression: 'task: a number',
}

function roleOf(roles: Roles, name: string): keyof typeof AS {
  return ROLES.find((role) => roles[role].includes(name)) ?? 'out'
}

/** The roles after one column has got another. */
export const withRole = (roles: Roles, name: string, as: keyof typeof AS): Roles =>
  Object.fromEntries(
    ROLES.map((role) => [role, [...roles[role].filter((each) => each !== name), ...(role === as ? [name] : [])]]),
  ) as unknown as Roles

function columns({ settings, set }: Form, { rows, columns: found }: FoundTable): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Columns of the table">
    <table class="columns">
      <caption>
        ${rows} rows. Say what each column is for.
      </caption>
      <thead>
        <tr>
          <th scope="col">column</th>
          <th scope="col">for</th>
          <th scope="col">values</th>
          <th scope="col">empty</th>
          <th scope="col" class="words">such as</th>
        </tr>
      </thead>
      <tbody>
        ${found.map(
          ({ name, distinct, empty, example }, at) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>
                ${select(`role-${at}`, `Role of ${name}`, AS, roleOf(settings.roles, name), (as) =>
                  set({ ...settings, roles: withRole(settings.roles, name, as) }),
                )}
              </td>
              <td>${distinct}</td>
              <td>${empty}</td>
              <td class="words">${example}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function dropped(form: Form): TemplateResult {
  const { file } = form
  return html`<div class="drop">
      <label for="file">${file ? file.name : 'Choose a CSV file, or drop one here'}</label>
      <input
        id="file"
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        @change=${({ target }: Event) => {
          const [chosen] = (target as HTMLInputElement).files ?? []
          if (chosen) form.drop(chosen)
        }}
      />
      <p class="soft">It is read by this page alone and never leaves it.</p>
    </div>
    ${file?.table ? columns(form, file.table) : nothing}`
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

/** A table of one's own in the form: where it is dropped, and what each of its columns is for. */
import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { Form } from './form.ts'
import type { FoundTable } from './messages.ts'
import { select } from './select.ts'
import { ROLES } from './settings.ts'
import type { Roles } from './settings.ts'

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

/** Where a file is chosen, and its columns once it is read. */
export function dropped(form: Form): TemplateResult {
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

/** The page: what a person drops, decides and asks, and what the worker answers. It keeps nothing, and sends nothing anywhere. */
import { callsOf } from './calls.ts'
import { lossChart } from './chart.ts'
import { inventedTable } from './invented.ts'
import type { ColumnView, Epoch, Role, Trained } from './session.ts'

const SAID: Readonly<Record<Role, string>> = {
  feature: 'feature',
  binary: 'predicted, yes or no',
  regression: 'predicted, a number',
  out: 'left out',
}

/** What the page has there, of that kind. */
function find<Found extends HTMLElement = HTMLElement>(selector: string, kind?: new () => Found): Found {
  const found = document.querySelector(selector)
  if (!(found instanceof (kind ?? HTMLElement))) throw new Error(`expected ${selector} in the page but got none`)
  return found as Found
}

/** An element of attributes and children, whose texts stay texts. */
function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

const problem = find('#problem')
const status = find('#status')
const chart = lossChart(find('#chart'))
const plan = find('#plan', HTMLFormElement)
const rowForm = find('#row', HTMLFormElement)
const rankForm = find('#rank', HTMLFormElement)
const stop = find('#stop', HTMLButtonElement)
const show = (id: string, shown = true): void => {
  find(id).hidden = !shown
}

let tasks: readonly string[] = []
let drawing = 0
const ask = callsOf(new Worker('./worker.js', { type: 'module' }), {
  step: (step) => {
    chart.add(step)
    drawing ||= requestAnimationFrame(() => {
      drawing = 0
      chart.draw()
      status.textContent = `Step ${step.step} of ${step.of}.`
    })
  },
  epoch: addScores,
})

/** Does what was asked for, one thing at a time, and says what is wrong with it. */
async function doing(words: string, work: () => Promise<string>): Promise<void> {
  const buttons = [...document.querySelectorAll<HTMLButtonElement | HTMLInputElement>('button, input[type=file]')]
  const waiting = buttons.filter((each) => each !== stop && !each.disabled)
  const focused = document.activeElement
  problem.hidden = true
  status.textContent = words
  for (const each of waiting) each.disabled = true
  try {
    status.textContent = await work()
  } catch (error) {
    status.textContent = 'That did not work.'
    problem.textContent = (error as Error).message
    problem.hidden = false
  } finally {
    for (const each of waiting) each.disabled = false
    if (focused instanceof HTMLElement && document.activeElement === document.body) focused.focus()
  }
}

const shown = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(3)

function addScores({ epoch, scores }: Epoch): void {
  const named = tasks.map((task) => [task, Object.entries(scores[task])[0]] as const)
  const [head, body] = [find('#scores thead'), find('#scores tbody')]
  if (body.childElementCount === 0)
    head.replaceChildren(
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, 'epoch'),
        ...named.map(([task, [metric]]) =>
          element('th', { scope: 'col' }, `${metric === 'auc' ? 'AUC' : metric} of ${task}`),
        ),
      ),
    )
  body.append(
    element(
      'tr',
      { 'data-epoch': String(epoch) },
      element('th', { scope: 'row' }, String(epoch)),
      ...named.map(([, [, value]]) => element('td', {}, shown(value))),
    ),
  )
}

const rowOf = ({ name, type, roles, role, why }: ColumnView): HTMLTableRowElement =>
  element(
    'tr',
    {},
    element('th', { scope: 'row' }, name, ' ', element('span', { class: 'soft' }, type)),
    element(
      'td',
      {},
      element(
        'select',
        { name, 'aria-label': `Use of ${name}` },
        ...roles.map((each) => element('option', { value: each, ...(each === role && { selected: '' }) }, SAID[each])),
      ),
    ),
    element('td', {}, why),
  )

const open = (file: File): Promise<void> =>
  doing(`Reading ${file.name} …`, async () => {
    const { name, rows, columns } = await ask('open', file)
    find('#plan tbody').replaceChildren(...columns.map(rowOf))
    show('#columns')
    for (const id of ['#training', '#use']) show(id, false)
    return `${name}: ${rows.toLocaleString('en-US')} rows, ${columns.length} columns.`
  })

/** The form for what a model reads, and what can be asked of it. */
function offer({ fields, outputs }: Trained): void {
  const lists: HTMLElement[] = []
  find('#fields').replaceChildren(
    ...fields.map(({ name, kind, values }, place) => {
      const id = `values-${place}`
      if (values.length > 0)
        lists.push(element('datalist', { id }, ...values.map((value) => element('option', { value }))))
      const note = kind === 'list' ? `${name}, with commas between` : name
      return element(
        'label',
        {},
        note,
        element('input', {
          name,
          autocomplete: 'off',
          ...(kind === 'number' && { inputmode: 'decimal' }),
          ...(values.length > 0 && { list: id }),
        }),
      )
    }),
    ...lists,
  )
  const options = (names: readonly string[]) => names.map((name) => element('option', { value: name }, name))
  // Whatever there is most of, but for who it is recommended to.
  const ranked = fields
    .filter((field) => field.ranked)
    .sort((a, b) => Number(/user/i.test(a.name)) - Number(/user/i.test(b.name)) || b.values.length - a.values.length)
    .map(({ name }) => name)
  find('#rank [name=feature]').replaceChildren(...options(ranked))
  find('#rank [name=by]').replaceChildren(...options(outputs))
  show('#rank', ranked.length > 0)
  find('#outputs').replaceChildren()
  find('#hits').replaceChildren()
  show('#use')
}

const written = (): Record<string, string> =>
  Object.fromEntries([...new FormData(rowForm)].map(([name, value]) => [name, value as string]))

let place = 0
async function fill(): Promise<void> {
  const row = await ask('row', place)
  find('#which').textContent =
    Object.keys(row).length > 0
      ? `Row ${place + 1} of the table; change what you like.`
      : 'There is no table to take a row from: write one.'
  for (const [name, value] of Object.entries(row)) {
    const input = rowForm.elements.namedItem(name)
    if (input instanceof HTMLInputElement) input.value = value
  }
}

async function predict(): Promise<void> {
  const outputs = await ask('predict', written())
  find('#outputs').replaceChildren(
    ...Object.entries(outputs).map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, shown(value))),
    ),
  )
}

find('#file', HTMLInputElement).addEventListener('change', ({ target }) => {
  const [file] = (target as HTMLInputElement).files ?? []
  if (file) void open(file)
})
find('#invent').addEventListener('click', () => void open(inventedTable()))
const drop = find('#drop')
for (const name of ['dragover', 'dragleave', 'drop'] as const)
  addEventListener(name, (event) => {
    event.preventDefault()
    drop.classList.toggle('over', name === 'dragover')
    const file = name === 'drop' ? event.dataTransfer?.files[0] : undefined
    if (file) void (/\.safetensors$/i.test(file.name) ? restore(file) : open(file))
  })

plan.addEventListener('submit', (event) => {
  event.preventDefault()
  const { epochs, ...roles } = Object.fromEntries(new FormData(plan)) as Record<string, string>
  void doing('Reading the rows …', async () => {
    tasks = Object.keys(roles).filter((name) => roles[name] === 'binary' || roles[name] === 'regression')
    chart.begin(tasks)
    find('#scores thead').replaceChildren()
    find('#scores tbody').replaceChildren()
    for (const id of ['#training', '#use']) show(id, false)
    show('#training', tasks.length > 0)
    stop.hidden = false
    try {
      const trained = await ask('train', { roles: roles as Record<string, Role>, epochs: Number(epochs) })
      chart.draw()
      offer(trained)
      place = 0
      await fill()
      await predict()
      return trained.stopped === 'aborted'
        ? 'Stopped; the model is what it was by then.'
        : `Trained. The model is that of epoch ${trained.best ?? epochs}, the best.`
    } catch (error) {
      show('#training', false)
      throw error
    } finally {
      stop.hidden = true
    }
  })
})
stop.addEventListener('click', () => void ask('stop'))

rowForm.addEventListener('submit', (event) => {
  event.preventDefault()
  void doing('Predicting …', async () => {
    await predict()
    return 'Predicted.'
  })
})
find('#next').addEventListener('click', () => {
  void doing('Looking for a row …', async () => {
    place += 1
    await fill()
    await predict()
    return `Row ${place + 1}.`
  })
})

rankForm.addEventListener('submit', (event) => {
  event.preventDefault()
  const { feature, by } = Object.fromEntries(new FormData(rankForm)) as Record<string, string>
  void doing('Ranking …', async () => {
    const hits = await ask('recommend', written(), feature, by)
    find('#hits').replaceChildren(
      ...hits.map(({ value, scores }) =>
        element(
          'li',
          {},
          element('b', {}, value),
          ` ${Object.entries(scores)
            .map(([name, score]) => `${name} ${shown(score)}`)
            .join(', ')}`,
        ),
      ),
    )
    return `The best ${hits.length} of ${feature}, by ${by}.`
  })
})

find('#keep').addEventListener('click', () => {
  void doing('Writing the model …', async () => {
    const bytes = await ask('save')
    const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]))
    element('a', { href: url, download: 'model.safetensors' }).click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
    return `The model is a file of ${bytes.length.toLocaleString('en-US')} bytes.`
  })
})

const restore = (file: File): Promise<void> =>
  doing(`Restoring ${file.name} …`, async () => {
    offer(await ask('restore', file))
    await fill()
    return `Restored from ${file.name}.`
  })
find('#kept', HTMLInputElement).addEventListener('change', ({ target }) => {
  const [file] = (target as HTMLInputElement).files ?? []
  if (file) void restore(file)
})

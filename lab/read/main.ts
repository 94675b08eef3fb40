/** The search of the room: what is typed is in the link, results are links, and arrows go from one to the next. */
import { html, render } from 'lit-html'
import type { Found } from './search.ts'

const field = document.querySelector<HTMLInputElement>('#query')!
const list = document.querySelector<HTMLElement>('#results')!
const said = document.querySelector<HTMLElement>('#found')!
let search: Promise<(query: string) => readonly Found[]> | undefined

/** What is searched weighs more than the page, and is asked for when somebody is about to search. */
async function load() {
  const [{ searcher }, { index }] = await Promise.all([import('./search.ts'), import('virtual:lab-index')])
  return searcher(index)
}

async function find(): Promise<void> {
  const query = field.value.trim()
  history.replaceState(null, '', query === '' ? location.pathname : `?${new URLSearchParams({ q: query }).toString()}`)
  const found = query === '' ? [] : (await (search ??= load()))(query)
  if (field.value.trim() !== query) return
  render(
    found.map(
      ({ address, page, title }) =>
        html`<li><a href=${address}>${title}</a>${page === title ? '' : html` <span class="soft">${page}</span>`}</li>`,
    ),
    list,
  )
  said.textContent =
    query === ''
      ? ''
      : found.length === 0
        ? `Nothing is found for ‘${query}’: try fewer words, or their beginnings.`
        : `${found.length} found, the best first`
}

/** Up and down between the field and the results. */
function move(event: KeyboardEvent): void {
  const places = [field, ...list.querySelectorAll('a')]
  const at = places.indexOf(document.activeElement as HTMLInputElement)
  const next = at + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0)
  if (at < 0 || next === at || next < 0 || next >= places.length) return
  event.preventDefault()
  places[next].focus()
}

async function enter(event: KeyboardEvent): Promise<void> {
  if (event.key !== 'Enter') return
  await find()
  list.querySelector('a')?.click()
}

field.addEventListener('focus', () => void (search ??= load()))
field.addEventListener('input', () => void find())
field.addEventListener('keydown', (event) => void enter(event))
document.querySelector('.find')!.addEventListener('keydown', (event) => move(event as KeyboardEvent))

const asked = new URLSearchParams(location.search).get('q')
if (asked !== null) {
  field.value = asked
  void find()
}

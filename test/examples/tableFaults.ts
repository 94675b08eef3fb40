/** What a page's tables and figures keep from a reader without a pointer or a screen: nothing, where this is empty. */
import { JSDOM } from 'jsdom'

const widthOf = (cells: Iterable<Element>): number =>
  [...cells].reduce((total, cell) => total + Number(cell.getAttribute('colspan') ?? 1), 0)

function* faultsIn(document: Document): Generator<string> {
  for (const [index, table] of [...document.querySelectorAll('table')].entries()) {
    const who = `table ${index + 1}`
    if (!/^\S.{8}/.test(table.querySelector('caption')?.textContent ?? '')) yield `${who} has no caption`
    const region = table.closest('[role=region]')
    if (region?.getAttribute('tabindex') !== '0') yield `${who} is in no region that takes the focus`
    if (!/^\S.{8}/.test(region?.getAttribute('aria-label') ?? '')) yield `the region of ${who} has no name`
    if (!region?.parentElement?.querySelector('.hint')?.textContent) yield `${who} does not say that it scrolls`
    for (const head of table.querySelectorAll('thead th')) {
      if (!/^col(group)?$/.test(head.getAttribute('scope') ?? '')) yield `${who}: '${head.textContent}' has no scope`
      if (head.textContent === '') yield `${who} has an empty head`
    }
    const columns = [...table.querySelectorAll('colgroup')].reduce((total, { span }) => total + span, 0)
    for (const row of table.querySelectorAll('tbody tr')) {
      if (!row.firstElementChild?.matches('th[scope=row]')) yield `${who}: '${row.textContent}' has no head`
      if (widthOf(row.children) !== columns) yield `${who}: '${row.textContent}' is not ${columns} columns wide`
    }
  }
  for (const svg of document.querySelectorAll('svg'))
    if (svg.getAttribute('role') !== 'img' || !svg.getAttribute('aria-label')) yield `a figure is no image of a name`
}

export const faultsOf = (html: string): readonly string[] => [...faultsIn(new JSDOM(html).window.document)]

/**
 * The room of texts, written beside what the bundler makes: pages without a script, in the frame of all rooms. They are put
 * together once for a build, when the search is asked for what it searches.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import type { Plugin } from 'vite'
import { nav, policyOf } from '../frame/page.ts'
import { escaped } from './markdown.ts'
import { pagesOf } from './pages.ts'
import type { Page, Pages } from './pages.ts'
import type { Entry } from './search.ts'
import { SHELVES, addressOf } from './shelf.ts'

const INDEX = 'virtual:lab-index'
const ROOM = 'read'
/** Where `npm start` and `npm run study` leave their reports. */
const STUDIES = '.cache/study'
const REPORT = 'report.html'

/** What is searched, out of all pages. */
const entriesOf = ({ pages }: Pages): readonly Entry[] =>
  [...pages.values()].flatMap(({ address, title: page, sections }) =>
    sections.map(({ id, title, text }) => ({ address: id === '' ? address : `${address}#${id}`, page, title, text })),
  )

/** Reports that were made on this machine, by the address that they get. */
function reports(): ReadonlyMap<string, string> {
  const studies = existsSync(STUDIES) ? readdirSync(STUDIES) : []
  const found = [['start', REPORT], ...studies.map((study) => [study, join(STUDIES, study, REPORT)])].filter(
    ([, path]) => existsSync(path),
  )
  return new Map(found.map(([name, path]) => [`reports/${name}.html`, path]))
}

const item = (address: string, title: string, words: string): string =>
  `<li><a href="./${address}">${escaped(title)}</a>${words === '' ? '' : `<span class="soft">${escaped(words)}</span>`}</li>`

/** The first sentence of a document, which says what it is. */
const firstSentence = ({ sections: [{ text }] }: Page): string =>
  /^.*?[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? ''

function shelf({ pages }: Pages): string {
  const card = (title: string, items: readonly string[]): string =>
    `<section class="card"><h2>${title}</h2><ul>${items.join('')}</ul></section>`
  const [begin, ...others] = SHELVES.map(({ title, documents }) => ({
    title,
    items: documents.map((path) => {
      const page = pages.get(addressOf(path))!
      return item(page.address, page.title, firstSentence(page))
    }),
  }))
  const reported = [...reports().keys()].map((address) => item(address, posix.basename(address, '.html'), ''))
  return `<div class="shelves">${[
    card(begin.title, [
      ...begin.items,
      item('ops.html', 'Every op, and its rule', 'Formulas and declarations, out of the source.'),
      item('api/index.html', 'All that is exported', 'By entry of the package: shapes, options and what is thrown.'),
      item('source/src/index.ts.html', 'The source', 'From the contents page on.'),
    ]),
    ...others.map(({ title, items }) => card(title, items)),
    card(
      'Reports of studies',
      reported.length > 0
        ? reported
        : [
            '<li class="soft">None were made here yet: <code>npm start</code> and <code>npm run study</code> write them, and the next build has them on this shelf.</li>',
          ],
    ),
  ].join('\n')}</div>`
}

/** A page as a file: `style` and `icon` are addresses from the lab's folder. */
function written({ address, title, html, headings }: Page, style: string, icon: string): string {
  const up = '../'.repeat(address.split('/').length)
  const contents = headings.filter(({ level }) => level === 2)
  const aside = contents.length > 2
  return `<!doctype html>
<html lang="en">
<head>
<meta http-equiv="Content-Security-Policy" content="${policyOf(ROOM)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – the plegrad lab</title>
<link rel="icon" href="${up}${icon}" type="image/svg+xml">
<link rel="stylesheet" href="${up}${style}">
</head>
<body>
<header>${nav(ROOM, up)}<p class="eyebrow"><a href="${up}${ROOM}/index.html">Read</a></p></header>
<main class="page${aside ? ' wide' : ''}"><article>${html}</article>${
    aside
      ? `<nav class="contents" aria-label="On this page">${contents.map((each) => `<a href="#${each.id}">${escaped(each.title)}</a>`).join('')}</nav>`
      : ''
  }</main>
</body>
</html>
`
}

/** Writes the room where the bundler writes. */
export function readRoom(): Plugin {
  let made: Promise<Pages> | undefined
  const pages = (): Promise<Pages> => (made ??= pagesOf())
  return {
    name: 'lab-read',
    resolveId: (id) => (id === INDEX ? `\0${INDEX}` : undefined),
    async load(id) {
      return id === `\0${INDEX}` ? `export const index = ${JSON.stringify(entriesOf(await pages()))}` : undefined
    },
    transformIndexHtml: {
      order: 'pre',
      handler: async (html) =>
        html.includes('<!-- shelf -->') ? html.replace('<!-- shelf -->', shelf(await pages())) : html,
    },
    async writeBundle({ dir }, bundle) {
      const named = (pattern: RegExp): string => Object.keys(bundle).find((name) => pattern.test(name))!
      const [style, icon] = [named(/\/read-[^/]*\.css$/), named(/\/icon-[^/]*\.svg$/)]
      const room = join(dir!, ROOM)
      const put = (address: string, write: (path: string) => void): void => {
        const path = join(room, address)
        mkdirSync(dirname(path), { recursive: true })
        write(path)
      }
      const { pages: all, files } = await pages()
      for (const page of all.values()) put(page.address, (path) => writeFileSync(path, written(page, style, icon)))
      for (const [address, from] of [...files, ...reports()]) put(address, (path) => copyFileSync(from, path))
    },
  }
}

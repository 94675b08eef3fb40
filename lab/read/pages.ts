/**
 * All pages of the room, before they are written: documents, the ops, the API and sources, each with its links resolved. It
 * refuses a link that leads nowhere, with the page it stands on.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { apiPages } from './api.ts'
import { rendered } from './markdown.ts'
import type { Heading, Section } from './markdown.ts'
import { declaredOps, opSections, opsHtml } from './ops.ts'
import { SHELVES, addressOf } from './shelf.ts'
import { sourceHtml } from './sourceLines.ts'

export interface Page {
  /** From the room's folder. */
  readonly address: string
  readonly title: string
  readonly html: string
  readonly headings: readonly Heading[]
  /** What the search knows of it. */
  readonly sections: readonly Section[]
}

export interface Pages {
  readonly pages: ReadonlyMap<string, Page>
  /** Files that are taken as they are, by address. */
  readonly files: ReadonlyMap<string, string>
}

interface Link {
  readonly from: string
  readonly href: string
  readonly to: string
  readonly anchor: string
}

const OPS = 'ops.html'
const ELSEWHERE = /^(https?|mailto):/
const PICTURE = /\.(svg|webp|png)$/
const sourceAddress = (path: string): string => `source/${path}.html`
const apiAddress = (path: string): string => `api/${path.replace(/\.md$/, '.html')}`

/** Where `to` is, as a page at `from` says it. */
const between = (from: string, to: string): string => posix.relative(posix.dirname(from), to)

/** Anchors of a page: ids of elements. */
const anchorsIn = ({ html }: Page): ReadonlySet<string> =>
  new Set([...html.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id))

/** @throws Error for links that lead nowhere, all of them. */
function checkLinks(links: readonly Link[], { pages, files }: Pages): void {
  const anchors = new Map<string, ReadonlySet<string>>()
  const alive = ({ to, anchor }: Link): boolean => {
    const page = pages.get(to)
    if (!page) return files.has(to)
    if (!anchors.has(to)) anchors.set(to, anchorsIn(page))
    return anchor === '' || anchors.get(to)!.has(anchor)
  }
  const dead = links.filter((link) => !alive(link))
  if (dead.length > 0)
    throw new Error(
      `the room of texts: expected every link to lead somewhere but got ${dead.map(({ from, href }) => `'${href}' on ${from}`).join(', ')}`,
    )
}

/** Puts the pages together. @throws Error where a link is dead, a document has no place, or typedoc refuses. */
export async function pagesOf(
  documents: readonly string[] = SHELVES.flatMap((shelf) => shelf.documents),
  api: () => Promise<ReadonlyMap<string, string>> = apiPages,
): Promise<Pages> {
  const pages = new Map<string, Page>()
  const files = new Map<string, string>()
  const links: Link[] = []
  const sources = new Set(
    readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.generated.ts'))
      .map((path) => posix.join('src', path)),
  )
  const lead = (from: string, href: string, to: string, anchor: string): string => {
    links.push({ from, href, to, anchor })
    return `${to === from ? '' : between(from, to)}${anchor === '' ? '' : `#${anchor}`}`
  }
  /** The address of a file of the project, which is a page from now on, or a file that is taken along. */
  const placeOf = (path: string): string => {
    if (documents.includes(path)) return addressOf(path)
    if (!existsSync(path)) return path
    if (PICTURE.test(path)) files.set(posix.join('pictures', posix.basename(path)), path)
    else sources.add(path)
    return PICTURE.test(path) ? posix.join('pictures', posix.basename(path)) : sourceAddress(path)
  }
  const linkFrom = (from: string, folder: string, place: (path: string) => string) => (href: string) => {
    if (ELSEWHERE.test(href)) return href
    const [to, anchor = ''] = decodeURI(href).split('#')
    if (to.startsWith('source:')) return lead(from, href, placeOf(to.slice('source:'.length)), anchor)
    return lead(from, href, to === '' ? from : place(posix.join(folder, to)), anchor)
  }
  for (const path of documents) {
    const address = addressOf(path)
    const { title, ...page } = rendered(readFileSync(path, 'utf8'), linkFrom(address, posix.dirname(path), placeOf))
    pages.set(address, { address, title, ...page })
  }
  for (const [path, text] of await api()) {
    const address = apiAddress(path)
    const page = rendered(text, linkFrom(address, posix.dirname(path), apiAddress))
    // One place to arrive at is enough: members of a page come with it.
    const sections = [
      {
        id: '',
        title: page.title,
        text: page.sections
          .map((each) => `${each.title} ${each.text}`)
          .join(' ')
          .slice(0, 600),
      },
    ]
    pages.set(address, { ...page, address, sections })
  }
  const declared = Object.fromEntries(
    readdirSync('src/autograd/ops').map((file) => [
      `src/autograd/ops/${file}`,
      readFileSync(`src/autograd/ops/${file}`, 'utf8'),
    ]),
  )
  const ops = declaredOps(declared)
  const derivations = pages.get('derivations.html')?.headings ?? []
  const html = opsHtml(
    ops,
    (path, line) => lead(OPS, path, placeOf(path), `L${line}`),
    (op) => {
      const heading = derivations.find(({ title }) => new RegExp(`\\b${op}\\b`).test(title))
      return heading && lead(OPS, op, 'derivations.html', heading.id)
    },
  )
  pages.set(OPS, { address: OPS, title: 'Every op, and its rule', html, headings: [], sections: opSections(ops) })
  for (const path of sources) {
    const address = sourceAddress(path)
    const text = readFileSync(path, 'utf8')
    const [, first = ''] = /\/\*\*\s*(?:\* )?([\s\S]*?)\*\//.exec(text) ?? []
    const words = first.replace(/\n \*/g, ' ')
    pages.set(address, {
      address,
      title: path,
      html: `<h1 id="top">${path}</h1>${sourceHtml(path, text)}`,
      headings: [],
      sections: [{ id: '', title: path, text: words }],
    })
  }
  const made = { pages, files }
  checkLinks(links, made)
  return made
}

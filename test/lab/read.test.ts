/** The room of texts before it is written: that nothing is missing from it, and that no link leads nowhere. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, it } from 'vitest'
import * as autograd from '../../src/autograd/index.ts'
import type { Op } from '../../src/autograd/index.ts'
import { rendered } from '../../lab/read/markdown.ts'
import { declaredOps } from '../../lab/read/ops.ts'
import { pagesOf } from '../../lab/read/pages.ts'
import { searcher } from '../../lab/read/search.ts'
import { SHELVES, addressOf } from '../../lab/read/shelf.ts'
import { linesOf, sourceHtml } from '../../lab/read/sourceLines.ts'

const none = (): Promise<ReadonlyMap<string, string>> => Promise.resolve(new Map())
const documents = SHELVES.flatMap((shelf) => shelf.documents)
const sources = Object.fromEntries(
  readdirSync('src/autograd/ops').map((file) => [
    `src/autograd/ops/${file}`,
    readFileSync(`src/autograd/ops/${file}`, 'utf8'),
  ]),
)

it('has every document of the project on its shelf, once', () => {
  const there = [
    ...readdirSync('docs')
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
    ...readdirSync('.').filter((file) => file.endsWith('.md')),
  ]
  for (const path of there) expect(documents, path).toContain(path)
  for (const path of documents) expect(existsSync(path), path).toBe(true)
  expect(new Set(documents.map(addressOf)).size).toBe(documents.length)
})

it('has every op that has a rule, with its formula, signature and lines', async () => {
  const ops = declaredOps(sources)
  const exported = Object.values<unknown>(autograd).flatMap((value) =>
    typeof value === 'function' && 'definition' in value ? [value as unknown as Op] : [],
  )
  expect(exported.length).toBeGreaterThan(40)
  const { pages } = await pagesOf(documents, none)
  const { html } = pages.get('ops.html')!
  for (const { op, text } of exported) {
    const found = ops.find((each) => each.op === op)
    expect(found?.signature, op).toBe(text)
    expect(found?.formula, op).toMatch(/.{4}/)
    expect(html).toContain(`<h2 id="${op}">`)
  }
  // Its line is the one that the page leads to.
  const { line, path } = ops.find(({ op }) => op === 'softmax')!
  expect(html).toContain(`href="source/${path}.html#L${line}"`)
  expect(readFileSync(path, 'utf8').split('\n')[line - 1]).toContain("softmax = op('softmax'")
  expect(html).toContain('href="derivations.html#softmax-softmax-softmaxgradient-logsoftmax"')
})

it('refuses an op without a formula', () => {
  expect(() => declaredOps({ ...sources, 'x.ts': "export const lost = op('lost', 'n -> n', {\n})\n" })).toThrow(
    'expected a formula above the declaration of lost but got none',
  )
})

it.each([
  ['[there](nowhere.md)', "'nowhere.md'"],
  ['[there](#no-such-heading)', "'#no-such-heading'"],
  ['<img src="lost.webp">', "'lost.webp'"],
])('refuses a dead link: %s', async (link, told) => {
  const folder = mkdtempSync(join(tmpdir(), 'plegrad-read-'))
  try {
    const path = relative('.', join(folder, 'page.md'))
    writeFileSync(path, `# A page\n\n${link}\n`)
    await expect(pagesOf([...documents, path], none)).rejects.toThrow(
      `expected every link to lead somewhere but got ${told} on `,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('renders formulas, code, anchors as GitHub has them, and text for the search', () => {
  const { title, html, headings, sections } = rendered(
    '# One `two`\n\nWhere $x^2$ is.\n\n## Twice: a, b\n\n```ts\nconst x = 1\n```\n\n## Twice: a, b\n\n[on](a.md#b)\n',
    (href) => `to/${href}`,
  )
  expect(title).toBe('One two')
  expect(headings.map(({ id }) => id)).toEqual(['one-two', 'twice-a-b', 'twice-a-b-1'])
  expect(html).toContain('class="katex"')
  expect(html).toContain('<span class="hljs-keyword">const</span>')
  expect(html).toContain('href="to/a.md#b"')
  expect(sections).toEqual([
    { id: '', title: 'One two', text: 'Where x^2 is.' },
    { id: 'twice-a-b', title: 'Twice: a, b', text: '' },
    { id: 'twice-a-b-1', title: 'Twice: a, b', text: 'on' },
  ])
})

it('gives every line of a source an anchor, and closes its colours on it', () => {
  expect(linesOf('<span class="a">one\ntwo</span>\nthree')).toEqual([
    '<span class="a">one</span>',
    '<span class="a">two</span>',
    'three',
  ])
  const text = 'const x = `a\nb` // <tag>\n'
  const html = sourceHtml('x.ts', text)
  expect(html).toContain('id="L2"')
  expect(html).not.toContain('id="L3"')
  expect(html).toContain('&lt;tag&gt;')
})

it('finds words, their beginnings, and words with a wrong letter, titles first', () => {
  const entry = (title: string, text: string) => ({ address: `${title}.html`, page: title, title, text })
  const search = searcher([entry('gates', 'what a softmax weighs'), entry('softmax', 'powers'), entry('other', 'else')])
  expect(search('softmax').map(({ title }) => title)).toEqual(['softmax', 'gates'])
  expect(search('softm').map(({ title }) => title)).toContain('softmax')
  expect(search('sofmax').map(({ title }) => title)).toContain('softmax')
  expect(search('softmax weighs').map(({ title }) => title)).toEqual(['gates'])
  expect(search('nothing')).toEqual([])
})

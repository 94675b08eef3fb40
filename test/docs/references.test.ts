/** What the documents refer to exists: links and their headings, paths, scripts, options and budgets. */
import { existsSync } from 'node:fs'
import { dirname, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { STUDIES } from '../../bench/quality/studies/index.ts'
import { FEEDS } from '../../examples/feed/feeds.ts'
import { FIVE } from '../../cli/compare/models.ts'
import { parseOptions } from '../../examples/feed/options.ts'
import { STRATEGIES } from '../../examples/feed/strategies.ts'
import { BUNDLES, KB } from '../../scripts/bundles.ts'
import { DOCUMENTS, blocksOf, inlineCodeOf, linksOf, proseOf, read } from './documents.ts'

const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> }

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')

const anchorsOf = (text: string): readonly string[] =>
  [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading))

/** Relative links of a document that lead nowhere. */
const deadLinks = (document: string, text: string): readonly string[] =>
  linksOf(text).filter((link) => {
    if (/^https?:/.test(link)) return false
    const [path, anchor] = link.split('#')
    const target = path === '' ? document : posix.join(dirname(document), path)
    if (!existsSync(target)) return true
    return anchor !== undefined && !anchorsOf(target === document ? text : read(target)).includes(anchor)
  })

const PLACE = /^(?:\.\/)?(?:src|test|docs|examples|lab|scripts|bench)\/[\w./-]*$/

/** Files and folders of the repository that inline code names, and that are not there nor made by the page itself. */
const missingPlaces = (text: string): readonly string[] =>
  inlineCodeOf(text).filter((code) => PLACE.test(code) && !existsSync(code) && !text.includes(`into=${code}\n`))

const commandsOf = (document: string, text: string): string =>
  [...blocksOf(document, text).filter(({ language }) => language === 'sh'), ...inlineCodeOf(text)]
    .map((each) => (typeof each === 'string' ? each : each.code))
    .join('\n')

/** The scripts that `npm …` and `npm run …` name, and that package.json has not. */
const missingScripts = (document: string, text: string): readonly string[] =>
  [...commandsOf(document, text).matchAll(/npm (?:run ([\w:-]+)|(start|test))/g)]
    .map(([, run, short]) => run ?? short)
    .filter((name) => !(name in scripts))

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document)

  it('links to what is there', () => {
    expect(deadLinks(document, text)).toEqual([])
  })

  it('names files and folders that are there', () => {
    expect(missingPlaces(text)).toEqual([])
  })

  it('names scripts that are in package.json', () => {
    expect(missingScripts(document, text)).toEqual([])
  })
})

describe('the README', () => {
  const text = read('README.md')
  const rowsOf = (column: string): readonly (readonly string[])[] =>
    text
      .slice(text.indexOf(`| ${column} `))
      .split('\n\n')[0]
      .split('\n')
      .slice(2)
      .map((row) =>
        row
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )

  it('has the options of models, and their defaults, as the code has them', () => {
    const source = read('src/models/ple.ts') + read('src/models/tasks.ts')
    const rows = rowsOf('DeepCTR')
    expect(rows.length).toBeGreaterThan(10)
    for (const [, name, value] of rows) {
      const option = name.replaceAll('`', '')
      const [, comment, optional] =
        new RegExp(`(?:/\\*\\* ([^\\n]*) \\*/\\n)? *readonly ${option}(\\?)?:`).exec(source) ?? expect.fail(option)
      if (value === 'required') expect(optional, option).toBeUndefined()
      else expect(comment, option).toContain(`Default ${value.split(';')[0]}.`)
    }
  })

  it('has the options of the main job, their defaults and choices, and no others', () => {
    const known = [...read('examples/feed/options.ts').matchAll(/'(--\w+(?: <\w+>)?)'/g)].map(([, option]) => option)
    const rows = rowsOf('option')
    expect(rows.map(([option]) => inlineCodeOf(option)[0])).toEqual(known)
    const defaults = new Map<string, unknown>(Object.entries(parseOptions([])))
    for (const [option, meaning, value] of rows) {
      const [, name] = /--(\w+)/.exec(option) ?? expect.fail(option)
      const choices = { data: Object.keys(FEEDS), models: [...FIVE], strategy: Object.keys(STRATEGIES) }[name]
      if (choices) expect(inlineCodeOf(meaning)).toEqual(choices)
      const written = {
        "the data's own": undefined,
        nowhere: undefined,
        off: undefined,
        all: [...FIVE].join(),
      }
      const said = value in written ? written[value as keyof typeof written] : value.replaceAll('`', '')
      expect(defaults.get(name)?.toString(), name).toBe(said)
    }
    expect(read('examples/feed/sources/folder.ts')).toContain('PLEGRAD_DATA')
  })

  it('lists every study, and no other', () => {
    const listed = rowsOf('study').map(([name]) => inlineCodeOf(name)[0])
    expect([...listed].sort()).toEqual(STUDIES.map(({ name }) => name).sort())
  })

  it('has the budgets of size, and the engines of package.json', () => {
    const budgets = BUNDLES.map(({ name, budget }) => [name, `${budget / KB} KB`] as const)
    expect(rowsOf('imported').map(([name, under]) => [name.replaceAll('`', ''), under])).toEqual(budgets)
    const under = new Map(budgets)
    expect(read('docs/serve.md')).toContain(
      `under ${under.get('a saved program on wasm')} with WebAssembly and under ${under.get('a saved program on cpu')} without`,
    )
    expect(read('docs/gpujs.md')).toContain(`under ${under.get('plegrad/gpujs')}, minified and gzipped`)
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
    expect(text).toContain(`Node from ${engines.node.replace('>=', '')}`)
  })

  it('lists every floor of src, from the top down, and so does the drawing of CONTRIBUTING', () => {
    const fromBelow = /const FLOORS = \[([^\]]*)\]/.exec(read('test/architecture.test.ts'))?.[1].match(/\w+/g) ?? []
    const floors = fromBelow.reverse()
    expect(floors).toContain('autograd')
    const listed = rowsOf('folder').map(([folder]) => folder.replaceAll('`', ''))
    expect(listed.slice(0, floors.length)).toEqual(floors.map((floor) => `src/${floor}/`))
    const [drawing] = blocksOf('CONTRIBUTING.md').filter(({ code }) => code.startsWith(floors[0]))
    expect(drawing.code.match(/^\w+/gm)).toEqual(floors)
  })
})

it('a reference to nothing is seen', () => {
  const text = '[a](nowhere.md), [b](#no-heading), `src/nothing.ts` and `npm run nonsense`\n\n# A `code` heading\n'
  expect(deadLinks('README.md', text)).toEqual(['nowhere.md', '#no-heading'])
  expect(deadLinks('README.md', `${text}[c](#a-code-heading) [d](LICENSE)`)).toEqual(['nowhere.md', '#no-heading'])
  expect(missingPlaces(text)).toEqual(['src/nothing.ts'])
  expect(missingScripts('README.md', text)).toEqual(['nonsense'])
})

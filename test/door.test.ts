/** What the entries of the package hand out: so few names by the first that one can read them, each told of somewhere. */
import { readdirSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { inlineCodeOf, read } from './docs/documents.ts'

/** Names that the first entry may have, types included. */
const MOST = 260
const entries = readdirSync('src').filter((file) => file.endsWith('.ts'))

const config = ts.getParsedCommandLineOfConfigFile(
  'tsconfig.build.json',
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: () => undefined,
  },
)
const program = ts.createProgram(
  entries.map((entry) => `src/${entry}`),
  config!.options,
)
const checker = program.getTypeChecker()
/** The thing that a name stands for. */
const meantBy = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
const symbolsOf = (entry: string): readonly ts.Symbol[] =>
  checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(`src/${entry}`)!)!)

it('the first entry has so many names that one can read them', () => {
  const { length } = symbolsOf('index.ts')
  expect(length).toBeGreaterThan(100)
  expect(length).toBeLessThanOrEqual(MOST)
})

it('entries say what they hand out, name by name', () => {
  for (const entry of entries) expect(read(`src/${entry}`), entry).not.toMatch(/export (?:type )?\*/)
})

it('a name is the same wherever it is handed out', () => {
  const meanings = new Map<string, Set<ts.Symbol>>()
  for (const symbol of entries.flatMap(symbolsOf)) {
    meanings.set(symbol.name, (meanings.get(symbol.name) ?? new Set()).add(meantBy(symbol)))
  }
  expect([...meanings].filter(([, meant]) => meant.size > 1).map(([name]) => name)).toEqual([])
})

it('every entry is in package.json, and nothing else', () => {
  const { exports } = JSON.parse(read('package.json')) as { exports: Readonly<Record<string, unknown>> }
  const paths = entries.map((entry) => (entry === 'index.ts' ? '.' : `./${entry.replace('.ts', '')}`))
  expect(Object.keys(exports).sort()).toEqual([...paths, './package.json'].sort())
})

it.each(entries)('every name of %s has a docstring', (entry) => {
  const mute = symbolsOf(entry).filter((symbol) => meantBy(symbol).getDocumentationComment(checker).length === 0)
  expect(mute.map(({ name }) => name)).toEqual([])
})

describe('docs/api.md', () => {
  /** By entry, the names in front of the colon of each line of a list. */
  const listed = Object.fromEntries(
    read('docs/api.md')
      .split(/^## `/m)
      .slice(1)
      .map((section) => [
        section.slice(0, section.indexOf('`')).replace(/^plegrad\/?/, '') || 'index',
        [...section.matchAll(/^- ([^:]*):/gm)].flatMap(([, names]) => inlineCodeOf(names)),
      ]),
  )

  it('has a part for each entry', () => {
    expect(
      Object.keys(listed)
        .map((name) => `${name}.ts`)
        .sort(),
    ).toEqual([...entries].sort())
  })

  it.each(entries)('lists the names of %s, each once, and no others', (entry) => {
    const names = symbolsOf(entry).map(({ name }) => name)
    expect([...listed[entry.replace('.ts', '')]].sort()).toEqual(names.sort())
  })
})

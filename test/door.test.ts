/** What the entries of the package hand out: each name by one of them, and so few by the first that one can read it. */
import { readFileSync, readdirSync } from 'node:fs'
import ts from 'typescript'
import { expect, it } from 'vitest'

/** Names that the first entry may have, types included. */
const MOST = 260
const entries = readdirSync('src').filter((file) => file.endsWith('.ts'))

const config = ts.getParsedCommandLineOfConfigFile('tsconfig.build.json', {}, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: () => undefined,
} as ts.ParseConfigFileHost)
const program = ts.createProgram(
  entries.map((entry) => `src/${entry}`),
  config!.options,
)
const checker = program.getTypeChecker()
const symbolsOf = (entry: string): readonly ts.Symbol[] =>
  checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(`src/${entry}`)!)!)

it('the first entry has so many names that one can read them', () => {
  const { length } = symbolsOf('index.ts')
  expect(length).toBeGreaterThan(100)
  expect(length).toBeLessThanOrEqual(MOST)
})

it('entries say what they hand out, name by name', () => {
  for (const entry of entries) expect(readFileSync(`src/${entry}`, 'utf8'), entry).not.toMatch(/export (?:type )?\*/)
})

it('a name is the same wherever it is handed out', () => {
  const meanings = new Map<string, Set<ts.Symbol>>()
  for (const symbol of entries.flatMap(symbolsOf)) {
    const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    meanings.set(symbol.name, (meanings.get(symbol.name) ?? new Set()).add(meant))
  }
  expect([...meanings].filter(([, meant]) => meant.size > 1).map(([name]) => name)).toEqual([])
})

it('every entry is in package.json, and nothing else', () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Readonly<Record<string, unknown>> }
  const paths = entries.map((entry) => (entry === 'index.ts' ? '.' : `./${entry.replace('.ts', '')}`))
  expect(Object.keys(exports).sort()).toEqual([...paths, './package.json'].sort())
})

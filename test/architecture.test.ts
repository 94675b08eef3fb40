/** The floors of the house, held by reading every import. Each law is also shown a breach that it must see. */
import { readFileSync, readdirSync } from 'node:fs'
import { basename, posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** From the ground up: each imports only from those before it. */
const FLOORS = [
  'checks',
  'safetensors',
  'kernels',
  'tensor',
  'autograd',
  'program',
  'data',
  'serve',
  'metrics',
  'models',
  'training',
  'exchange',
  'node',
  'tables',
]
/** The second door of a floor: kernels by name, of which a bundle has those that are used. */
const SECOND = 'kernels/table'
/** Parts that an entry of their own hands out, so that nobody downloads them unasked. */
const PARTS = [
  'kernels/wasm',
  'kernels/gpujs',
  'program/device',
  'exchange/deepctr',
  'exchange/onnx',
  'exchange/pytorch',
]
/** The backend of the one peer that the core may ask for, the file that asks, and the entry that hands it out. */
const GPUJS = { folder: 'kernels/gpujs/', library: 'kernels/gpujs/library.ts', entry: 'gpujs.ts', peer: 'gpu.js' }
/** The peers that may be asked for, each by the one file that asks. */
const PEERS: Readonly<Record<string, string>> = {
  [GPUJS.library]: GPUJS.peer,
  'tables/library.ts': '@duckdb/node-api',
}
const LONGEST = 200
const VAGUE = /^(utils?|helpers?|common|managers?|base|impl)$/i

interface Source {
  /** Below src/, as in `tensor/create.ts`. */
  readonly path: string
  readonly text: string
}
type Law = (source: Source) => readonly string[]

const parse = ({ path, text }: Source): ts.SourceFile => ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)

function nodes(root: ts.Node): ts.Node[] {
  const found: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(root)
  return found
}

/** What a file imports: statically, dynamically, or as a type in passing. `undefined` where no one can tell. */
const importsOf = (source: Source): (string | undefined)[] =>
  nodes(parse(source)).flatMap((node) => {
    let specifier: ts.Node | undefined
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) specifier = node.moduleSpecifier
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) specifier = node.argument.literal
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      return [node.arguments[0] && ts.isStringLiteralLike(node.arguments[0]) ? node.arguments[0].text : undefined]
    return specifier && ts.isStringLiteralLike(specifier) ? [specifier.text] : []
  })

const isRelative = (specifier: string): boolean => specifier.startsWith('.')
/** The first folder of a path, or nothing for an entry such as `index.ts`. */
const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')
const isEntry = (path: string): boolean => folderOf(path) === ''
const isTesting = (path: string): boolean => path === 'testing.ts' || folderOf(path) === 'testing'

/** Paths below src/ that a file reaches into. */
const reach = (source: Source): string[] =>
  importsOf(source)
    .filter((specifier) => specifier !== undefined)
    .filter(isRelative)
    .map((specifier) => posix.join(posix.dirname(source.path), specifier))

const laws: Readonly<Record<string, { readonly law: Law; readonly breach: Source }>> = {
  'every folder is a floor': {
    law: ({ path }) => (isEntry(path) || isTesting(path) || FLOORS.includes(folderOf(path)) ? [] : [folderOf(path)]),
    breach: { path: 'attic/box.ts', text: '' },
  },
  'a floor imports only from floors below it': {
    law: (source) => {
      const here = folderOf(source.path)
      if (isEntry(source.path) || isTesting(source.path)) return []
      return reach(source).filter((target) => {
        const floor = FLOORS.indexOf(folderOf(target))
        return folderOf(target) !== here && (floor < 0 || floor > FLOORS.indexOf(here))
      })
    },
    breach: { path: 'tensor/create.ts', text: `type Op = import('../autograd/index.ts').Op` },
  },
  'a floor is entered through its index.ts': {
    law: (source) => {
      const doors = [...FLOORS, SECOND, ...(isEntry(source.path) ? [...PARTS, 'testing'] : [])]
      return reach(source).filter(
        (target) =>
          !isEntry(target) &&
          folderOf(target) !== folderOf(source.path) &&
          !doors.some((door) => target === `${door}/index.ts`) &&
          !(isEntry(source.path) && isTesting(source.path) && isTesting(target)),
      )
    },
    breach: { path: 'autograd/op.ts', text: `export * from '../tensor/create.ts'` },
  },
  'the core imports no package, but two files a peer each; testing only fast-check, and only one floor what Node has': {
    law: (source) =>
      importsOf(source)
        .map((specifier) => specifier ?? 'an import that is not a literal')
        .filter((specifier) => !isRelative(specifier))
        .filter((specifier) => !(isTesting(source.path) && specifier === 'fast-check'))
        .filter((specifier) => !(folderOf(source.path) === 'node' && specifier.startsWith('node:')))
        .filter((specifier) => PEERS[source.path] !== specifier),
    breach: { path: 'kernels/gpujs/index.ts', text: `const { GPU } = await import('gpu.js')` },
  },
  'a peer is imported when it is asked for, not before': {
    law: (source) =>
      source.path in PEERS
        ? nodes(parse(source))
            .filter((node) => ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isImportTypeNode(node))
            .map((node) => node.getText())
            .filter((text) => text.includes(`'${PEERS[source.path]}'`))
        : [],
    breach: { path: GPUJS.library, text: `import type { GPU } from 'gpu.js'` },
  },
  'a backend on a peer is reached by its own entry only': {
    law: (source) =>
      source.path === GPUJS.entry || source.path.startsWith(GPUJS.folder)
        ? []
        : reach(source).filter((target) => target.startsWith(GPUJS.folder)),
    breach: { path: 'index.ts', text: `export { gpujs } from './kernels/gpujs/index.ts'` },
  },
  'nothing is exported by default': {
    law: (source) =>
      nodes(parse(source))
        .filter(
          (node) =>
            node.kind === ts.SyntaxKind.DefaultKeyword ||
            ts.isExportAssignment(node) ||
            (ts.isExportSpecifier(node) && node.name.text === 'default'),
        )
        .map((node) => node.getText()),
    breach: { path: 'models/ple.ts', text: 'const ple = 1\nexport { ple as default }' },
  },
  'no name is vague': {
    law: ({ path }) => path.split('/').filter((part) => VAGUE.test(basename(part, '.ts'))),
    breach: { path: 'tensor/utils.ts', text: '' },
  },
  'a file is at most 200 lines': {
    law: ({ path, text }) => {
      const lines = text.trimEnd().split('\n').length
      return lines > LONGEST && !path.endsWith('.generated.ts') ? [`${lines} lines`] : []
    },
    breach: { path: 'tensor/long.ts', text: 'x\n'.repeat(LONGEST + 1) },
  },
  'a file opens by saying what it is': {
    law: ({ text }) => (/^\/[/*]/.test(text) ? [] : [JSON.stringify(text.slice(0, 40))]),
    breach: { path: 'tensor/mute.ts', text: 'export const x = 1' },
  },
}

const sourcesBelow = (folder: string): readonly Source[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('node_modules'))
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(`${folder}/${path}`, 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))

const sources = sourcesBelow('src')

describe.each(Object.entries(laws))('%s', (_, { law, breach }) => {
  it('everywhere in src', () => {
    const breaches = sources.flatMap((source) => law(source).map((what) => `src/${source.path}: ${what}`))
    expect(breaches).toEqual([])
  })

  it('or the test sees it', () => {
    expect(law(breach)).not.toEqual([])
  })
})

it('reads the sources', () => {
  expect(sources.length).toBeGreaterThan(10)
})

/** A circle of imports, if there is one: whoever imports nobody that is left goes, and who cannot go is in it or leads to it. */
function circleIn(files: readonly Source[]): readonly string[] {
  const left = new Map(files.map((source) => [source.path, reach(source)]))
  for (let before = Infinity; left.size < before;) {
    before = left.size
    for (const [path, targets] of left) if (!targets.some((target) => left.has(target))) left.delete(path)
  }
  const walk: string[] = []
  let [at] = left.keys()
  while (at && !walk.includes(at)) {
    walk.push(at)
    at = left.get(at)!.find((target) => left.has(target))!
  }
  return walk.slice(walk.indexOf(at))
}

describe('no import comes back to where it began', () => {
  it('in the whole tree, types included', () => {
    const tree = ['src', 'bench', 'cli', 'examples', 'lab', 'scripts', 'test'].flatMap((folder) =>
      sourcesBelow(folder).map(({ path, text }) => ({ path: `${folder}/${path}`, text })),
    )
    expect(tree.length).toBeGreaterThan(sources.length)
    expect(circleIn(tree)).toEqual([])
  })

  it('or the test sees it', () => {
    const files = [
      { path: 'a.ts', text: `import { b } from './b/index.ts'` },
      { path: 'b/index.ts', text: `export * from './c.ts'` },
      { path: 'b/c.ts', text: `type B = import('./index.ts').B` },
    ]
    expect(circleIn(files)).toEqual(['b/index.ts', 'b/c.ts'])
  })
})

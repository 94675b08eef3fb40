/** Packs the built project and uses it as a stranger would: installed offline, alone, run, and type-checked. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { blocksOf, linksOf, read } from '../test/docs/documents.ts'
import { programsOf } from '../test/docs/programs.ts'
import { projectWithPackage } from './packed.ts'

const NAMES = ['PLE', 'fit', 'adam']
const { exports } = JSON.parse(read('package.json')) as { readonly exports: Readonly<Record<string, unknown>> }
/** Entries that need no peer. */
const ENTRIES = Object.keys(exports)
  .map((path) => path.replace('.', 'plegrad'))
  .filter((path) => !/\.json$|\/(?:gpujs|testing)$/.test(path))
const imports = ENTRIES.map((entry, index) => `import * as entry${index} from '${entry}'`).join('\n')
const entries = `[${ENTRIES.map((_, index) => `entry${index}`).join(', ')}]`
/** More than this is something that was not meant to be in it. */
const MOST_FILES = 1900
/** The oldest that the README promises, where it is installed, and the one that builds. */
const COMPILERS = ['test/runtimes/node_modules/typescript-oldest', 'node_modules/typescript'] as const
const project = projectWithPackage()
const { write, node, npx, bring } = project

const program = `
import { ${NAMES.join(', ')} } from 'plegrad'
${imports}
for (const value of [${NAMES.join(', ')}])
  if (typeof value !== 'function') throw new Error('expected functions but got ' + typeof value)
console.log(${entries}.map((entry) => Object.keys(entry).length).join(' + ') + ' names')
`

const consumer = `
import * as plegrad from 'plegrad'
import { ${NAMES.join(', ')} } from 'plegrad'
${imports}
export const used = [${NAMES.join(', ')}] as const
export const entries: readonly object[] = ${entries}
// @ts-expect-error: the package is typed, so that a wrong name does not compile.
plegrad.thereIsNoSuchName
`

const testing = `
import * as testing from 'plegrad/testing'
export const names: readonly string[] = Object.keys(testing)
if (names.length === 0) throw new Error('expected plegrad/testing to export something')
`

/** Saves a program; then serves it by the small entry alone, in Node and in a worker of it. */
const saving = `
import { writeFileSync } from 'node:fs'
import { PLE, compilePredictor, saveProgram, sparseFeature, wasm } from 'plegrad'
const features = [sparseFeature('user', { hashBuckets: 100 })]
const model = new PLE({ features, taskNames: ['like', 'share'], taskTypes: ['binary', 'binary'] })
const predictor = compilePredictor(model, { backend: wasm({ bytes: 2 ** 24, variant: 'simd' }) })
writeFileSync('model.pleg', saveProgram(predictor))
console.log(predictor.score({ user: 'ann' }).like)
`

const serving = `
import { readFileSync } from 'node:fs'
import { Worker, isMainThread } from 'node:worker_threads'
import { loadProgram, servingWasm } from 'plegrad/serve'
const served = loadProgram(readFileSync('model.pleg'), { backend: servingWasm({ bytes: 2 ** 24, variant: 'simd' }) })
console.log(served.score({ user: 'ann' }).like)
if (isMainThread) new Worker(new URL(import.meta.url))
`

/** What is said where the peer is missing, before it is there. */
const absent = `
import { gpujs } from 'plegrad/gpujs'
const said = await gpujs({ mode: 'webasm' }).then(() => 'nothing', (error) => error.message)
if (!said.includes('expected the peer gpu.js but got none') || !said.includes('npm install gpu.js'))
  throw new Error('expected to be told that gpu.js is missing but got: ' + said)
`

const absentTables = `
import { openTable } from 'plegrad/tables'
const said = await openTable({ sql: 'SELECT 1 AS x' }).then(() => 'nothing', (error) => error.message)
if (!said.includes('expected the peer @duckdb/node-api but got none') || !said.includes('npm install @duckdb/node-api'))
  throw new Error('expected to be told that @duckdb/node-api is missing but got: ' + said)
if (said.includes('\\n')) throw new Error('expected one line but got: ' + said)
`

const present = `
import { matmul, tensor } from 'plegrad'
import { gpujs } from 'plegrad/gpujs'
const backend = await gpujs({ mode: 'webasm' })
const [a, b] = [tensor([1, 2, 3, 4], [2, 2], backend), tensor([5, 6, 7, 8], [2, 2], backend)]
const product = await matmul(a, b).read()
if (product.join() !== '19,22,43,50') throw new Error('expected a product of matrices but got ' + product.join())
await backend.release()
console.log(product.join(' '))
`

const strict = {
  target: 'es2022',
  lib: ['es2022'],
  types: [],
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
}
const RESOLUTIONS = {
  nodenext: { ...strict, module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { ...strict, module: 'esnext', moduleResolution: 'bundler' },
}

/** Paths of all files of the package, from its root. */
const filesOf = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )

/** Links between pages of the package that lead out of it, or nowhere. */
const deadLinks = (pages: readonly string[]): readonly string[] =>
  pages.flatMap((page) =>
    linksOf(readFileSync(page, 'utf8'))
      .filter((link) => !/^(?:https?:|#)/.test(link) && !existsSync(join(dirname(page), link.replace(/#.*/, ''))))
      .map((link) => `${page}: ${link}`),
  )

function checkFiles(): void {
  const files = filesOf(join(project.folder, 'node_modules/plegrad'))
  if (files.length > MOST_FILES)
    throw new Error(`package: expected at most ${MOST_FILES} files but got ${files.length}`)
  const dead = deadLinks(files.filter((file) => file.endsWith('.md')))
  if (dead.length > 0) throw new Error(`package: expected links that lead somewhere but got\n${dead.join('\n')}`)
  console.log(`✓ it has ${files.length} files, and no page of it has a dead link`)
}

/** The first program of the README, saved under the name that the README gives it, in a project that npm has just made. */
function runFirstProgram(): void {
  const [first] = programsOf(blocksOf('README.md'))
  const [, file] = /node (\S+\.mjs)/.exec(read('README.md')) ?? []
  write(file, first.code)
  const printed = node(file)
  if (printed !== first.prints) throw new Error(`${file}: expected ${first.prints} but got ${printed}`)
  console.log(`✓ ${file} of the README prints what it says, after npm init -y`)
}

/** The command line runs without any peer, and says which one a table needs. */
function runCommands(): void {
  const said = (command: string, status: number, words: string): void => {
    const got = npx(`plegrad ${command}`)
    if (got.status !== status || !got.printed.includes(words))
      throw new Error(`plegrad ${command}: expected ${status} and '${words}' but got ${got.status}: ${got.printed}`)
  }
  said('--help', 0, 'Usage: plegrad')
  said('train', 2, "'plegrad init TABLE' makes one")
  write('table.csv', 'user,liked\nann,1\n')
  said('init table.csv', 1, "install it by 'npm install @duckdb/node-api'")
  write(
    'saved.mjs',
    `import { PLE, denseFeature } from 'plegrad'
import { writeModel } from 'plegrad/node'
const tasks = { taskNames: ['like', 'stay'], taskTypes: ['binary', 'regression'] }
await writeModel('saved.safetensors', new PLE({ features: [denseFeature('age')], ...tasks }))
`,
  )
  node('saved.mjs')
  said('inspect saved.safetensors', 0, 'stay')
  console.log('✓ npx plegrad runs without any peer, and says what a table needs')
}

function typeCheck(file: string): void {
  for (const compiler of COMPILERS) {
    if (!existsSync(compiler)) {
      console.log(`– ${file}: no ${compiler}: npm ci --prefix test/runtimes`)
      continue
    }
    const { version } = JSON.parse(read(`${compiler}/package.json`)) as { readonly version: string }
    for (const [name, compilerOptions] of Object.entries(RESOLUTIONS)) {
      write('tsconfig.json', JSON.stringify({ files: [file], compilerOptions }))
      node(resolve(compiler, 'bin/tsc'), '-p', '.')
      console.log(`✓ ${file} type-checks under ${name} by TypeScript ${version}, every declaration included`)
    }
  }
}

try {
  console.log(`✓ ${project.tarball} installs offline and brings no other package`)
  checkFiles()
  runFirstProgram()
  write('program.mjs', program)
  console.log(`✓ plegrad runs: ${node('program.mjs').trim()}`)
  runCommands()
  write('consumer.mts', consumer)
  typeCheck('consumer.mts')

  write('saving.mjs', saving)
  write('serving.mjs', serving)
  const score = node('saving.mjs')
  const scores = node('serving.mjs')
  if (scores !== score + score) throw new Error(`plegrad/serve: expected ${score} twice but got ${scores}`)
  console.log('✓ plegrad/serve scores a saved program in Node and in a worker, to the bits of its model')
  write(
    'serving.mts',
    serving
      .replace(/^import .*node:.*$/gm, '')
      .replace(/readFileSync.*?'\)/, 'new Uint8Array()')
      .replace(/^(console|if).*$/gm, ''),
  )
  typeCheck('serving.mts')

  // Types come without the peer, and with it work begins.
  write('absent.mjs', absent)
  node('absent.mjs')
  console.log('✓ plegrad/gpujs says what it lacks where gpu.js is not installed')
  write('absentTables.mjs', absentTables)
  node('absentTables.mjs')
  console.log('✓ plegrad/tables says what it lacks where @duckdb/node-api is not installed')
  write('gpujs.mts', present.replace(/^console.*$/m, ''))
  typeCheck('gpujs.mts')
  bring('gpu.js')
  write('present.mjs', present)
  console.log(`✓ plegrad/gpujs runs once it is: ${node('present.mjs').trim()}`)

  // The testing entry has one peer, which its users bring.
  bring('fast-check')
  write('testing.mjs', testing.replace(': readonly string[]', ''))
  node('testing.mjs')
  write('testing.mts', testing)
  typeCheck('testing.mts')
} catch (error) {
  const { stdout, message } = error as { readonly stdout?: string; readonly message: string }
  console.error(`✗ ${message}\n${stdout ?? ''}`)
  process.exitCode = 1
} finally {
  project.remove()
}

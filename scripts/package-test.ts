/** Packs the built project and uses it as a stranger would: installed offline, alone, run, and type-checked. */
import { execFileSync, execSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const NAMES = ['PLE', 'fit', 'adam']
const root = process.cwd()
const locate = createRequire(import.meta.url)
const place = mkdtempSync(join(tmpdir(), 'plegrad-'))
const modules = join(place, 'node_modules')

const program = `
import * as plegrad from 'plegrad'
import { ${NAMES.join(', ')} } from 'plegrad'
for (const value of [${NAMES.join(', ')}])
  if (typeof value !== 'function') throw new Error('expected functions but got ' + typeof value)
console.log(Object.keys(plegrad).length + ' names')
`

const consumer = `
import * as plegrad from 'plegrad'
import { ${NAMES.join(', ')} } from 'plegrad'
export const used = [${NAMES.join(', ')}] as const
// @ts-expect-error: the package is typed, so that a wrong name does not compile.
plegrad.thereIsNoSuchName
`

const testing = `
import * as testing from 'plegrad/testing'
export const names: readonly string[] = Object.keys(testing)
if (names.length === 0) throw new Error('expected plegrad/testing to export something')
`

/** What is said where the peer is missing, before it is there. */
const absent = `
import { gpujs } from 'plegrad/gpujs'
const said = await gpujs({ mode: 'webasm' }).then(() => 'nothing', (error) => error.message)
if (!said.includes('expected the peer gpu.js but got none') || !said.includes('npm install gpu.js'))
  throw new Error('expected to be told that gpu.js is missing but got: ' + said)
`

const present = `
import { matmul, tensor } from 'plegrad'
import { gpujs } from 'plegrad/gpujs'
const backend = await gpujs({ mode: 'webasm' })
const [a, b] = [tensor([1, 2, 3, 4], [2, 2], backend), tensor([5, 6, 7, 8], [2, 2], backend)]
const product = await matmul(a, b).read()
if (product.join() !== '19,22,43,50') throw new Error('expected a product of matrices but got ' + product.join())
await backend.destroy()
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

const write = (file: string, text: string): void => writeFileSync(join(place, file), text)
const quiet = { encoding: 'utf8', stdio: 'pipe' } as const
const node = (...args: string[]): string => execFileSync(process.execPath, args, { ...quiet, cwd: place })
const npm = (command: string, cwd: string): string => execSync(`npm ${command}`, { ...quiet, cwd })

/** Makes a peer of the repository's one of the place's. */
const bring = (peer: string): void =>
  symlinkSync(dirname(locate.resolve(`${peer}/package.json`)), join(modules, peer), 'junction')

function typeCheck(file: string): void {
  for (const [name, compilerOptions] of Object.entries(RESOLUTIONS)) {
    write('tsconfig.json', JSON.stringify({ files: [file], compilerOptions }))
    node(locate.resolve('typescript/bin/tsc'), '-p', '.')
    console.log(`✓ ${file} type-checks under ${name}, every declaration included`)
  }
}

/** Installs the tarball into an empty project and nothing else, whatever caches or settings say. */
function install(): void {
  npm(`pack --silent --ignore-scripts --pack-destination "${place}"`, root)
  const tarball = readdirSync(place).find((file) => file.endsWith('.tgz'))
  if (tarball === undefined) throw new Error('npm pack: expected a tarball but got none')
  write('package.json', JSON.stringify({ name: 'consumer', version: '1.0.0', type: 'module', private: true }))
  npm(`install --silent --offline --no-audit --no-fund --ignore-scripts ./${tarball}`, place)
  const installed = readdirSync(modules).filter((name) => !name.startsWith('.'))
  if (installed.join() !== 'plegrad')
    throw new Error(`node_modules: expected plegrad alone but got ${installed.join(', ')}`)
  console.log(`✓ ${tarball} installs offline and brings no other package`)
}

try {
  install()
  write('program.js', program)
  console.log(`✓ plegrad runs: ${node('program.js').trim()}`)
  write('consumer.ts', consumer)
  typeCheck('consumer.ts')

  // Types come without the peer, and with it work begins.
  write('absent.js', absent)
  node('absent.js')
  console.log('✓ plegrad/gpujs says what it lacks where gpu.js is not installed')
  write('gpujs.ts', present.replace(/^console.*$/m, ''))
  typeCheck('gpujs.ts')
  bring('gpu.js')
  write('present.js', present)
  console.log(`✓ plegrad/gpujs runs once it is: ${node('present.js').trim()}`)

  // The testing entry has one peer, which its users bring.
  bring('fast-check')
  write('testing.js', testing.replace(': readonly string[]', ''))
  node('testing.js')
  write('testing.ts', testing)
  typeCheck('testing.ts')
} catch (error) {
  const { stdout, message } = error as { readonly stdout?: string; readonly message: string }
  console.error(`✗ ${message}\n${stdout ?? ''}`)
  process.exitCode = 1
} finally {
  rmSync(place, { recursive: true, force: true })
}

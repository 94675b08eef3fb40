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

  // The testing entry has one peer, which its users bring.
  symlinkSync(dirname(locate.resolve('fast-check/package.json')), join(modules, 'fast-check'), 'junction')
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

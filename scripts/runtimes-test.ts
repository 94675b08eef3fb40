/**
 * Runs the programs of the README, and of the pages on threads and files, in every runtime that is promised: with the
 * package as it is packed, and their output must be what the page says. `npm ci --prefix test/runtimes` brings the
 * runtimes; one that is not there is skipped by name, unless $RUNTIMES_REQUIRE is set.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { blocksOf } from '../test/docs/documents.ts'
import { programsOf } from '../test/docs/programs.ts'
import { projectWithPackage } from './packed.ts'

const PAGES = ['README.md', 'docs/threads.md', 'docs/files.md']
const PEERS = ['gpu.js', 'fast-check']
/** Milliseconds after which a program hangs rather than runs. */
const PATIENCE = 120_000

const installed = (path: string): string => resolve('test/runtimes/node_modules', path)
const RUNTIMES: readonly { readonly program: string; readonly args: readonly string[] }[] = [
  { program: process.execPath, args: [] },
  { program: installed('node22/bin/node'), args: [] },
  { program: installed('node24/bin/node'), args: [] },
  { program: installed('.bin/bun'), args: [] },
  { program: installed('.bin/deno'), args: ['run', '--allow-all', '--no-lock', '--node-modules-dir=manual'] },
]

const execute = promisify(execFile)

/** The runtime's name and version, by what it says of itself: `Node 20.20.2`, `Bun 1.4.5`, `Deno 2.9.6`. */
async function nameOf(program: string): Promise<string> {
  const { stdout } = await execute(program, ['--version'])
  const [version] = /\d+\.\d+\.\d+/.exec(stdout) ?? ['']
  const host = stdout.startsWith('v') ? 'Node' : stdout.startsWith('deno') ? 'Deno' : 'Bun'
  return `${host} ${version}`
}

const project = projectWithPackage()
for (const peer of PEERS) project.bring(peer)
const compilerOptions: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
const programs = PAGES.flatMap((page) => programsOf(blocksOf(page))).map(({ name, code, prints }) => {
  const file = `${name}.mjs`
  project.write(file, ts.transpileModule(code, { compilerOptions }).outputText)
  return { file, prints }
})

/** What is wrong with a program there; undefined: nothing. */
async function faultOf(
  program: string,
  args: readonly string[],
  file: string,
  prints?: string,
): Promise<string | undefined> {
  try {
    const { stdout } = await execute(program, [...args, file], { cwd: project.folder, timeout: PATIENCE })
    return prints === undefined || stdout === prints ? undefined : `expected\n${prints}but got\n${stdout}`
  } catch (error) {
    return String(error)
  }
}

/** Runs all programs in one runtime and says how that went; whether it is there and all was well. */
async function passes(program: string, args: readonly string[]): Promise<boolean> {
  if (!existsSync(program)) {
    console.log(`– ${relative('.', program)} is not installed: npm ci --prefix test/runtimes`)
    return process.env.RUNTIMES_REQUIRE === undefined
  }
  const faults: string[] = []
  for (const { file, prints } of programs) {
    const fault = await faultOf(program, args, file, prints)
    if (fault !== undefined) faults.push(`${file}: ${fault}`)
  }
  const mark = faults.length === 0 ? '✓' : '✗'
  console.log(`${mark} ${await nameOf(program)} runs ${programs.length} programs of ${PAGES.join(', ')}`)
  for (const fault of faults) console.error(fault)
  return faults.length === 0
}

try {
  for (const { program, args } of RUNTIMES) if (!(await passes(program, args))) process.exitCode = 1
} finally {
  project.remove()
}

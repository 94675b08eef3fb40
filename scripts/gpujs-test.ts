/**
 * Runs the suites of GPU.js in every mode that this machine has: in Node, with WebGPU where a Vulkan driver is found, and
 * in Chromium. Its last lines say which modes ran, on which driver, and which did not and why; a mode of $GPUJS_REQUIRE
 * that did not run is a failure, and so is one of which nothing was heard.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import Table from 'cli-table3'
import { NO_DRIVER, driver } from '../test/kernels/gpujs/dawn.ts'
import { NO_CHROMIUM, chromium } from './chromium.ts'

const REPORT = process.env.VITEST_JSON ?? '.cache/gpujs.json'
const SUITES = 'test/gpujs'

/** Every mode that each host could have. */
const MODES: Readonly<Record<string, readonly string[]>> = {
  node: ['cpu', 'webasm', 'webgpu', 'headlessgl'],
  chromium: ['cpu', 'webasm', 'webgpu', 'webgl2', 'webgl'],
}
const PLACES = Object.entries(MODES).flatMap(([host, modes]) => modes.map((mode) => `${host}/${mode}`))
const suiteOf = (place: string): string => `${SUITES}/${place}.gpujs.ts`

interface File {
  readonly name: string
  readonly status: string
  readonly message: string
  readonly assertionResults: readonly { readonly ancestorTitles: readonly string[]; readonly status: string }[]
}

interface Row {
  /** As in `chromium/webgl2`, which is also its file. */
  readonly place: string
  readonly driver: string | undefined
  readonly ran: boolean
  readonly failed: boolean
  readonly text: string
}

const browser = chromium()

/** What a run left of its report: nothing, where it did not get so far. */
function filesOf(report: string): readonly File[] {
  try {
    return (JSON.parse(readFileSync(report, 'utf8')) as { readonly testResults: readonly File[] }).testResults
  } catch {
    return []
  }
}

/** Why nobody asked for it. */
function lackOf(place: string): string | undefined {
  if (!existsSync(suiteOf(place))) return `skipped: there is no ${suiteOf(place)}`
  return place.startsWith('chromium/') && browser === undefined ? NO_CHROMIUM : undefined
}

/** One row for a file, which is one mode on one host. */
function rowOf(place: string, file: File | undefined): Row {
  const unheard = { place, driver: undefined, ran: false }
  if (!file) {
    const lack = lackOf(place)
    return { ...unheard, failed: lack === undefined, text: lack ?? 'failed: nothing was heard of it' }
  }
  const [, , on, skipped] = /^(\w+)(?: on (.+)|, (skipped: .+))$/.exec(titleOf(file)) ?? []
  const count = (status: string): number => file.assertionResults.filter((test) => test.status === status).length
  const [passed, failed] = [count('passed'), count('failed')]
  if (passed + failed > 0) {
    const text = failed > 0 ? `${passed} passed, ${failed} failed` : `${passed} passed`
    return { place, driver: on, ran: true, failed: failed > 0 || file.status === 'failed', text }
  }
  if (skipped && file.status !== 'failed') return { ...unheard, failed: false, text: skipped }
  return { ...unheard, failed: true, text: `failed: ${file.message.split('\n')[0] || 'no test ran'}` }
}

const titleOf = ({ assertionResults }: File): string =>
  assertionResults.find(({ ancestorTitles }) => ancestorTitles.length > 0)?.ancestorTitles[0] ?? ''

function versionOf(path: string): string {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  return /\d+(?:\.\d+)+/.exec(stdout ?? '')?.[0] ?? ''
}
const HOSTS: Readonly<Record<string, string>> = {
  node: `Node ${process.versions.node}`,
  chromium: `Chromium ${browser === undefined ? '' : versionOf(browser)}`.trim(),
}

rmSync(REPORT, { force: true })
const seed = process.env.LAWS_SEED ?? String(Math.floor(Math.random() * 2 ** 31))
const env = { ...process.env, ...driver, VITEST_JSON: REPORT, LAWS_SEED: seed }
console.log(`laws of GPU.js: LAWS_SEED=${seed}`)
const { status } = spawnSync('npx vitest run --config vitest.gpujs.config.ts', { env, shell: true, stdio: 'inherit' })
const files = filesOf(REPORT)
const rows = PLACES.map((place) =>
  rowOf(
    place,
    files.find(({ name }) => name.endsWith(suiteOf(place))),
  ),
)

const table = new Table({
  head: ['mode', 'where', 'driver', 'tests'],
  colWidths: [12, 16, 32, 15],
  wordWrap: true,
  style: { head: [] },
})
for (const { place, driver: name, text } of rows) {
  const [host, mode] = place.split('/')
  table.push([mode, HOSTS[host], ...(name === undefined ? [{ colSpan: 2, content: text }] : [name, text])])
}
console.log(table.toString())
if (!driver) console.log(NO_DRIVER)
console.log(`laws of GPU.js: LAWS_SEED=${seed}`)

const required = (process.env.GPUJS_REQUIRE ?? '').split(',').filter((name) => name !== '')
const answers = ({ place, ran }: Row, name: string): boolean => ran && [place, place.split('/')[1]].includes(name)
const lacking = required.filter((name) => !rows.some((row) => answers(row, name)))
if (lacking.length > 0) console.error(`expected these to run, but they did not: ${lacking.join(', ')}`)
process.exitCode = status === 0 && lacking.length === 0 && !rows.some(({ failed }) => failed) ? 0 : 1

/**
 * Runs the suites of GPU.js in every mode that this machine has: in Node, with WebGPU where a Vulkan driver is found, and
 * in Chromium. Its last lines say which modes ran, on which driver, and which did not and why; a mode of $GPUJS_REQUIRE
 * that did not run is a failure.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import Table from 'cli-table3'
import { NO_DRIVER, driver } from '../test/kernels/gpujs/dawn.ts'
import { NO_CHROMIUM, chromium } from './chromium.ts'

const REPORT = process.env.VITEST_JSON ?? '.cache/gpujs.json'

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly { readonly ancestorTitles: readonly string[]; readonly status: string }[]
  }[]
}

interface Row {
  readonly mode: string
  readonly host: string
  readonly failed: boolean
  readonly ran: boolean
  readonly text: string
}

/** One row for a file, which is one mode on one host. */
function rowOf({ name, message, assertionResults: tests }: Report['testResults'][number]): Row {
  const [, host, mode] = /gpujs\/(\w+)\/(\w+)\.gpujs/.exec(name) ?? ['', name, '']
  const title = tests.find(({ ancestorTitles }) => ancestorTitles.length > 0)?.ancestorTitles[0] ?? ''
  const count = (status: string): number => tests.filter((test) => test.status === status).length
  const [passed, failed] = [count('passed'), count('failed')]
  const ran = passed + failed > 0
  const text = ran
    ? `${title.replace(`${mode} on `, '')}: ${passed} passed, ${failed} failed`
    : title.replace(`${mode}, `, '') || `did not load: ${message.split('\n')[0]}`
  return { mode, host, ran, failed: failed > 0 || tests.length === 0, text }
}

rmSync(REPORT, { force: true })
const env = { ...process.env, ...driver, VITEST_JSON: REPORT }
const { status } = spawnSync('npx vitest run --config vitest.gpujs.config.ts', { env, shell: true, stdio: 'inherit' })
const { testResults } = JSON.parse(readFileSync(REPORT, 'utf8')) as Report
const rows = testResults.map(rowOf)
if (chromium() === undefined)
  rows.push({ mode: 'webgl2', host: 'chromium', ran: false, failed: false, text: NO_CHROMIUM })

const table = new Table({
  head: ['mode', 'host', 'ran on'],
  colWidths: [12, 10, 54],
  wordWrap: true,
  style: { head: [] },
})
for (const { mode, host, text } of rows) table.push([mode, host, text])
console.log(table.toString())
if (!driver) console.log(NO_DRIVER)

const required = (process.env.GPUJS_REQUIRE ?? '').split(',').filter((mode) => mode !== '')
const lacking = required.filter((mode) => !rows.some((row) => `${row.host}/${row.mode}` === mode && row.ran))
if (lacking.length > 0) console.error(`expected these to run, but they did not: ${lacking.join(', ')}`)
process.exitCode = status === 0 && lacking.length === 0 && !rows.some(({ failed }) => failed) ? 0 : 1

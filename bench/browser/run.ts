/**
 * The ladder in Chromium, in vectors of 128 bits and of 256: two browsers, one of them with V8's flag, which take turns at
 * every rung.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NO_CHROMIUM, chromium } from '../../scripts/chromium.ts'
import { brief } from '../gpujs/run.ts'
import type { Width } from '../measure/ceiling.ts'
import { machine, warning } from '../measure/machine.ts'
import { spreadOf } from '../measure/statistics.ts'
import { openPage } from './open.ts'
import type { Opened } from './open.ts'
import type { Entered, Window } from './page.ts'
import { WIDTHS, line, markdown } from './table.ts'
import type { Host, Measured, Run } from './table.ts'

const RESULTS = 'bench/results'
const ROUNDS = 5

/** V8 had it as an experiment, and a browser passes over the name that it does not know. */
const FLAGS: Readonly<Record<Width, readonly string[]>> = {
  narrow: [],
  wide: ['--js-flags=--wasm-revectorize,--experimental-wasm-revectorize'],
}

type Pages = Readonly<Record<Width, Opened>>

/** Functions that are run in a page know nothing of this file. */
const ask = {
  rungs: () => (globalThis as unknown as Window).climber.rungs,
  ceilings: () => (globalThis as unknown as Window).climber.ceilings(),
  enter: (rung: number) => (globalThis as unknown as Window).climber.enter(rung),
  turn: () => (globalThis as unknown as Window).climber.turn(),
  leave: () => {
    ;(globalThis as unknown as Window).climber.leave()
  },
}

async function climb(pages: Pages, rung: number): Promise<Measured> {
  const entered: Entered[] = []
  const samples: Readonly<Record<Width, number[]>> = { narrow: [], wide: [] }
  for (const width of WIDTHS) entered.push(await pages[width].page.evaluate(ask.enter, rung))
  for (let round = 0; round < ROUNDS; round++)
    for (const width of WIDTHS) samples[width].push(...(await pages[width].page.evaluate(ask.turn)))
  for (const width of WIDTHS) await pages[width].page.evaluate(ask.leave)
  const [{ group, size, flops }] = entered
  const timed = WIDTHS.map((width, at) => {
    const { ran, deviation } = entered[at]
    return [width, { ran, deviation, ...spreadOf(samples[width]) }] as const
  })
  return { group, size, ...(flops && { flops }), ...(Object.fromEntries(timed) as Pick<Measured, Width>) }
}

/** @throws Error where numbers are wrong. A browser that is not there is told. */
export async function climbBrowser(folder: string, publish: boolean): Promise<void> {
  const path = chromium()
  if (path === undefined) {
    console.log(NO_CHROMIUM)
    return
  }
  const ran = machine()
  const warned = warning(ran)
  if (warned !== undefined) console.log(warned)
  const script = fileURLToPath(new URL('page.ts', import.meta.url))
  const opened: Opened[] = []
  try {
    for (const width of WIDTHS) opened.push(await openPage(path, script, FLAGS[width]))
    const [narrow, wide] = opened
    const pages: Pages = { narrow, wide }
    const hosts: Host[] = []
    for (const width of WIDTHS) {
      const { name, page } = pages[width]
      const ceilings = await page.evaluate(ask.ceilings)
      hosts.push({ name, width, flags: FLAGS[width], ceilings })
      console.log(`${name}, ${width}: ${ceilings.relaxed.toFixed(1)} GFLOP/s of multiply-adds`)
    }
    const rungs: Measured[] = []
    for (let rung = 0; rung < (await narrow.page.evaluate(ask.rungs)); rung++) {
      const measured = await climb(pages, rung)
      rungs.push(measured)
      console.log(line(measured))
    }
    const run: Run = { machine: ran, hosts, rungs }
    mkdirSync(folder, { recursive: true })
    const target = publish ? RESULTS : folder
    writeFileSync(join(target, 'browser.json'), `${JSON.stringify(run, brief, 2)}\n`)
    writeFileSync(join(target, 'browser.md'), markdown(run))
    console.log(`\n${target}/browser.json and ${target}/browser.md hold the rest`)
  } finally {
    for (const { close } of opened) await close()
  }
}

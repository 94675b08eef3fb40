/** The program for a browser in docs/tables.md is type-checked, runs in Chromium as it stands, and prints what the page says. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium as launcher } from 'playwright'
import { describe, expect, it } from 'vitest'
import { serve } from '../../examples/browser/serve.ts'
import { NO_CHROMIUM, PAGE, chromium } from '../../scripts/chromium.ts'
import { blocksOf } from './documents.ts'
import { workshop } from './programs.ts'

const executablePath = chromium()
const blocks = blocksOf('docs/tables.md')
const at = blocks.findIndex(({ language, info }) => language === 'ts' && info === 'browser')
const [program, prints] = blocks.slice(at)
const packages = createRequire(import.meta.url)

const { folder, write, typeErrors } = workshop('browser', 'src')
const file = write('page.ts', program.code)

it('the program for a browser has types that are right', () => {
  expect(typeErrors([file])).toEqual([])
})

describe.skipIf(executablePath === undefined)(
  `the program for a browser${executablePath ? '' : `: ${NO_CHROMIUM}`}`,
  () => {
    it('prints what the page says', async () => {
      const built = join(folder, 'built')
      mkdirSync(built, { recursive: true })
      await build({
        entryPoints: [file],
        outdir: built,
        tsconfig: join(folder, 'tsconfig.json'),
        bundle: true,
        format: 'esm',
        platform: 'browser',
        target: 'es2022',
        logLevel: 'error',
      })
      for (const name of ['duckdb-eh.wasm', 'duckdb-browser-eh.worker.js'])
        copyFileSync(packages.resolve(`@duckdb/duckdb-wasm/dist/${name}`), join(built, name))
      writeFileSync(join(built, 'index.html'), PAGE)
      writeFileSync(join(built, 'favicon.ico'), '')
      const { url, close } = await serve(built)
      const browser = await launcher.launch({
        executablePath: executablePath!,
        args: ['--no-sandbox', '--disable-dev-shm-usage'],
      })
      try {
        const page = await browser.newPage()
        const said: string[] = []
        const wanted = prints.code.trimEnd().split('\n')
        const all = new Promise<void>((done) => {
          const hear = (line: string): void => {
            if (said.push(line) >= wanted.length) done()
          }
          page.on('console', (message) => hear(message.text()))
          page.on('pageerror', (error) => hear(String(error)))
        })
        await page.goto(url)
        await all
        expect(said).toEqual(wanted)
      } finally {
        await browser.close()
        close()
      }
    })
  },
)

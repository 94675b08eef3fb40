/** The page in the browser as a person uses it, in Chromium: a file is dropped, a model learns, and what is wrong is said. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import axe from 'axe-core'
import { chromium as launcher } from 'playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildPage } from '../../examples/browser/build.ts'
import { inventedTable } from '../../examples/browser/invented.ts'
import { serve } from '../../examples/browser/serve.ts'
import type { Served } from '../../examples/browser/serve.ts'
import { restoreModel } from '../../src/index.ts'
import { NO_CHROMIUM, chromium } from '../../scripts/chromium.ts'

const BUILT = '.cache/browser'
const DESK = { viewport: { width: 1280, height: 900 } }
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
const executablePath = chromium()

describe.skipIf(executablePath === undefined)(
  `a recommender of one's own table${executablePath === undefined ? `: ${NO_CHROMIUM}` : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'page-'))
    const at = (file: string): string => join(folder, file)
    let browser: Browser
    let served: Served
    const errors: string[] = []
    const asked = new Set<string>()

    beforeAll(async () => {
      await buildPage(BUILT)
      served = await serve(BUILT)
      browser = await launcher.launch({
        executablePath: executablePath!,
        args: ['--no-sandbox', '--disable-dev-shm-usage'],
      })
      writeFileSync(at('feed.csv'), await inventedTable(1000).text())
      writeFileSync(at('long.csv'), await inventedTable(20_000).text())
      writeFileSync(at('few.csv'), 'a,y\n1,0\n2,1\n')
      writeFileSync(at('table.xls'), 'nothing')
      writeFileSync(at('broken.parquet'), 'PAR1 no')
      const connection = await (await DuckDBInstance.create(':memory:')).connect()
      await connection.run(`COPY (FROM '${at('feed.csv')}') TO '${at('feed.parquet')}'`)
      connection.closeSync()
    })
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close()
      expect(errors.splice(0)).toEqual([])
      // Nothing was asked of anyone else.
      expect([...asked]).toEqual([new URL(served.url).origin])
    })
    afterAll(async () => {
      await browser?.close()
      served?.close()
      rmSync(folder, { recursive: true })
    })

    async function visit(options: BrowserContextOptions = DESK): Promise<Page> {
      const page = await (await browser.newContext(options)).newPage()
      page.on('pageerror', (error) => errors.push(String(error)))
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) errors.push(message.text())
      })
      page.on('request', (request) => {
        const { protocol, origin } = new URL(request.url())
        if (protocol.startsWith('http')) asked.add(origin)
      })
      await page.goto(served.url)
      return page
    }
    const status = (page: Page, text: RegExp) => page.locator('#status', { hasText: text }).waitFor()
    const problem = async (page: Page): Promise<string> => {
      await page.locator('#problem:not([hidden])').waitFor()
      return (await page.locator('#problem').textContent()) ?? ''
    }
    const choose = (page: Page, file: string) => page.locator('#file').setInputFiles(at(file))
    const violations = async (page: Page): Promise<readonly string[]> => {
      await page.evaluate(axe.source)
      return page.evaluate(async () => {
        const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run()
        return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
      })
    }
    const sideways = (page: Page): Promise<number> =>
      page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    const outputs = (page: Page): Promise<string> => page.locator('#outputs').innerText()

    it.each(['feed.csv', 'feed.parquet'])(
      '%s is read, learned from and ranked by, and its model is a file',
      async (file) => {
        const page = await visit()
        await choose(page, file)
        await status(page, /feed\.\w+: 1,000 rows, 7 columns\./)
        expect(await page.locator('#plan tbody tr').count()).toBe(7)
        expect(await page.locator('select[name=liked]').inputValue()).toBe('binary')
        await page.locator('[name=epochs]').fill('3')
        await page.locator('#train').click()
        await status(page, /^Trained\. The model is that of epoch [123], the best\.$/)
        const scores = await page.locator('#scores tbody td').allTextContents()
        expect(scores).toHaveLength(6)
        for (const score of scores) expect(Number(score)).toBeGreaterThan(0.3)
        expect(await page.locator('#scores thead').innerText()).toMatch(/epoch\s+AUC of liked\s+AUC of finished/)
        expect(await page.locator('#chart path').count()).toBeGreaterThanOrEqual(2)
        const said = await outputs(page)
        expect(said).toMatch(/^liked\s+0\.\d{3}\s+finished\s+0\.\d{3}$/)

        await page.locator('#rank button').click()
        await status(page, /^The best 10 of film, by liked\.$/)
        expect(await page.locator('#hits li').allTextContents()).toHaveLength(10)

        const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#keep').click()])
        await download.saveAs(at('model.safetensors'))
        const features = restoreModel(new Uint8Array(readFileSync(at('model.safetensors')))).features
        expect(features.map(({ name }) => name)).toContain('at_hour')
        const row = await page
          .locator('#fields input')
          .evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value))

        const other = await visit()
        await other.locator('#kept').setInputFiles(at('model.safetensors'))
        await status(other, /^Restored from model\.safetensors\.$/)
        for (const [place, value] of row.entries()) await other.locator('#fields input').nth(place).fill(value)
        await other.locator('#row button').first().click()
        await status(other, /^Predicted\.$/)
        expect(await outputs(other)).toBe(said)
      },
    )

    it('says in words what is wrong, and goes on', async () => {
      const page = await visit()
      await choose(page, 'few.csv')
      expect(await problem(page)).toMatch(/^expected at least 50 rows in few\.csv but got 2: because/)
      await choose(page, 'table.xls')
      expect(await problem(page)).toMatch(/files that end in \.parquet, \.csv/)
      await choose(page, 'broken.parquet')
      expect(await problem(page)).toMatch(/[Pp]arquet/)
      await page.locator('#kept').setInputFiles(at('few.csv'))
      expect(await problem(page)).toMatch(/restoreModel: expected/)

      await choose(page, 'feed.csv')
      await status(page, /1,000 rows/)
      expect(await page.locator('#problem').isHidden()).toBe(true)
      for (const name of ['liked', 'finished']) await page.locator(`select[name=${name}]`).selectOption('out')
      await page.locator('#train').click()
      expect(await problem(page)).toBe(
        'expected a column to predict but got none: say of at least one column that it is predicted',
      )
      await page.locator('select[name=liked]').selectOption('binary')
      await page.locator('[name=epochs]').fill('1')
      await page.locator('#train').click()
      await status(page, /^Trained/)
      await page.locator('#fields input[name=seconds]').fill('long')
      await page.locator('#row button').first().click()
      expect(await problem(page)).toBe('expected a number for seconds but got ‘long’')
    })

    it('a training is stopped when one asks for it, and the model is there', async () => {
      const page = await visit()
      await choose(page, 'long.csv')
      await status(page, /20,000 rows/)
      await page.locator('[name=epochs]').fill('100')
      await page.locator('#train').click()
      await status(page, /^Step \d+ of \d+\.$/)
      await page.locator('#stop').click()
      await status(page, /^Stopped; the model is what it was by then\.$/)
      expect(await outputs(page)).toMatch(/liked\s+0\./)
    })

    it('the keyboard alone will do, and the focus stays where one is', async () => {
      const page = await visit()
      const tabTo = async (selector: string): Promise<void> => {
        for (let steps = 0; steps < 60; steps++) {
          if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return
          await page.keyboard.press('Tab')
        }
        throw new Error(`expected to come to ${selector} by Tab but did not`)
      }
      await tabTo('#invent')
      await page.keyboard.press('Enter')
      await status(page, /4,000 rows/)
      await tabTo('[name=epochs]')
      await page.keyboard.press('Control+A')
      await page.keyboard.type('1')
      await page.keyboard.press('Enter')
      await status(page, /^Trained/)
      await tabTo('#rank button')
      await page.keyboard.press('Enter')
      await status(page, /^The best 10/)
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Recommend')
    })

    it.each([
      ['light, on a desk', { ...DESK, colorScheme: 'light' }],
      ['dark, on a desk', { ...DESK, colorScheme: 'dark' }],
      ['light, on a phone', { ...PHONE, colorScheme: 'light' }],
      ['dark, on a phone', { ...PHONE, colorScheme: 'dark' }],
    ] as const)('is without violations and goes nowhere sideways: %s', async (_, options) => {
      const page = await visit(options)
      expect(await violations(page)).toEqual([])
      await choose(page, 'few.csv')
      await problem(page)
      expect(await violations(page)).toEqual([])
      await choose(page, 'feed.csv')
      await status(page, /1,000 rows/)
      await page.locator('[name=epochs]').fill('1')
      await page.locator('#train').click()
      await status(page, /^Trained/)
      await page.locator('#rank button').click()
      await page.locator('#hits li').first().waitFor()
      expect(await violations(page)).toEqual([])
      expect(await sideways(page)).toBeLessThanOrEqual(0)
    })

    it('a policy that its server sends lets it ask nobody else', async () => {
      const page = await visit()
      const asking = await page.evaluate(() => fetch('http://localhost:1/').then(String, String))
      expect(asking).toMatch(/Failed to fetch/)
      expect(errors.splice(0).join()).toMatch(/Content Security Policy/)
      asked.delete('http://localhost:1')
    })
  },
)

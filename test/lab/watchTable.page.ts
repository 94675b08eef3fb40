/** A table of one's own in “Watch it learn”, in Chromium: it trains, it stays, and what is wrong with it is told in words. */
import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright'
import { PLE, adam, fit, wasm } from '../../src/index.ts'
import { DEFAULTS } from '../../lab/watch/settings.ts'
import { parsed, tablePrepared } from '../../lab/watch/table.ts'
import { DESK, absent, violations, visits } from './visit.ts'
import { viewsTable } from './viewsTable.ts'

const ROOM = 'watch/index.html?data=file&epochs=3&pace=fast'
const drop = (page: Page, text: string) =>
  page.setInputFiles('#file', { name: 'views.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })

describe.skipIf(absent !== undefined)(`a table of one's own${absent === undefined ? '' : `: ${absent}`}`, () => {
  const { open, site } = visits()

  it('trains on it to the numbers of the library, and asks for nothing from anywhere', async () => {
    const page = await open(ROOM)
    await page.locator('#file').waitFor()
    expect(await page.isDisabled('#run')).toBe(true)
    await drop(page, viewsTable(400))
    await page.locator('.network').nth(1).waitFor()
    expect(
      await page.locator('.columns select').evaluateAll((all) => all.map((each) => (each as HTMLSelectElement).value)),
    ).toEqual(['out', 'category', 'number', 'binary', 'regression'])
    expect(await violations(page)).toEqual([])
    const before = site().asked().length
    await page.click('#run')
    await page.locator('#run', { hasText: 'Trained' }).waitFor()
    const asked = site().asked().slice(before)
    expect(asked.every((path) => /^assets\/(charts|plots)-/.test(path))).toBe(true)

    const roles = { number: ['minutes'], category: ['user'], binary: ['liked'], regression: ['watched'] }
    const settings = { ...DEFAULTS, epochs: 3 }
    const { train: data, validation, tasks } = tablePrepared(parsed(viewsTable(400)), roles, settings)
    const model = new PLE({
      features: data.features,
      taskNames: Object.keys(tasks),
      taskTypes: Object.values(tasks),
      seed: settings.seed,
      expertDnnHiddenUnits: [8],
      towerDnnHiddenUnits: [8],
    })
    const { epochs } = await fit(model, {
      data,
      validation,
      metrics: { liked: ['logLoss'], watched: ['mse'] },
      batchSize: settings.batch,
      epochs: 3,
      seed: settings.seed,
      backend: wasm({ variant: 'simd', bytes: 2 ** 26 }),
      restoreBest: false,
      optimizer: adam({ learningRate: settings.b.rate }),
    })
    for (const [task, metric] of [
      ['liked', 'logLoss'],
      ['watched', 'mse'],
    ])
      expect(Number(await page.locator(`data#b-validation-${task}`).getAttribute('value'))).toBe(
        epochs[2].validation![task][metric],
      )
  })

  it('keeps roles in the link, and takes them for the same file', async () => {
    const page = await open(ROOM)
    await drop(page, viewsTable(60))
    await page.locator('.columns').waitFor()
    await page.getByLabel('Role of minutes').selectOption('category')
    await page.waitForFunction(() => location.search.includes('category=minutes'))
    const other = await open(`watch/index.html${new URL(page.url()).search}`)
    await drop(other, viewsTable(60))
    await other.locator('.columns').waitFor()
    expect(await other.getByLabel('Role of minutes').inputValue()).toBe('category')
  })

  it('answers bad cells and files in words', async () => {
    const page = await open(ROOM, DESK)
    const complaint = (words: string) => page.locator('.complaint', { hasText: words }).first().waitFor()
    await drop(page, 'user,minutes\nann,3\n')
    await complaint(
      'views.csv: table: expected at least three columns but got 2: because two tasks have to be predicted from something',
    )
    await drop(page, viewsTable(60).replace(/^([^\n]*\n[^\n]*),[^,\n]*\n/, '$1\n'))
    await complaint('expected 5 cells in line 2 but got 4')
    await drop(page, viewsTable(60).replace(/,0\.\d+\n$/, ',much\n'))
    await complaint("table: expected numbers or nothing in column 'watched' but got 'much' in line 61")
    await page.getByLabel('Role of watched').selectOption('out')
    await complaint('table: expected at least two tasks but got 1: because one task has nobody to learn with')
    expect(await page.isDisabled('#run')).toBe(true)
    await page.getByLabel('Role of minutes').selectOption('regression')
    await page.locator('.network').nth(1).waitFor()
    expect(await page.locator('.complaint').count()).toBe(0)
  })
})

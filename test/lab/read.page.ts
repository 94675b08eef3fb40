/** “Read” as a person uses it, in Chromium: its shelf, its search, its pages, by mouse, by keyboard alone and on a phone. */
import { readFileSync, readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { JSDOM } from 'jsdom'
import { describe, expect, it } from 'vitest'
import { declaredOps } from '../../lab/read/ops.ts'
import { BUILT, DESK, PHONE, absent, sideways, violations, visits } from './visit.ts'

const ROOM = 'read/index.html'
const PAGES = [
  ROOM,
  'read/ops.html',
  'read/derivations.html',
  'read/lab.html',
  'read/api/index/classes/PLE.html',
  'read/source/src/models/ple.ts.html',
]

describe.skipIf(absent !== undefined)(`read${absent === undefined ? '' : `: ${absent}`}`, () => {
  const { open, site } = visits()

  it('takes less than 250 KB for its first view, and says what it has within a second', async () => {
    const before = site().sent()
    const page = await open(ROOM)
    await page.locator('.shelves').waitFor()
    expect(site().sent() - before).toBeLessThan(250_000)
    expect(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime)).toBeLessThan(
      3000,
    )
  })

  it('is searched by keyboard alone, and says when nothing is found', async () => {
    const page = await open(ROOM)
    for (let presses = 0; presses < 20; presses++) {
      if ((await page.evaluate(() => document.activeElement?.id)) === 'query') break
      await page.keyboard.press('Tab')
    }
    await page.keyboard.type('qqqqqqq')
    await page.locator('#found', { hasText: 'Nothing is found for ‘qqqqqqq’' }).waitFor()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('matmulNT')
    await page.locator('#results a').first().waitFor()
    expect(new URL(page.url()).search).toBe('?q=matmulNT')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('matmulNT')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.locator('article h1').waitFor()
    expect(await page.locator('article').textContent()).toContain('matmulNT')
    await page.goBack()
    await page.locator('#results a').first().waitFor()
    expect(await page.inputValue('#query')).toBe('matmulNT')
  })

  it('leads from an op to the line that declares it, and to how it is derived', async () => {
    const page = await open('read/ops.html#mix')
    const section = page.locator('.op', { has: page.locator('h2#mix') })
    const { path, line } = declaredOps(
      Object.fromEntries(
        readdirSync('src/autograd/ops').map((file) => [
          `src/autograd/ops/${file}`,
          readFileSync(`src/autograd/ops/${file}`, 'utf8'),
        ]),
      ),
    ).find(({ op }) => op === 'mix')!
    await section.getByRole('link', { name: `${path}, line ${line}` }).click()
    const lit = page.locator('.line:target')
    await lit.waitFor()
    expect(await lit.textContent()).toBe(readFileSync(path, 'utf8').split('\n')[line - 1])
    await page.goBack()
    await section.getByRole('link', { name: 'how it is derived' }).click()
    await page.locator('h2:target', { hasText: 'mixture' }).waitFor()
  })

  it('is reached from the rule of a step of the walk', async () => {
    const page = await open('walk/index.html?example=gate&step=1')
    await page.getByRole('link', { name: 'matmul among all ops' }).click()
    await page.locator('h2:target', { hasText: /^matmul$/ }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: /^src.autograd.ops.matmul\.ts, line/ }).click()
    await page.locator('.line:target', { hasText: 'matmul' }).waitFor()
  })

  it.each(
    PAGES.flatMap((path) =>
      Object.entries({ light: DESK, dark: { ...DESK, colorScheme: 'dark' as const }, phone: PHONE }).map(
        ([view, options]) => [path, view, options] as const,
      ),
    ),
  )('has nothing on %s that axe-core would object to, and fits, in %s', async (path, _, options) => {
    const page = await open(path, options)
    expect(await violations(page)).toEqual([])
    expect(await sideways(page)).toBe(0)
  })

  it('can be read without a script, and printed without what is there to click', async () => {
    const page = await open('read/tour.html', { ...DESK, javaScriptEnabled: false })
    await page.getByRole('heading', { level: 1, name: 'A tour of plegrad' }).waitFor()
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('nav').first().isVisible()).toBe(false)
    expect(await page.locator('.contents').isVisible()).toBe(false)
    expect(await page.locator('article').isVisible()).toBe(true)
  })
})

it('has no link that leads nowhere, on any of its pages', () => {
  const all = readdirSync(BUILT, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'))
  const files = new Set(all)
  const pages = all.filter((path) => /^read\/.*\.html$/.test(path) && !path.startsWith('read/reports/'))
  expect(pages.length).toBeGreaterThan(1000)
  const texts = new Map(pages.map((path) => [path, readFileSync(`${BUILT}/${path}`, 'utf8')]))
  const ids = new Map(
    [...texts].map(([path, text]) => [path, new Set([...text.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id))]),
  )
  const dead: string[] = []
  for (const [path, text] of texts)
    for (const [, href] of text.matchAll(/\b(?:href|src)="([^"]+)"/g)) {
      if (/^(https?|mailto|data):/.test(href)) continue
      const [to, anchor] = href.split('#')
      const target = to === '' ? path : posix.join(posix.dirname(path), to)
      if (!files.has(target) || (anchor !== undefined && ids.get(target)?.has(anchor) === false))
        dead.push(`${href} on ${path}`)
    }
  expect(dead).toEqual([])
  // No page has an anchor twice.
  for (const path of ['read/ops.html', 'read/derivations.html', 'read/api/index/classes/PLE.html']) {
    const { document } = new JSDOM(texts.get(path)).window
    const own = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    expect(new Set(own).size, path).toBe(own.length)
  }
})

/** Renews the pictures of the lab in docs/figures/: each room after it was used, light, dark and on a phone. */
import { writeFileSync } from 'node:fs'
import { chromium as launcher } from 'playwright'
import type { BrowserContextOptions, Page } from 'playwright'
import { serve } from '../test/lab/site.ts'
import { NO_CHROMIUM, chromium } from './chromium.ts'

const BUILT = '.cache/lab'
const TO = 'docs/figures'

interface View {
  readonly options: BrowserContextOptions
  readonly height: number
}

const VIEWS: Readonly<Record<string, View>> = {
  light: { options: { viewport: { width: 1240, height: 900 }, colorScheme: 'light' }, height: 2260 },
  dark: { options: { viewport: { width: 1240, height: 900 }, colorScheme: 'dark' }, height: 2260 },
  phone: { options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, height: 844 },
}

/** What is done in a room before its picture is taken, and from where on it is taken. */
const ROOMS: Readonly<
  Record<
    string,
    {
      readonly at: string
      readonly use: (page: Page) => Promise<void>
      readonly from: string
      readonly onPhone: string
    }
  >
> = {
  watch: {
    at: 'watch/index.html?correlation=-0.6&epochs=24&b.shared=2',
    async use(page) {
      await page.locator('.network').nth(1).waitFor()
      await page.click('#run')
      await page.locator('#run', { hasText: 'Trained' }).waitFor()
      await page.locator('#cosines-b svg').waitFor()
      await page.waitForTimeout(1500)
    },
    from: '.bar',
    onPhone: '.models',
  },
  walk: {
    at: 'walk/index.html?example=cgc&step=29&compile=wasm',
    async use(page) {
      await page.locator('.place .source').waitFor()
      await page.locator('#arena svg').waitFor()
      await page.selectOption('#broken', 'softmax')
      await page.click('#check')
      await page.locator('.fails').waitFor()
    },
    from: '.split',
    onPhone: '.place',
  },
  read: {
    at: 'read/index.html?q=softmax',
    async use(page) {
      await page.locator('#results a').first().waitFor()
    },
    from: 'header',
    onPhone: '.find',
  },
}

/** As WebP, which Playwright does not write. */
async function picture(page: Page, top: number, height: number, width: number): Promise<Buffer> {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'webp',
    quality: 72,
    captureBeyondViewport: true,
    clip: { x: 0, y: top, width, height, scale: 1 },
  })
  return Buffer.from(data, 'base64')
}

const executablePath = chromium()
if (executablePath === undefined) throw new Error(NO_CHROMIUM)
/** All rooms, or those that are named. */
const named = process.argv.slice(2)
const site = await serve(BUILT)
const browser = await launcher.launch({ executablePath, args: ['--no-sandbox'] })
for (const [room, { at, use, from, onPhone }] of Object.entries(ROOMS).filter(
  ([room]) => named.length === 0 || named.includes(room),
))
  for (const [view, { options, height }] of Object.entries(VIEWS)) {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
    const page = await context.newPage()
    await page.goto(site.url + at)
    await use(page)
    const { y } = await page.evaluate(
      (what) => {
        scrollTo(0, 0)
        return document.querySelector(what)!.getBoundingClientRect().toJSON() as DOMRect
      },
      view === 'phone' ? onPhone : from,
    )
    const path = `${TO}/lab-${room}-${view}.webp`
    const top = Math.max(0, y - 12)
    const below = (await page.evaluate(() => document.documentElement.scrollHeight)) - top
    const bytes = await picture(page, top, Math.min(height, below), options.viewport!.width)
    writeFileSync(path, bytes)
    console.log(`${path}: ${(bytes.length / 1000).toFixed(0)} KB`)
    await context.close()
  }
await browser.close()
site.close()

/** A browser that visits the lab, and hears every error of its pages. */
import { chromium as launcher } from 'playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright'
import axe from 'axe-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { NO_CHROMIUM, chromium } from '../../scripts/chromium.ts'
import { serve } from './site.ts'
import type { Site } from './site.ts'

export const absent = chromium() === undefined ? NO_CHROMIUM : undefined

export const BUILT = '.cache/lab'
export const DESK = { viewport: { width: 1280, height: 900 } }
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

const ARGS = ['--no-sandbox', '--disable-dev-shm-usage', '--enable-precise-memory-info', '--js-flags=--expose-gc']

export interface Visits {
  readonly site: () => Site
  /** The errors that pages had so far, which then count no more. */
  readonly errors: () => readonly string[]
  /** Opens an address of the lab in a browser that has been nowhere; of this lab, or of another. */
  readonly open: (path: string, options?: BrowserContextOptions, at?: Site) => Promise<Page>
}

/** One browser for a suite. A test in which a page had an error fails. */
export function visits(): Visits {
  let browser: Browser
  let site: Site
  const errors: string[] = []
  beforeAll(async () => {
    if (absent !== undefined) return
    browser = await launcher.launch({ executablePath: chromium()!, args: ARGS })
    site = await serve(BUILT)
  })
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close()
    expect(errors.splice(0)).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
  })
  return {
    site: () => site,
    errors: () => errors.splice(0),
    async open(path, options = DESK, at = site) {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
      const page = await context.newPage()
      page.on('pageerror', (error) => errors.push(String(error)))
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) errors.push(message.text())
      })
      await page.goto(at.url + path)
      return page
    },
  }
}

/** What axe-core finds wrong with a page as it stands, as lines. */
export async function violations(page: Page): Promise<readonly string[]> {
  // The page's policy lets no script in but its own, and evaluation by the debugger is none.
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run()
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
    )
  })
}

/** How far a page can be moved sideways, in pixels. */
export const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

/** A page of ours in a Chromium of its own, cross-origin isolated, so that its clock is exact. */
import { build } from 'esbuild'
import { chromium as browsers } from 'playwright'
import type { Page } from 'playwright'
import { ISOLATION, PAGE } from '../../scripts/chromium.ts'

const ORIGIN = 'http://localhost'

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  })
  return outputFiles[0].text
}

export interface Opened {
  /** Such as `Chromium 156.0.8078.73`. */
  readonly name: string
  readonly page: Page
  /** What went wrong in the page. */
  readonly errors: readonly Error[]
  readonly close: () => Promise<void>
}

/** `prepare` has the page before it runs. */
export async function openPage(
  executablePath: string,
  entry: string,
  flags: readonly string[],
  prepare: (page: Page) => Promise<unknown> = () => Promise.resolve(),
): Promise<Opened> {
  const script = await bundle(entry)
  const browser = await browsers.launch({ executablePath, args: [...flags] })
  const page = await browser.newPage()
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  await prepare(page)
  await page.route(`${ORIGIN}/**`, async (route) => {
    const [contentType, body] = route.request().url().endsWith('.js')
      ? ['text/javascript', script]
      : ['text/html', PAGE]
    await route.fulfill({ headers: ISOLATION, contentType, body })
  })
  await page.goto(ORIGIN)
  return { name: `Chromium ${browser.version()}`, page, errors, close: () => browser.close() }
}

/** The hall and the way from room to room, in Chromium. */
import { describe, expect, it } from 'vitest'
import { ROOMS } from '../../lab/rooms.ts'
import { DESK, PHONE, absent, sideways, violations, visits } from './visit.ts'

describe.skipIf(absent !== undefined)(`the hall${absent === undefined ? '' : `: ${absent}`}`, () => {
  const { open, errors, site } = visits()

  it.each(Object.entries({ desk: DESK, dark: { ...DESK, colorScheme: 'dark' as const }, phone: PHONE }))(
    'leads to every room and back, on a %s',
    async (_, options) => {
      const page = await open('index.html', options)
      expect(await violations(page)).toEqual([])
      expect(await sideways(page)).toBe(0)
      for (const { title, folder } of ROOMS) {
        await page.locator('main').getByRole('link', { name: title }).click()
        await page.getByRole('heading', { level: 1, name: title }).waitFor()
        expect(new URL(page.url()).pathname).toBe(`/somewhere/${folder}/index.html`)
        await page.getByRole('navigation').getByRole('link', { name: 'The lab' }).click()
        await page.getByRole('heading', { level: 1, name: 'The lab' }).waitFor()
      }
    },
  )

  it('lets no page fetch anything', async () => {
    const page = await open('index.html')
    const fetched = await page.evaluate(() =>
      fetch('./index.html').then(
        () => 'fetched',
        () => 'refused',
      ),
    )
    expect(fetched).toBe('refused')
    expect(errors().join()).toContain('Content Security Policy directive: "connect-src \'none\'"')
  })

  it('lets no worker fetch anything either', async () => {
    const page = await open('watch/index.html')
    const started = page.waitForEvent('worker')
    await page.locator('.network').nth(1).waitFor()
    const workers = page.workers().length > 0 ? page.workers() : [await started]
    for (const worker of workers)
      expect(
        await worker.evaluate((address) => fetch(address).then(() => 'fetched', String), `${site().url}index.html`),
      ).toMatch(/^TypeError/)
  })
})

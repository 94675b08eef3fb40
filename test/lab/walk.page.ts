/** “Walk the tape” as a person uses it, in Chromium: by mouse, by keyboard alone and on a phone. */
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { compiledOf } from '../../lab/walk/compiled.ts'
import { EXAMPLES } from '../../lab/walk/examples.ts'
import { tapeOf } from '../../lab/walk/tape.ts'
import { DESK, PHONE, absent, sideways, violations, visits } from './visit.ts'

const ROOM = 'walk/index.html'

const valuesIn = (page: Page, id: string): Promise<number[]> =>
  page.locator(`#${id} data`).evaluateAll((all) => all.map((each) => Number(each.getAttribute('value'))))
const step = (page: Page, at: number) => page.locator('output[for=at]', { hasText: new RegExp(`^${at}$`) }).waitFor()

describe.skipIf(absent !== undefined)(`walk the tape${absent === undefined ? '' : `: ${absent}`}`, () => {
  const { open, site } = visits()

  it('takes less than 250 KB for its first view', async () => {
    const before = site().sent()
    const page = await open(ROOM)
    await page.locator('.tape').waitFor()
    expect(site().sent() - before).toBeLessThan(250_000)
    expect(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime)).toBeLessThan(
      3000,
    )
  })

  it('steps forward and back through the numbers, rules and lines of the library', async () => {
    const page = await open(`${ROOM}?seed=4`)
    const tape = tapeOf(EXAMPLES.dense.code, 4)
    const { steps, entries, cotangents } = tape
    for (let at = 1; at <= 2 * steps.length; at++) {
      await page.click('#next')
      await step(page, at)
      const back = at > steps.length
      const entry = back ? steps[2 * steps.length - at] : steps[at - 1]
      if (!back) {
        expect(await valuesIn(page, 'output')).toEqual([...entry.tensor.values])
        expect(await valuesIn(page, 'input-0')).toEqual([...entries[entry.inputs[0]].tensor.values])
      } else {
        expect(await valuesIn(page, 'cotangent')).toEqual([...cotangents[entry.index].values])
        const [{ to, cotangent }] = tape.shares(entry)
        expect(await valuesIn(page, 'share-0')).toEqual([...cotangent!.values])
        expect(await valuesIn(page, 'arrived-0')).toEqual([...tape.arrived(entries[to], at - steps.length)!.values])
      }
      await page.locator('.source code', { hasText: `op('${entry.op!}',` }).waitFor()
    }
    expect(await page.isDisabled('#next')).toBe(true)
    expect(new URL(page.url()).search).toBe(`?seed=4&step=${2 * steps.length}`)
    expect(await page.locator('.tape .reached').count()).toBe(entries.length)
  })

  it('walks the gradient of a gradient, and names its boxes', async () => {
    const page = await open(`${ROOM}?seed=4`)
    await page.selectOption('#by', 'w')
    await page.locator('.tape .derived').first().waitFor()
    const tape = tapeOf(EXAMPLES.dense.code, 4, { by: 'w' })
    expect(await page.locator('.tape .derived').count()).toBe(tape.entries.filter(({ derived }) => derived).length)
    for (const at of [tape.steps.length, tape.steps.length + 1, tape.steps.length + 6, 2 * tape.steps.length]) {
      await page.locator('#at').fill(String(at))
      await step(page, at)
      const back = at > tape.steps.length
      const entry = back ? tape.steps[2 * tape.steps.length - at] : tape.steps[at - 1]
      const expected = back ? tape.cotangents[entry.index] : entry.tensor
      expect(await valuesIn(page, back ? 'cotangent' : 'output')).toEqual([...expected.values])
      const box = await page.locator('.tape g.now').boundingBox()
      const place = await page.locator('.tape-place').boundingBox()
      expect(box!.y).toBeGreaterThanOrEqual(place!.y - 1)
      expect(box!.y + box!.height).toBeLessThanOrEqual(place!.y + place!.height + 1)
    }
    await page.locator('#derivation', { hasText: 'the gradient by w' }).waitFor()
    const other = await open(`${ROOM}?by=h`)
    await other
      .locator('.complaint', { hasText: 'Second order: expected a gradient by one of x, w, c but got by h' })
      .waitFor()
    expect(await other.locator('.tape .derived').count()).toBe(0)
  })

  it.each(['cpu', 'wasm'] as const)('shows what compile makes of it on %s, pass by pass', async (target) => {
    const page = await open(`${ROOM}?example=cgc&seed=4`)
    await page.selectOption('#target', target)
    await page.locator('#compiled').waitFor()
    const compiled = compiledOf(tapeOf(EXAMPLES.cgc.code, 4), target)
    const [result, apart] = await page
      .locator('#compiled data')
      .evaluateAll((all) => all.map((each) => Number(each.getAttribute('value'))))
    expect([result, apart]).toEqual([compiled.result, compiled.apartFromTape])
    const after = await page
      .locator('.compiler tbody data')
      .evaluateAll((all) => all.map((each) => Number(each.getAttribute('value'))))
    expect(after).toEqual(compiled.passes.map(({ calls }) => calls.length))
    expect(await page.locator('#arena rect').count()).toBe(compiled.stretches.length)
    for (const { name, calls, change } of compiled.passes) {
      await page.getByRole('button', { name, exact: true }).click()
      await page.locator('figcaption', { hasText: `After ${name}: ${calls.length} call` }).waitFor()
      expect(await page.locator('#calls del').count()).toBe(change?.gone.length ?? 0)
      expect(await page.locator('#calls ins').count()).toBe(change?.made.length ?? 0)
    }
    expect(new URL(page.url()).search).toBe(`?example=cgc&seed=4&compile=${target}&pass=merge+layers`)
    const other = await open(ROOM + new URL(page.url()).search)
    await other.locator('[aria-pressed=true]', { hasText: 'merge layers' }).waitFor()
    await page.selectOption('#target', '')
    await page.locator('#compiled').waitFor({ state: 'detached' })
  })

  it('says why it does not compile where the browser has no WebAssembly', async () => {
    const page = await open('index.html')
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'WebAssembly'))
    await page.goto(`${site().url}${ROOM}?compile=wasm`)
    await page.locator('.complaint', { hasText: 'Compiled for wasm:' }).waitFor()
    await page.selectOption('#target', 'cpu')
    await page.locator('#compiled').waitFor()
    expect(await page.locator('.complaint').count()).toBe(0)
  })

  it('completes ops, and names of lines above, by keyboard alone', async () => {
    const page = await open(ROOM)
    await page.locator('textarea').focus()
    await page.locator('.cm-content').waitFor()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('width = normal([2, 3])\ny = logSoft')
    const list = page.locator('.cm-tooltip-autocomplete')
    await list.getByText('...b n -> ...b n').first().waitFor()
    await page.waitForTimeout(150)
    await page.keyboard.press('Enter')
    await page.keyboard.type('wid')
    await list.getByText('width').waitFor()
    await page.waitForTimeout(150)
    await page.keyboard.press('Enter')
    await page.keyboard.type(')\nsum(y)')
    await page.locator('.tape', { hasText: 'logSoftmax' }).waitFor()
    expect(new URL(page.url()).searchParams.get('code')).toBe('width = normal([2, 3])\ny = logSoftmax(width)\nsum(y)')
    await page.keyboard.type('oops')
    await page.locator('.wrong-line', { hasText: 'sum(y)oops' }).waitFor()
    await page.keyboard.press('Control+Z')
    await page.locator('.wrong-line').waitFor({ state: 'detached' })
    // Tab leaves it.
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('.cm-editor') ?? null)).toBeNull()
  })

  it('catches a rule that is broken', async () => {
    const page = await open(`${ROOM}?example=gate`)
    await page.click('#check')
    await page.locator('.holds', { hasText: 'Every gradient agrees' }).waitFor()
    const worst = await page.locator('#checked data').first().getAttribute('value')
    expect(Number(worst)).toBe(tapeOf(EXAMPLES.gate.code, 1).check().orders[0].worst)
    await page.selectOption('#broken', 'softmax')
    await page.locator('.holds').waitFor({ state: 'detached' })
    await page.click('#check')
    await page.locator('.fails', { hasText: 'by its rule and' }).waitFor()
    await page.selectOption('#broken', '')
    await page.click('#check')
    await page.locator('.holds').waitFor()
  })

  it('is used by keyboard alone, and answers a broken program in words', async () => {
    const page = await open(ROOM)
    const focus = async (id: string): Promise<void> => {
      for (let presses = 0; presses < 40; presses++) {
        if ((await page.evaluate(() => document.activeElement?.id)) === id) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`expected #${id} to be reached by Tab`)
    }
    await focus('code')
    await page.locator('.cm-content').waitFor()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('x = normal([2, 3])\nmatmul(x, x)')
    await page
      .locator('.complaint', { hasText: 'line 2: matmul: expected (m k), (k n) but got (2×3), (2×3)' })
      .waitFor()
    expect(await page.isDisabled('#next')).toBe(true)
    await page.keyboard.press('Control+A')
    await page.keyboard.type('x = normal([2, 3])\nsum(matmulNT(x, x))')
    await page.locator('.complaint').waitFor({ state: 'detached' })
    await focus('next')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await step(page, 2)
    await focus('at')
    await page.keyboard.press('End')
    await page.locator('h2', { hasText: 'Back through matmulNT1' }).waitFor()
    const other = await open(ROOM + new URL(page.url()).search)
    await other.locator('h2', { hasText: 'Back through matmulNT1' }).waitFor()
    expect(await other.inputValue('#code')).toBe('x = normal([2, 3])\nsum(matmulNT(x, x))')
  })

  it.each(Object.entries({ light: DESK, dark: { ...DESK, colorScheme: 'dark' as const }, phone: PHONE }))(
    'has nothing that axe-core would object to, and fits, in %s',
    async (_, options) => {
      const page = await open(`${ROOM}?example=cgc&by=x&compile=wasm`, options)
      await page.locator('#arena svg').waitFor()
      await page.locator('textarea').focus()
      await page.locator('.cm-content').waitFor()
      for (const at of [0, 9, 20]) {
        await page.locator('#at').fill(String(at))
        await step(page, at)
        if (at > 0) await page.locator('.place .source').waitFor()
        expect(await violations(page)).toEqual([])
        expect(await sideways(page)).toBe(0)
      }
      await page.locator('#next').click()
      await step(page, 21)
    },
  )
})

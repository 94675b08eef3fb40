/** Each source file can be the first to be loaded: none needs another to have run before those that it imports. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const load = (folder: string): { readonly loaded: number; readonly failures: readonly string[] } => {
  const flags = ['--import', 'tsx', '--experimental-vm-modules', '--no-warnings']
  const printed = execFileSync(process.execPath, [...flags, 'test/loading.process.ts', folder], { encoding: 'utf8' })
  return JSON.parse(printed) as ReturnType<typeof load>
}

it('in src', () => {
  const { loaded, failures } = load('src')
  expect(failures).toEqual([])
  expect(loaded).toBeGreaterThan(100)
})

it('or the test sees it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plegrad-loading-'))
  writeFileSync(join(folder, 'early.ts'), `import { late } from './late.ts'\nexport const early = () => late`)
  writeFileSync(join(folder, 'late.ts'), `import { early } from './early.ts'\nexport const late = [early]`)
  const { failures } = load(folder)
  rmSync(folder, { recursive: true })
  expect(failures).toEqual([`early.ts: ReferenceError: Cannot access 'early' before initialization`])
})

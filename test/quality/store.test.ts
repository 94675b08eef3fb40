/** Runs are kept a line each and found by what determined them, whatever an interruption left behind. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { keyOf, openStore } from '../../bench/quality/store.ts'
import { run } from './madeUp.ts'

const folder = mkdtempSync(join(tmpdir(), 'plegrad-store-'))
const path = join(folder, 'deep', 'runs.jsonl')
beforeEach(() => rmSync(join(folder, 'deep'), { recursive: true, force: true }))
afterAll(() => rmSync(folder, { recursive: true }))

const kept = (key: string, value = 0.5) => run('nothing', 'single', 1, { 'click auc': value }, key)

it('finds a run again after it is opened anew', () => {
  openStore(path).add(kept('a'))
  expect(openStore(path).find('a')).toEqual(kept('a'))
  expect(openStore(path).find('b')).toBeUndefined()
})

it('writes a run at once, as one line', () => {
  const store = openStore(path)
  store.add(kept('a'))
  store.add(kept('b'))
  expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(kept('a'))}\n${JSON.stringify(kept('b'))}\n`)
})

it('ignores a line that was cut off, and keeps the next run off it', () => {
  openStore(path).add(kept('a'))
  appendFileSync(path, JSON.stringify(kept('b')).slice(0, 30))
  const store = openStore(path)
  expect(store.find('b')).toBeUndefined()
  store.add(kept('c'))
  const again = openStore(path)
  expect([again.find('a'), again.find('b'), again.find('c')]).toEqual([kept('a'), undefined, kept('c')])
})

it('ignores lines that are JSON but no runs', () => {
  openStore(path)
  writeFileSync(path, 'null\n7\n{"key":"a"}\n{"metrics":{}}\n')
  expect(openStore(path).find('a')).toBeUndefined()
})

it('takes the later of two runs of one key', () => {
  const store = openStore(path)
  store.add(kept('a', 0.1))
  store.add(kept('a', 0.2))
  expect([store.find('a'), openStore(path).find('a')]).toEqual([kept('a', 0.2), kept('a', 0.2)])
})

it('keys a run by data, cell and seed, not by the order in which facts are named', () => {
  const key = keyOf('data', { facts: { model: 'ple', epochs: 4, widths: [64, 32] } }, 1)
  expect(keyOf('data', { facts: { widths: [64, 32], epochs: 4, model: 'ple' } }, 1)).toBe(key)
  const others = [
    keyOf('other data', { facts: { model: 'ple', epochs: 4, widths: [64, 32] } }, 1),
    keyOf('data', { facts: { model: 'ple', epochs: 5, widths: [64, 32] } }, 1),
    keyOf('data', { facts: { model: 'ple', epochs: 4, widths: [32, 64] } }, 1),
    keyOf('data', { facts: { model: 'ple', epochs: '4', widths: [64, 32] } }, 1),
    keyOf('data', { facts: { model: 'ple', epochs: 4, widths: [64, 32] } }, 2),
  ]
  expect(new Set([key, ...others]).size).toBe(6)
})

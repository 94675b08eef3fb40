/** `npm start` as someone types it: wrong options end in one line, right ones in a table, a report and numbers. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { JSDOM } from 'jsdom'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { parseOptions } from '../../examples/feed/options.ts'
import type { Origin } from '../../cli/compare/origin.ts'
import type { Study } from '../../cli/compare/study.ts'

const folder = mkdtempSync(join(tmpdir(), 'plegrad-feed-'))
afterAll(() => rmSync(folder, { recursive: true }))

const start = (options: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'examples/feed/main.ts', ...options], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })

describe('refuses in one line', () => {
  it.each([
    [['--epochs', '0'], /--epochs.*'0'.*at least 1/],
    [['--batch', 'many'], /--batch.*'many'.*whole number/],
    [['--seed', '1.5'], /--seed.*'1.5'.*whole number/],
    [['--models', 'ple,plee'], /--models.*'ple,plee'.*single-task, shared-bottom, mmoe, cgc, ple/],
    [['--strategy', 'best'], /--strategy.*'best'.*fixed, uncertainty, dwa, gradnorm, pcgrad, cagrad/],
    [['--data', 'movies'], /--data.*'movies'.*synthetic, kuairand, census/],
    [['--report', join(folder, 'none', 'report.html')], /--report.*no folder/],
    [['--json', folder], /--json.*is a folder/],
    [['everything'], /too many arguments/],
  ])('%j', (options, line) => {
    const written: string[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
    expect(() => parseOptions(options)).toThrow(expect.objectContaining({ exitCode: 1 }))
    vi.restoreAllMocks()
    expect(written.join('')).toMatch(line)
    expect(written.join('').trim().split('\n')).toHaveLength(1)
  })

  it('an option that is misspelt', () => {
    const { status, stderr, stdout } = start(['--epoch', '3'])
    expect(status).toBe(1)
    expect(stderr).toBe("error: unknown option '--epoch'\n(Did you mean --epochs?)\n")
    expect(stdout).toBe('')
  })

  it('data that are not there', () => {
    const { status, stderr } = start(['--data', 'kuairand'], { PLEGRAD_DATA: join(folder, 'none') })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^error: kuairand: .*PLEGRAD_DATA.*\n$/)
  })
})

describe('takes', () => {
  it('defaults, and leaves to the data what is the data’s own', () => {
    expect(parseOptions([])).toEqual({
      data: 'synthetic',
      models: ['single-task', 'shared-bottom', 'mmoe', 'cgc', 'ple'],
      strategy: 'fixed',
      seeds: 1,
      seed: 1,
      report: 'report.html',
    })
  })

  it('models in any case and order, and runs them in its own', () => {
    expect(parseOptions(['--models', 'PLE, mmoe,Single-Task']).models).toEqual(['single-task', 'mmoe', 'ple'])
  })
})

it('tells its options', () => {
  const { status, stdout } = start(['--help'])
  expect(status).toBe(0)
  for (const option of ['data', 'models', 'strategy', 'epochs', 'batch', 'seeds', 'seed', 'report', 'json'])
    expect(stdout).toContain(`--${option} <`)
})

it('trains, prints a table and writes report and numbers', () => {
  const [page, numbers] = [join(folder, 'report.html'), join(folder, 'study.json')]
  const options = ['--models', 'shared-bottom,single-task', '--epochs', '1', '--batch', '2048']
  const { status, stdout, stderr } = start([...options, '--report', page, '--json', numbers])
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^shared-bottom +0\.\d{4} +[+−]?0\.\d{4}/m)
  expect(stdout).toContain(`Report: ${page}`)
  expect(stdout).toContain('tasks: view-through rate (VTR) and view completion ratio (VCR)\n')
  for (const line of stdout.replace(page, 'report.html').split('\n')) {
    expect(line.length, line).toBeLessThanOrEqual(80)
    expect(line).toBe(stripVTControlCharacters(line))
  }
  const html = readFileSync(page, 'utf8')
  expect(html).toContain('<!doctype html>')
  const { runs, origin } = JSON.parse(readFileSync(numbers, 'utf8')) as Study & { readonly origin: Origin }
  expect(origin.command).toBe(`npm start -- ${options.join(' ')} --report ${page} --json ${numbers}`)
  expect(new JSDOM(html).window.document.querySelector('.made code')?.textContent).toBe(origin.command)
  expect(runs.map(({ model }) => model)).toEqual(['single-task', 'shared-bottom'])
})

it('writes its report for those too who read no further than the first line', () => {
  const page = join(folder, 'unread.html')
  const options = ['--models', 'single-task', '--epochs', '1', '--batch', '2048', '--report', page]
  const run = [process.execPath, '--import', 'tsx', 'examples/feed/main.ts', ...options].map((word) => `'${word}'`)
  const { stdout, stderr } = spawnSync('sh', ['-c', `${run.join(' ')} | head -n 1`], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout).toBe('synthetic feed: 9 features\n')
  expect(readFileSync(page, 'utf8')).toContain('<!doctype html>')
})

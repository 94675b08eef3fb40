/** Where a Chromium is, and how it is started without a window. */
import { spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export const NO_CHROMIUM = 'skipped: no Chromium found, neither $CHROMIUM nor on the path'

/** What is served as a page that runs /page.js. */
export const PAGE =
  '<!doctype html><meta charset="utf-8"><title>plegrad</title><script type="module" src="/page.js"></script>'

/** Served with these headers a page is cross-origin isolated: it may share memory, and its clock is exact. */
export const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const FLAGS = ['--headless=new', '--disable-gpu', '--disable-dev-shm-usage', '--disable-extensions', '--no-first-run']

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** $CHROMIUM, or the first of the usual names on the path; undefined where there is none. */
export function chromium(): string | undefined {
  const { CHROMIUM, PATH = '' } = process.env
  if (CHROMIUM) return CHROMIUM
  return NAMES.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name))).find(isProgram)
}

/** Opens a page in a browser of its own, which knows of no other; the result closes it. */
export function open(path: string, url: string): { readonly ended: Promise<string>; readonly close: () => void } {
  const profile = mkdtempSync(join(tmpdir(), 'plegrad-chromium-'))
  // The superuser has no sandbox.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const browser = spawn(path, [...FLAGS, ...sandbox, `--user-data-dir=${profile}`, url], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  let errors = ''
  browser.stderr.on('data', (text: Buffer) => (errors = (errors + String(text)).slice(-2000)))
  const gone = new Promise<string>((resolve) => {
    browser.once('error', (error) => resolve(String(error)))
    browser.once('exit', (code) => resolve(`the browser ended with code ${String(code)}\n${errors}`))
  })
  const ended = gone.finally(() => {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  })
  return {
    ended,
    close: () => {
      // With the processes it has started, which are of its group.
      const { pid, exitCode, signalCode } = browser
      if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
    },
  }
}

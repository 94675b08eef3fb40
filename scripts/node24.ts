/** Node 24, which joins pairs of vectors if it is told to: this one, the one of test/runtimes, or the one that npx brings. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

export const NO_NODE24 = 'no Node 24: npm ci --prefix test/runtimes brings it'

let found: { readonly program: string | undefined } | undefined

/** Where it is, or undefined where it cannot be had. */
export function node24(): string | undefined {
  found ??= { program: search() }
  return found.program
}

function search(): string | undefined {
  if (process.versions.node.startsWith('24.')) return process.execPath
  const installed = resolve('test/runtimes/node_modules/node24/bin/node')
  if (existsSync(installed)) return installed
  try {
    return execFileSync('npx', ['-y', 'node@24', '-p', 'process.execPath'], {
      encoding: 'utf8',
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}

/** Builds the lab once for all suites, as `npm run lab` does. */
import { spawnSync } from 'node:child_process'

/** What vitest calls before the first suite. */
export function setup(): void {
  const { status, stderr } = spawnSync('npx vite build --config lab/vite.config.ts --logLevel error', {
    env: { ...process.env, NODE_ENV: 'production' },
    shell: true,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`expected the lab to be built but got ${stderr}`)
}

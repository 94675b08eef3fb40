/** The peers of the package: npm must be able to install them beside it. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const json = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T

it('takes a peer that has pre-releases alone in every version: npm finds no other range to fit', () => {
  const { peerDependencies } = json<{ readonly peerDependencies: Readonly<Record<string, string>> }>('package.json')
  for (const [peer, range] of Object.entries(peerDependencies)) {
    const { version } = json<{ readonly version: string }>(`node_modules/${peer}/package.json`)
    if (version.includes('-')) expect(range, `${peer} ${version}`).toBe('*')
  }
})

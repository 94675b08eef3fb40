/** The peers of the package: npm must be able to install them beside it. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

it('takes a peer that has pre-releases alone in every version: npm finds no other range to fit', () => {
  const { peerDependencies } = json('package.json') as { readonly peerDependencies: Readonly<Record<string, string>> }
  for (const [peer, range] of Object.entries(peerDependencies)) {
    const { version } = json(`node_modules/${peer}/package.json`) as { readonly version: string }
    if (version.includes('-')) expect(range, `${peer} ${version}`).toBe('*')
  }
})

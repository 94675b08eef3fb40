/** Every room that stands is linked, and nothing that does not. */
import { existsSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ROOMS } from '../../lab/rooms.ts'

it('are the folders that have a page', () => {
  const folders = readdirSync('lab', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`lab/${entry.name}/index.html`))
    .map(({ name }) => name)
  expect(ROOMS.map(({ folder }) => folder).sort()).toEqual(folders.sort())
})

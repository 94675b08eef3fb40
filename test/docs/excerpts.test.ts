/** What the documents quote stands in the file they name, word for word but for formatting. */
import { describe, expect, it } from 'vitest'
import { DOCUMENTS, blocksOf, read, unformatted } from './documents.ts'
import type { Block } from './documents.ts'

const FILE = /^file=(\S+)$/

/** The file a block says it is from, unless it stands there. */
const misquoted = ({ info, code }: Block): string | undefined => {
  const [, file] = FILE.exec(info) ?? []
  return file === undefined || unformatted(read(file)).includes(unformatted(code)) ? undefined : file
}

describe.each(DOCUMENTS)('%s', (document) => {
  it('quotes files as they are', () => {
    const wrong = blocksOf(document).filter((block) => misquoted(block) !== undefined)
    expect(wrong.map(({ line, info }) => `line ${line}: ${info}`)).toEqual([])
  })
})

it('the tour quotes from every stop', () => {
  const stops = read('docs/tour.md').match(/^## \d+\. /gm) ?? []
  const quoted = new Set(blocksOf('docs/tour.md').map(({ info }) => info))
  expect(stops).toHaveLength(10)
  expect(quoted.size).toBeGreaterThanOrEqual(stops.length)
})

it('a quotation that has rotted is seen', () => {
  const [block] = blocksOf('made-up.md', '```ts file=src/kernels/cpu/mix.ts\nconst x = experts[expert]\n```\n')
  expect(misquoted(block)).toBeUndefined()
  expect(misquoted({ ...block, code: 'const x = expert[experts]' })).toBe('src/kernels/cpu/mix.ts')
})

/** What the documents quote stands in the file they name, word for word but for formatting. */
import { describe, expect, it } from 'vitest'
import { DOCUMENTS, blocksOf, inlineCodeOf, linksOf, read, unformatted } from './documents.ts'
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

describe('the tour', () => {
  const text = read('docs/tour.md')
  const named = new Set(linksOf(text).flatMap((link) => /^\.\.\/(src\/.*)$/.exec(link)?.[1] ?? []))
  const quoted = new Set(blocksOf('docs/tour.md').map(({ info }) => FILE.exec(info)![1]))

  it('quotes from every stop, and links to what it quotes', () => {
    const stops = text.match(/^## \d+\. /gm) ?? []
    expect(stops).toHaveLength(10)
    expect(quoted.size).toBeGreaterThanOrEqual(stops.length)
    expect([...quoted].filter((file) => !named.has(file))).toEqual([])
  })

  it('says how many files it names', () => {
    expect(text).toContain(`names ${named.size} files of \`src/\``)
  })

  it('speaks of what is in these files', () => {
    const words = new Set([...named].flatMap((file) => read(file).match(/\w+/g) ?? []))
    // A task of the example.
    words.add('buy')
    const unknown = (prose: string): readonly string[] =>
      inlineCodeOf(prose).filter((code) => /^\w+$/.test(code) && !words.has(code))
    expect(unknown(text)).toEqual([])
    expect(unknown('`gradients`, by `mislaid`')).toEqual(['mislaid'])
  })
})

it('a quotation that has rotted is seen', () => {
  const [block] = blocksOf('made-up.md', '```ts file=src/kernels/cpu/mix.ts\nconst x = experts[expert]\n```\n')
  expect(misquoted(block)).toBeUndefined()
  expect(misquoted({ ...block, code: 'const x = expert[experts]' })).toBe('src/kernels/cpu/mix.ts')
})

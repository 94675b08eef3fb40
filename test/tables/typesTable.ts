/** The types of DuckDB as the table in docs/tables.md has them. */
import { TYPES } from '../../src/tables/types.ts'

const KINDS = { number: 'numbers', text: 'texts' } as const

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** A table in Markdown, as prettier leaves it but for widths. */
export const typesTable = (): readonly (readonly string[])[] =>
  Object.entries(TYPES).map(([name, { category, number, time, instead }]) => [
    `\`${name.replaceAll('"', '')}\``,
    category ? KINDS[category] : time ? 'by `time`' : '–',
    number ? 'yes' : time ? 'by `time`' : '–',
    category && number ? '' : instead === undefined ? '' : `\`${instead}\``,
  ])

export const markdown = (): string =>
  [
    row(['type', 'category', 'number', 'otherwise, in SQL']),
    row(['---', '---', '---', '---']),
    ...typesTable().map(row),
  ].join('\n')

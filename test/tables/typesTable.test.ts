/** The document has the types as the code has them. */
import { expect, it } from 'vitest'
import { read } from '../docs/documents.ts'
import { typesTable } from './typesTable.ts'

it('docs/tables.md has all types', () => {
  const text = read('docs/tables.md')
  const rows = text.slice(text.indexOf('| type ')).split('\n\n')[0].split('\n').slice(2)
  expect(
    rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  ).toEqual(typesTable())
})

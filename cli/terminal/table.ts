/** Tables for a terminal of 80 columns, without frames. They refuse no text: what is too wide is cut, or goes to more lines. */
import Table from 'cli-table3'
import { WIDTH, cut, fold, widthOf } from './columns.ts'

/** No frame: a rule under the head is enough. */
const PARTS = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
const MORE = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid']
export const CHARS = { ...Object.fromEntries([...PARTS, ...MORE].map((part) => [part, ''])), middle: '  ' }
export const STYLE = { head: [], border: [], 'padding-left': 0, 'padding-right': 0 }

/** Columns of numbers are on the right. The last column, if it is text, is folded where there is no room for it. */
export function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[], widest = 24): string {
  const cells = rows.map((row) => row.map((cell) => String(cell).replace(/\p{Cc}/gu, ' ')))
  const isNumbers = head.map((_, column) => rows.every((row) => typeof row[column] === 'number'))
  const last = head.length - 1
  const narrow = cells.map((row) => row.map((cell, column) => (column === last ? cell : cut(cell, widest))))
  const taken = head.map((name, column) => Math.max(widthOf(name), ...narrow.map((row) => widthOf(row[column]))))
  const room = WIDTH - taken.slice(0, last).reduce((sum, width) => sum + width + 2, 0)
  const table = new Table({
    head: [...head],
    colAligns: isNumbers.map((numbers) => (numbers ? 'right' : 'left')),
    chars: CHARS,
    style: STYLE,
  })
  for (const row of narrow)
    table.push(
      row.map((cell, column) =>
        column === last ? fold(cell.split(' '), { gap: 1, width: Math.max(room, 12) }) : cell,
      ),
    )
  const [top, ...rest] = table.toString().split('\n')
  return [top, '─'.repeat(Math.min(WIDTH, Math.max(...rest.map(widthOf), widthOf(top)))), ...rest]
    .map((line) => line.trimEnd())
    .join('\n')
}

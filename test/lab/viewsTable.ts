/** A table of views as CSV, invented by the same seed each time. */
import { stream } from '../../src/index.ts'

const PEOPLE = ['ann', 'bob', 'cem', 'dee', 'eva']

/** So many rows of somebody, how long a video is, and whether and how far it was watched. */
export function viewsTable(rows: number): string {
  const random = stream(5)
  const lines = Array.from({ length: rows }, (_, row) => {
    const who = Math.floor(PEOPLE.length * random.stream('who').uniform(row))
    const minutes = 1 + 9 * random.stream('minutes').uniform(row)
    const liked = random.stream('liked').uniform(row) < (who + 1) / 7 ? 1 : 0
    const watched = 1 / (1 + minutes / (who + 1))
    return `view ${row},${PEOPLE[who]},${row % 9 === 4 ? '' : minutes.toFixed(2)},${row % 11 === 3 ? '' : liked},${watched.toFixed(4)}`
  })
  return `${['view,user,minutes,liked,watched', ...lines].join('\n')}\n`
}

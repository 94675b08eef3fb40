/** A feed of made-up rows, for tests of what reports on feeds: two tasks that depend on who watches what. */
import { SYNTHETIC } from '../../../examples/feed/about.ts'
import type { Feed } from '../../../cli/compare/feed.ts'
import { dataset, denseFeature, sparseFeature, stream } from '../../../src/index.ts'
import type { Dataset } from '../../../src/index.ts'

const features = [
  sparseFeature('user', { vocabularySize: 12 }),
  sparseFeature('video', { vocabularySize: 9 }),
  denseFeature('length'),
]
const tasks = { vtr: 'binary', vcr: 'regression' } as const

function rowsOf(name: string, rows: number): Dataset {
  const random = stream(7).stream(name)
  const draw = (column: string, values: number): number[] => {
    const source = random.stream(column)
    return Array.from({ length: rows }, (_, row) => source.uniform(row) * values)
  }
  const user = draw('user', 12).map(Math.floor)
  const video = draw('video', 9).map(Math.floor)
  const length = draw('length', 1)
  const luck = draw('luck', 1)
  const liking = user.map((one, row) => Math.sin(one * 2 + video[row]) - length[row])
  const labels = {
    vtr: liking.map((likes, row) => (luck[row] < 1 / (1 + Math.exp(-3 * likes)) ? 1 : 0)),
    vcr: liking.map((likes, row) => (row % 10 === 0 ? NaN : 1 / (1 + Math.exp(-likes)))),
  }
  return dataset({ features, columns: { user, video, length }, labels, tasks })
}

export const tinyFeed = (rows = 200): Feed => ({
  name: 'tiny <feed>',
  meanings: SYNTHETIC.meanings!,
  tasks,
  features,
  subjects: { 'who and what': ['user', 'video'] },
  train: rowsOf('train', rows),
  validation: rowsOf('validation', rows),
  test: rowsOf('test', rows),
})

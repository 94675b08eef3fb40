/**
 * An invented video feed with two correlated tasks, for examples and tests that must run anywhere; it refuses to stand
 * for real people: KuaiRand does that.
 */
import { checkOptions, real, whole } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { stream } from '../tensor/index.ts'
import type { Stream } from '../tensor/index.ts'
import { binOf, quantileBins } from './bins.ts'
import { denseFeature, sparseFeature, varLenFeature } from './features.ts'
import { INVENTED, taskFunctions } from './synthetic.ts'
import type { SyntheticData, TaskFunction } from './synthetic.ts'

/** What `syntheticFeed` takes. */
export interface SyntheticFeedOptions {
  /** Impressions. */
  readonly rows: number
  /** Default 400. */
  readonly users?: number
  /** Default 600, by a sixth as many authors. */
  readonly videos?: number
  /** Default 30. A video has 1 to 4 of them. */
  readonly tags?: number
  /** How alike the tasks are, −1 … 1: see `syntheticTasks`. Default 0.5. */
  readonly correlation?: number
  /** The standard deviation of what no feature explains, beside a signal of about 2. Default 1. */
  readonly noise?: number
  /** The share of rows outside of vcr's sample space. Default 0.03. */
  readonly outside?: number
  /** The width of embeddings. Default 4. */
  readonly dimension?: number
  /** Default 1. */
  readonly seed?: number
}

const COUNT = whole(1)
const COUNTS = { users: COUNT, videos: COUNT, tags: COUNT, dimension: COUNT }
const FEED: Checks<SyntheticFeedOptions> = { ...INVENTED, ...COUNTS, outside: real('[0, 1]') }

/** The length of every hidden vector. */
const FACTORS = 8
const HOURS = 24
const TABS = 5
const MOST_TAGS = 4
const DURATION_BINS = 20
/** Values of a task above this quantile of the first impressions are a valid view, or more than half of a video. */
const QUANTILE = 0.7
const REFERENCE = 1000

/** What adds to the hidden vector of an impression: rows of a table of its own, times a number. */
interface Part {
  readonly name: string
  /** Of the variance of the sum. */
  readonly share: number
  /** Rows of the table. */
  readonly count: number
  readonly ids: (row: number) => readonly number[]
  readonly times: (row: number) => number
}

const category = (name: string, share: number, count: number, ids: Int32Array): Part => ({
  name,
  share,
  count,
  ids: (row) => [ids[row]],
  times: () => 1,
})

const list = (name: string, share: number, count: number, lists: readonly (readonly number[])[]): Part => ({
  name,
  share,
  count,
  ids: (row) => lists[row],
  times: (row) => 1 / Math.sqrt(lists[row].length),
})

const quantity = (name: string, share: number, numbers: Float32Array): Part => ({
  name,
  share,
  count: 1,
  ids: () => [0],
  times: (row) => numbers[row],
})

const normals = (random: Stream, length: number): Float32Array =>
  Float32Array.from({ length }, (_, index) => random.normal(index))

/** Ids below `count`; those with a small number come the more often, the larger the skew is. */
const choose = (random: Stream, length: number, count: number, skew = 1): Int32Array =>
  Int32Array.from({ length }, (_, index) => Math.floor(count * random.uniform(index) ** skew))

/** x = Σ over parts of √share · times · Σ of the table's rows (rows FACTORS) */
function hiddenFactors(random: Stream, rows: number, parts: readonly Part[]): Float64Array {
  const x = new Float64Array(rows * FACTORS)
  for (const { name, share, count, ids, times } of parts) {
    const table = normals(random.stream(name), count * FACTORS)
    for (let row = 0; row < rows; row++) {
      const scale = Math.sqrt(share) * times(row)
      for (const id of ids(row))
        for (let j = 0; j < FACTORS; j++) x[row * FACTORS + j] += scale * table[id * FACTORS + j]
    }
  }
  return x
}

/** A task's values, noise included, above their quantile in the first rows. */
function excess(random: Stream, task: TaskFunction, x: Float64Array, noise: number): Float64Array {
  const values = Float64Array.from(
    { length: x.length / FACTORS },
    (_, row) => task(x, row * FACTORS) + noise * random.normal(row),
  )
  const edge = values.slice(0, REFERENCE).sort()[QUANTILE * REFERENCE]
  return values.map((value) => value - edge)
}

/**
 * Impressions with the tasks `vtr` (binary: a valid view) and `vcr` (regression: the share watched, 0 … 1, NaN where it
 * is outside of its sample space). Hidden factors x of an impression add up from its user, author, video, tags, hour, tab
 * and numbers, and the tasks are those of `syntheticTasks` on x: embeddings have x to find, and gates what to share.
 * Some users and videos have more rows than others, as in life. Asking for more rows does not change the first ones.
 * @throws RangeError naming the option that is not known or out of range.
 */
export function syntheticFeed(options: SyntheticFeedOptions): SyntheticData<'vtr' | 'vcr'> {
  checkOptions('syntheticFeed', options, FEED)
  const { rows, users = 400, videos = 600, tags = 30, correlation = 0.5, noise = 1, outside = 0.03 } = options
  const { dimension = 4, seed = 1 } = options
  const random = stream(seed)
  const authors = Math.ceil(videos / 6)
  // Enough to tell a quantile of, whatever is asked for.
  const drawn = Math.max(rows, REFERENCE)
  const first = <C extends { slice(start: number, end: number): C }>(column: C): C => column.slice(0, rows)

  const authorOf = choose(random.stream('author of video'), videos, authors)
  const durationOf = normals(random.stream('duration of video'), videos)
  const tagCounts = choose(random.stream('tags of video'), videos, MOST_TAGS)
  const tagDraws = choose(random.stream('tag of video'), videos * MOST_TAGS, tags, 2)
  const tagsOf = Array.from(tagCounts, (count, video) => [
    ...new Set(tagDraws.subarray(video * MOST_TAGS, video * MOST_TAGS + count + 1)),
  ])

  const user = choose(random.stream('user'), drawn, users, 1.5)
  const video = choose(random.stream('video'), drawn, videos, 1.5)
  const author = video.map((id) => authorOf[id])
  const tagLists = Array.from(video, (id) => tagsOf[id])
  const hour = choose(random.stream('hour'), drawn, HOURS)
  const tab = choose(random.stream('tab'), drawn, TABS, 2)
  const duration = Float32Array.from(video, (id) => durationOf[id])
  const freshness = normals(random.stream('freshness'), drawn)
  const quality = normals(random.stream('quality'), drawn)

  const x = hiddenFactors(random.stream('factors'), drawn, [
    category('user', 0.3, users, user),
    category('video', 0.15, videos, video),
    category('author', 0.1, authors, author),
    list('tags', 0.2, tags, tagLists),
    category('hour', 0.05, HOURS, hour),
    category('tab', 0.05, TABS, tab),
    quantity('duration', 0.05, duration),
    quantity('freshness', 0.05, freshness),
    quantity('quality', 0.05, quality),
  ])
  const tasks = taskFunctions(random.stream('tasks'), { dimension: FACTORS, correlation, scale: 2 })
  const viewed = excess(random.stream('vtr'), tasks[0], x, noise)
  const watched = excess(random.stream('vcr'), tasks[1], x, noise)
  const space = random.stream('sample space')

  const edges = quantileBins(durationOf, DURATION_BINS)
  return {
    features: [
      sparseFeature('user_id', { vocabularySize: users, dimension }),
      sparseFeature('video_id', { vocabularySize: videos, dimension }),
      sparseFeature('author_id', { vocabularySize: authors, dimension }),
      sparseFeature('hour', { vocabularySize: HOURS, dimension }),
      sparseFeature('tab', { vocabularySize: TABS, dimension }),
      sparseFeature('duration', { vocabularySize: edges.length + 1, dimension }),
      varLenFeature('tags', { vocabularySize: tags + 1, maxLength: MOST_TAGS, dimension }),
      denseFeature('freshness'),
      denseFeature('quality'),
    ],
    columns: {
      user_id: first(user),
      video_id: first(video),
      author_id: first(author),
      hour: first(hour),
      tab: first(tab),
      duration: Int32Array.from(first(duration), (value) => binOf(edges, value)),
      tags: first(tagLists).map((ids) => ids.map((id) => id + 1)),
      freshness: first(freshness),
      quality: first(quality),
    },
    labels: {
      vtr: Float32Array.from(first(viewed), (value) => (value > 0 ? 1 : 0)),
      vcr: Float32Array.from(first(watched), (value, row) =>
        space.uniform(row) < outside ? NaN : 1 / (1 + Math.exp(-value)),
      ),
    },
    tasks: { vtr: 'binary', vcr: 'regression' },
  }
}

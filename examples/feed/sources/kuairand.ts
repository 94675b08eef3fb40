/**
 * KuaiRand-Pure (Gao et al., CIKM 2022; CC BY-SA 4.0): real impressions of short videos, one day of them to validate on
 * and the three days after that to test on. It refuses every column that is only known after the impression.
 */
import { join } from 'node:path'
import { crossedFeature, sparseFeature, varLenFeature } from '../../../src/index.ts'
import { binOf, quantileBins } from '../../../src/encoding.ts'
import type { Feature } from '../../../src/index.ts'
import { readCsv } from './csv.ts'
import { dataFolder } from './folder.ts'
import { categories, split, trainVocabulary, usersOf } from './split.ts'
import type { Rows, UserFeed } from './split.ts'

export interface KuaiRandOptions {
  /** The width of embeddings. Default 4, the reference's. */
  readonly dimension?: number
  /** A video's tags as one category, as in the reference, or as a var-len feature. Default 'category'. */
  readonly tags?: 'category' | 'list'
  /** What is learned: how much is watched, or what becomes of an impression. Default 'watching'. */
  readonly labels?: 'watching' | 'funnel'
  /** Columns that are crossed, each list into a feature of its own beside the others. Default none. */
  readonly crosses?: readonly (readonly string[])[]
}

const LOG = {
  user_id: 'string',
  video_id: 'string',
  date: 'number',
  hourmin: 'number',
  is_click: 'number',
  long_view: 'number',
  play_time_ms: 'number',
  duration_ms: 'number',
  tab: 'string',
} as const

/** Of the user, besides the id. */
const USER = [
  'user_active_degree',
  'is_live_streamer',
  'is_video_author',
  'follow_user_num_range',
  'fans_user_num_range',
  'friend_user_num_range',
  'register_days_range',
  ...Array.from({ length: 18 }, (_, index) => `onehot_feat${index}`),
]
/** Of the video, besides the id. */
const VIDEO = ['author_id', 'video_type', 'upload_type', 'music_type', 'tag']

const SUBJECTS = {
  user: ['user_id', ...USER],
  video: ['video_id', ...VIDEO, 'duration'],
  moment: ['tab', 'hour'],
}

const HOURS = 24
const DURATION_BINS = 20
/** Of each crossed feature. */
const CROSS_BUCKETS = 2 ** 14
/** The most that any video has. */
const MOST_TAGS = 3

/** First and last day of each part. */
const DAYS = {
  train: [20220425, 20220430],
  validation: [20220501, 20220501],
  test: [20220502, 20220504],
} as const

const rowsOf = (dates: Float64Array): Rows => {
  const within = ([first, last]: readonly [number, number]): Int32Array =>
    Int32Array.from(dates.keys()).filter((row) => dates[row] >= first && dates[row] <= last)
  return { train: within(DAYS.train), validation: within(DAYS.validation), test: within(DAYS.test) }
}

type Attributes = Readonly<Record<string, readonly string[]>>

/** For each row of the log, the attributes of its user or video. */
function attributes(ids: readonly string[], key: string, table: Attributes): Attributes {
  const places = new Map(table[key].map((id, place) => [id, place]))
  const found = ids.map((id, row) => {
    const place = places.get(id)
    if (place === undefined)
      throw new Error(`kuairand: expected each ${key} among ${places.size} but got ${id} in row ${row} of the log`)
    return place
  })
  const names = Object.keys(table).filter((name) => name !== key)
  return Object.fromEntries(names.map((name) => [name, found.map((place) => table[name][place])]))
}

const readAttributes = (path: string, names: readonly string[]): Promise<Attributes> =>
  readCsv(path, Object.fromEntries(names.map((name) => [name, 'string'] as const)))

async function readLog(folder: string) {
  const parts = ['log_0425_0430.csv.gz', 'log_0501_0504.csv.gz'].map((file) => readCsv(join(folder, file), LOG))
  const [before, after] = await Promise.all(parts)
  const numbers = (
    name: 'date' | 'hourmin' | 'is_click' | 'long_view' | 'play_time_ms' | 'duration_ms',
  ): Float64Array => Float64Array.from([...before[name], ...after[name]])
  const strings = (name: 'user_id' | 'video_id' | 'tab'): readonly string[] => [...before[name], ...after[name]]
  return {
    user: strings('user_id'),
    video: strings('video_id'),
    tab: strings('tab'),
    date: numbers('date'),
    hour: numbers('hourmin').map((hourmin) => Math.floor(hourmin / 100)),
    clicked: numbers('is_click'),
    longView: numbers('long_view'),
    played: numbers('play_time_ms'),
    duration: numbers('duration_ms'),
  }
}

type Log = Awaited<ReturnType<typeof readLog>>

/** Tasks and labels of each choice. */
const LEARNED = {
  watching: {
    tasks: { vtr: 'binary', vcr: 'regression' },
    labels: ({ longView, played, duration }: Log) => ({
      vtr: longView,
      vcr: played.map((milliseconds, row) => (duration[row] > 0 ? Math.min(1, milliseconds / duration[row]) : NaN)),
    }),
  },
  funnel: {
    tasks: { ctr: 'binary', ctcvr: 'binary' },
    labels: ({ clicked, longView }: Log) => ({
      ctr: clicked,
      ctcvr: clicked.map((click, row) => click * longView[row]),
      cvr: clicked.map((click, row) => (click === 1 ? longView[row] : NaN)),
    }),
  },
} as const

/**
 * Trains on April 25 to 30, validates on May 1, tests on May 2 to 4, 2022. Tasks: `vtr`, a long view; `vcr`, the share
 * watched, at most 1, of which rows of duration 0 (1.5 %, pictures mostly) are outside. Of the funnel: `ctr`, a click;
 * `ctcvr`, a click with a long view; and labels, of no task, of `cvr`, a long view after a click. Vocabularies and the 20 quantiles
 * of duration come of the rows to train on. 4,739 rows repeat the (user, video, time) of another, 4,390 of them in every
 * column: they are kept, since nothing tells a double entry from a view begun twice, and none crosses the split.
 *
 * @throws Error if the files are not there, or not what they should be.
 */
export async function kuairand({
  dimension = 4,
  tags = 'category',
  labels = 'watching',
  crosses = [],
}: KuaiRandOptions = {}): Promise<UserFeed> {
  const folder = dataFolder('kuairand')
  const [log, users, videos] = await Promise.all([
    readLog(folder),
    readAttributes(join(folder, 'users.csv.gz'), ['user_id', ...USER]),
    readAttributes(join(folder, 'videos.csv.gz'), ['video_id', ...VIDEO]),
  ])
  const rows = rowsOf(log.date)
  const { tag, ...ofVideo } = attributes(log.video, 'video_id', videos)
  const single = {
    user_id: log.user,
    video_id: log.video,
    tab: log.tab,
    ...attributes(log.user, 'user_id', users),
    ...ofVideo,
    ...(tags === 'category' && { tag }),
  }
  const tagLists = tag.map((list) => list.split(',').filter((name) => name !== ''))
  const edges = quantileBins(
    Array.from(rows.train, (row) => log.duration[row]),
    DURATION_BINS,
  )
  const features: readonly Feature[] = [
    ...categories(single, rows, dimension),
    sparseFeature('hour', { vocabularySize: HOURS, dimension }),
    sparseFeature('duration', { vocabularySize: edges.length + 1, dimension }),
    ...(tags === 'list'
      ? [varLenFeature('tag', { vocabulary: trainVocabulary(tagLists, rows), maxLength: MOST_TAGS, dimension })]
      : []),
    ...crosses.map((columns) => crossedFeature(columns, { hashBuckets: CROSS_BUCKETS, dimension })),
  ]
  const feed = split(
    {
      name: 'KuaiRand-Pure',
      tasks: LEARNED[labels].tasks,
      features,
      subjects: SUBJECTS,
      columns: {
        ...single,
        ...(tags === 'list' && { tag: tagLists }),
        hour: log.hour,
        duration: log.duration.map((milliseconds) => binOf(edges, milliseconds)),
      },
      labels: LEARNED[labels].labels(log),
    },
    rows,
  )
  return { ...feed, users: usersOf(log.user, rows) }
}

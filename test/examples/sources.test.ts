/** Loaders of the feed example, on invented files: what they read, what they split how, and what they refuse. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { census } from '../../examples/feed/sources/census.ts'
import { readCsv } from '../../examples/feed/sources/csv.ts'
import { kuairand } from '../../examples/feed/sources/kuairand.ts'
import { synthetic } from '../../examples/feed/sources/synthetic.ts'
import type { Dataset } from '../../src/index.ts'
import type { TaskKind } from '../../src/tasks.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plegrad-sources-'))
  vi.stubEnv('PLEGRAD_DATA', folder)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

function write(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return path
}

const table = (header: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  [header, ...rows].map((fields) => `${fields.join(',')}\n`).join('')

/** The value behind each id of a column: 0 is missing, 1 unknown. */
function valuesOf({ features, ids }: Dataset, name: string): unknown[] {
  const feature = features.find((one) => one.name === name)
  const values = feature && 'vocabulary' in feature ? feature.vocabulary?.values : undefined
  return Array.from(ids[name], (id) => (values ? (['', '?'][id] ?? values[id - 2]) : id))
}

describe('readCsv', () => {
  it.each(['a.csv', 'a.csv.gz'])('reads named columns by their type from %s', async (name) => {
    const path = write(name, 'id,word,size\n7,seven,-0.5\n8,,1e3\n')
    expect(await readCsv(path, { size: 'number', word: 'string' })).toEqual({
      size: Float64Array.of(-0.5, 1000),
      word: ['seven', ''],
    })
  })

  it.each([
    ['quotes', 'a,b\n"x,y","say ""hi"""\n', ['x,y'], ['say "hi"']],
    ['lines within quotes', 'a,b\n"x\ny",1\nz,2\n', ['x\ny', 'z'], ['1', '2']],
    ['carriage returns', 'a,b\r\nx,1\r\n', ['x'], ['1']],
    ['carriage returns and quotes', 'a,b\r\n"x",1\r\n', ['x'], ['1']],
    ['a byte order mark', '\uFEFFa,b\nx,1\n', ['x'], ['1']],
    ['no line break at the end', 'a,b\nx,1', ['x'], ['1']],
    ['quotes and no line break at the end', 'a,b\n"x","1"', ['x'], ['1']],
    ['no rows', 'a,b\n', [], []],
    ['letters of several bytes', 'a,b\n短视频,é\n', ['短视频'], ['é']],
  ])('understands %s', async (_, text, a, b) => {
    expect(await readCsv(write('a.csv', text), { a: 'string', b: 'string' })).toEqual({ a, b })
  })

  it('reads what was written, however it falls into blocks', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '短'), maxLength: 5 })
    const rows = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 30 })
    const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(1, 2000), async (some, times) => {
        const all = Array.from({ length: times }, () => some).flat()
        const path = write(
          'a.csv',
          table(
            ['a', 'b'],
            all.map((fields) => fields.map(quote)),
          ),
        )
        const { a, b } = await readCsv(path, { a: 'string', b: 'string' })
        expect([a.length, b.length]).toEqual([all.length, all.length])
        expect(all.every(([x, y], row) => a[row] === x && b[row] === y)).toBe(true)
      }),
      { numRuns: 15 },
    )
  })

  it.each([
    ['too short', 'a,b\n1,2\n3\n', "a.csv, line 3: expected 2 fields but got 1: because column 'b' has none"],
    ['too long', 'a,b\n1,2,3\n', 'a.csv, line 2: expected 2 fields but got 3: because there is no column for more'],
    ['blank', 'a,b\n1,2\n\n3,4\n', "a.csv, line 3: expected 2 fields but got 1: because column 'b' has none"],
    [
      'too short after quotes',
      'a,b\n"1\n",2\n3\n',
      "a.csv, line 4: expected 2 fields but got 1: because column 'b' has none",
    ],
    ['no number', 'a,b\n1,2\n3,x\n', "a.csv, line 3: expected a number but got 'x': because column 'b' has them"],
    ['no number but empty', 'a,b\n1,2\n3,\n', "a.csv, line 3: expected a number but got ''"],
    ['not finite', 'a,b\n1,Infinity\n', "a.csv, line 2: expected a number but got 'Infinity'"],
    [
      'quoted in part',
      'a,b\n1,2\n"3"4,5\n',
      'a.csv, line 3: expected quotes around whole fields but got CSV_INVALID_CLOSING_QUOTE',
    ],
    [
      'quoted without an end',
      'a,b\n1,2\n"3,4\n',
      'a.csv, line 3: expected quotes around whole fields but got CSV_QUOTE_NOT_CLOSED',
    ],
    ['without such a column', 'a,c\n1,2\n', "a.csv, line 1: expected a column 'b' but got a, c"],
    ['empty', '', 'a.csv: expected a header but got an empty file'],
  ])('refuses a file that is %s', async (_, text, said) => {
    await expect(readCsv(write('a.csv', text), { b: 'number' })).rejects.toThrow(said)
  })

  it('refuses a file that is not there or not whole', async () => {
    for (const name of ['none.csv', 'none.csv.gz'])
      await expect(readCsv(join(folder, name), { a: 'string' })).rejects.toThrow(name)
    const half = gzipSync('a\n'.repeat(1000)).subarray(0, 20)
    writeFileSync(join(folder, 'half.csv.gz'), half)
    await expect(readCsv(join(folder, 'half.csv.gz'), { a: 'string' })).rejects.toThrow('unexpected end of file')
  })

  it('names the line in a file of many blocks', async () => {
    const rows = Array.from({ length: 100_000 }, (_, row) => [row === 77_776 ? 'x' : row, '"a, b"'])
    const path = write('long.csv.gz', table(['id', 'word'], rows))
    await expect(readCsv(path, { id: 'number' })).rejects.toThrow(
      "long.csv.gz, line 77778: expected a number but got 'x'",
    )
  })
})

const LOG = ['user_id', 'video_id', 'date', 'hourmin', 'is_click', 'long_view', 'play_time_ms', 'duration_ms', 'tab']
const RANGES = ['follow', 'fans', 'friend'].map((kind) => `${kind}_user_num_range`)
const ONEHOTS = Array.from({ length: 18 }, (_, index) => `onehot_feat${index}`)
const USER = [
  'user_id',
  'user_active_degree',
  'is_live_streamer',
  'is_video_author',
  ...RANGES,
  'register_days_range',
  ...ONEHOTS,
]
const VIDEO = ['video_id', 'author_id', 'video_type', 'upload_type', 'music_type', 'tag']

/** Users 1 to 3 and videos 10 to 12. */
function writeKuaiRand(logs: Readonly<Record<string, readonly (readonly unknown[])[]>> = {}): void {
  const before = logs.before ?? [
    [1, 10, 20220425, 0, 0, 1, 500, 1000, 1],
    [2, 11, 20220430, 2300, 1, 0, 3000, 2000, 0],
    [1, 10, 20220425, 0, 0, 1, 500, 1000, 1],
    [1, 11, 20220426, 959, 1, 0, 0, 0, 1],
  ]
  const after = logs.after ?? [
    [3, 12, 20220501, 1000, 0, 0, 1, 4, 4],
    [1, 10, 20220502, 1000, 1, 1, 9, 9, 1],
    [2, 12, 20220504, 1000, 1, 1, 9, 0, 1],
  ]
  write('kuairand/log_0425_0430.csv.gz', table(LOG, before))
  write('kuairand/log_0501_0504.csv.gz', table(LOG, after))
  const user = (id: number, degree: string): unknown[] => [
    id,
    degree,
    0,
    1,
    '"(0,10]"',
    0,
    '500+',
    '730+',
    ...ONEHOTS.map(() => '1.0'),
  ]
  write('kuairand/users.csv.gz', table(USER, [user(1, 'full'), user(2, ''), user(3, 'low')]))
  write(
    'kuairand/videos.csv.gz',
    table(VIDEO, [
      [10, 900, 'NORMAL', 'Web', '9.0', '"5,6"'],
      [11, 901, 'AD', 'Web', '', 5],
      [12, 900, 'NORMAL', 'New', '9.0', ''],
    ]),
  )
}

describe('kuairand', () => {
  it('splits by date and learns its vocabularies from rows to train on', async () => {
    writeKuaiRand()
    const { train, validation, test, users } = await kuairand()
    expect([train.rows, validation.rows, test.rows]).toEqual([4, 1, 2])
    expect(valuesOf(train, 'user_id')).toEqual(['1', '2', '1', '1'])
    expect(valuesOf(validation, 'user_id')).toEqual(['?'])
    expect(valuesOf(test, 'video_id')).toEqual(['10', '?'])
    expect(users).toEqual({ train: ['1', '2', '1', '1'], validation: ['3'], test: ['1', '2'] })
  })

  it('joins what is known of users and videos, the missing as missing', async () => {
    writeKuaiRand()
    const { train, validation } = await kuairand()
    expect(valuesOf(train, 'user_active_degree')).toEqual(['full', '', 'full', 'full'])
    expect(valuesOf(train, 'follow_user_num_range')).toEqual(new Array(4).fill('(0,10]'))
    expect(valuesOf(train, 'music_type')).toEqual(['9.0', '', '9.0', ''])
    expect(valuesOf(validation, 'author_id')).toEqual(['900'])
    expect(valuesOf(validation, 'upload_type')).toEqual(['?'])
    expect(valuesOf(train, 'hour')).toEqual([0, 23, 0, 9])
  })

  it('labels long views, and the share watched where there is a duration', async () => {
    writeKuaiRand()
    const { train, validation, test, tasks } = await kuairand()
    expect(tasks).toEqual({ vtr: 'binary', vcr: 'regression' })
    expect(train.labels).toEqual({ vtr: Float32Array.of(1, 0, 1, 0), vcr: Float32Array.of(0.5, 1, 0.5, NaN) })
    expect(validation.labels.vcr).toEqual(Float32Array.of(0.25))
    expect(test.labels).toEqual({ vtr: Float32Array.of(1, 1), vcr: Float32Array.of(1, NaN) })
  })

  it('labels clicks, clicks with a long view, and long views after a click where asked', async () => {
    writeKuaiRand()
    const { train, test, tasks } = await kuairand({ labels: 'funnel' })
    expect(tasks).toEqual({ ctr: 'binary', ctcvr: 'binary' })
    expect(train.labels).toEqual({
      ctr: Float32Array.of(0, 1, 0, 1),
      ctcvr: Float32Array.of(0, 0, 0, 0),
      cvr: Float32Array.of(NaN, 0, NaN, 0),
    })
    expect(test.labels).toEqual({
      ctr: Float32Array.of(1, 1),
      ctcvr: Float32Array.of(1, 1),
      cvr: Float32Array.of(1, 1),
    })
  })

  it('has the features of the reference and no outcome', async () => {
    writeKuaiRand()
    const { features } = await kuairand({ dimension: 6 })
    const expected = [...USER, ...VIDEO, 'hour', 'tab', 'duration']
    expect(features.map(({ name }) => name).sort()).toEqual(expected.sort())
    expect(features.every(({ kind, dimension }) => kind === 'sparse' && dimension === 6)).toBe(true)
  })

  it('takes tags as one category, or as a list', async () => {
    writeKuaiRand()
    const single = await kuairand()
    expect(valuesOf(single.train, 'tag')).toEqual(['5,6', '5', '5,6', '5'])
    const list = await kuairand({ tags: 'list' })
    expect(list.features.find(({ name }) => name === 'tag')).toMatchObject({ kind: 'varLen', maxLength: 3 })
    expect(valuesOf(list.train, 'tag')).toEqual(['5', '6', '', '5', '', '', '5', '6', '', '5', '', ''])
    expect(valuesOf(list.validation, 'tag')).toEqual(['', '', ''])
  })

  it('bins durations by the quantiles of rows to train on', async () => {
    const rows = Array.from({ length: 200 }, (_, row) => [1, 10, 20220425, 0, 0, 0, 0, row + 1, 1])
    writeKuaiRand({ before: rows, after: [[1, 10, 20220501, 0, 0, 0, 0, 1e6, 1]] })
    const { train, validation } = await kuairand()
    expect([...train.ids.duration]).toEqual(rows.map((_, row) => Math.floor(row / 10)))
    expect([...validation.ids.duration]).toEqual([19])
  })

  it('refuses a row of a user that nobody knows', async () => {
    writeKuaiRand({ before: [[9, 10, 20220425, 0, 0, 1, 5, 10, 1]] })
    await expect(kuairand()).rejects.toThrow('kuairand: expected each user_id among 3 but got 9 in row 0 of the log')
  })
})

const NOMINAL =
  'class_worker,det_ind_code,det_occ_code,education,hs_college,marital_stat,major_ind_code,major_occ_code,race,hisp_origin,sex,union_member,unemp_reason,full_or_part_emp,tax_filer_stat,region_prev_res,state_prev_res,det_hh_fam_stat,det_hh_summ,mig_chg_msa,mig_chg_reg,mig_move_reg,mig_same,mig_prev_sunbelt,fam_under_18,country_father,country_mother,country_self,citizenship,own_or_self,vet_question,vet_benefits,year'.split(
    ',',
  )

const DEGREES = ['Masters-degree(MA-MS-MEng-MEd-MSW-MBA)', 'Some-college-but-no-degree', 'Bachelors-degree(BA-AB-BS)']

/** People number `from` on; every fifth earns much, every second has never married, two of three have a degree. */
const people = (from: number, count: number, extra: readonly string[] = []): string =>
  table(
    [...NOMINAL, ...extra, 'income_50k'],
    Array.from({ length: count }, (_, index) => {
      const who = from + index
      const fields = NOMINAL.map((name) =>
        name === 'class_worker'
          ? `w${who}`
          : name === 'marital_stat'
            ? who % 2 === 0
              ? 'Never-married'
              : 'Widowed'
            : name === 'education'
              ? DEGREES[who % 3]
              : 'x',
      )
      return [...fields, ...extra.map(() => who), who % 5 === 0 ? '50000+.' : '-50000.']
    }),
  )

describe('census', () => {
  beforeEach(() => {
    write('census/nominal_train.csv.gz', people(0, 20, ['instance_weight']))
    write('census/nominal_test.csv.gz', people(10, 11))
  })

  it('trains on the train split and halves the test split at random, the same for the same seed', async () => {
    const { train, validation, test } = await census()
    expect([train.rows, validation.rows, test.rows]).toEqual([20, 5, 6])
    const halves = [...valuesOf(validation, 'class_worker'), ...valuesOf(test, 'class_worker')]
    const expected = Array.from({ length: 11 }, (_, index) => (index < 10 ? `w${10 + index}` : '?'))
    expect(halves.sort()).toEqual(expected.sort())
    const validations = async (seed: number): Promise<unknown[]> =>
      valuesOf((await census({ seed })).validation, 'class_worker')
    expect(await validations(11)).toEqual(await validations(11))
    expect(await validations(11)).not.toEqual(await validations(12))
  })

  it('labels income and whether somebody never married', async () => {
    const { train, tasks } = await census()
    expect(tasks).toEqual({ income: 'binary', neverMarried: 'binary' })
    expect([...train.labels.income]).toEqual(Array.from({ length: 20 }, (_, who) => (who % 5 === 0 ? 1 : 0)))
    expect([...train.labels.neverMarried]).toEqual(Array.from({ length: 20 }, (_, who) => (who % 2 === 0 ? 1 : 0)))
  })

  it('labels degrees too where asked, and takes education for no feature then either', async () => {
    const { train, tasks, features } = await census({ third: 'college' })
    expect(tasks).toEqual({ income: 'binary', neverMarried: 'binary', college: 'binary' })
    expect([...train.labels.college]).toEqual(Array.from({ length: 20 }, (_, who) => (who % 3 === 1 ? 0 : 1)))
    expect(features.map(({ name }) => name)).not.toContain('education')
  })

  it('labels education by classes from the least to the most where asked', async () => {
    const { train, tasks, features } = await census({ third: 'education' })
    const classes = (tasks.education as TaskKind).classes!
    expect(classes).toHaveLength(17)
    expect([classes[0], classes[16]]).toEqual(['children', 'doctorate'])
    const names = Array.from({ length: 20 }, (_, who) => ['master', 'some college', 'bachelor'][who % 3])
    expect(Array.from(train.labels.education, (label) => classes[label])).toEqual(names)
    expect(features.map(({ name }) => name)).not.toContain('education')
  })

  it('has every nominal column as a feature, but for what tells a task, and no weight', async () => {
    const { features } = await census({ dimension: 8 })
    const expected = NOMINAL.filter((name) => name !== 'education' && name !== 'marital_stat')
    expect(features.map(({ name }) => name)).toEqual(expected)
    expect(features.every(({ dimension }) => dimension === 8)).toBe(true)
  })
})

describe('synthetic', () => {
  it('splits its rows eight to one to one', () => {
    const { train, validation, test, users, tasks } = synthetic({ rows: 105 })
    expect([train.rows, validation.rows, test.rows]).toEqual([84, 10, 11])
    expect(tasks).toEqual({ vtr: 'binary', vcr: 'regression' })
    expect(users.train).toEqual(Array.from(train.ids.user_id, String))
    expect(users.test).toEqual(Array.from(test.ids.user_id, String))
  })

  it('passes its options on', () => {
    expect(synthetic({ rows: 50, users: 7, dimension: 3 }).features[0]).toMatchObject({
      vocabularySize: 7,
      dimension: 3,
    })
  })
})

it('says what to set where real data is not there', async () => {
  for (const [name, load] of Object.entries({ kuairand, census }))
    await expect(load()).rejects.toThrow(
      `${name}: expected its files in ${join(folder, name)} but got no such folder: set PLEGRAD_DATA to the folder that has '${name}' in it`,
    )
})

/** Columns of Arrow tables are what DuckDB reads of the same rows, in Arrow's own memory where it may be. */
import {
  Binary,
  Bool,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  Field,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  LargeUtf8,
  List,
  Null,
  Struct,
  Table,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  Utf8View,
  makeData,
  makeVector,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow'
import type { DataType, Vector } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { PLE, dataset, fit, fitVocabulary, sparseFeature } from '../../src/index.ts'
import { arrowColumns, openTable, tableDataset } from '../../src/tables.ts'
import type { ArrowRead, FeatureSpec, Table as OpenTable } from '../../src/tables.ts'
import { contents } from './contents.ts'
import { DRAWN, queryOf } from './drawn.ts'

/** Arrow's types for one of DuckDB's, and what an Arrow column has for a cell. */
interface Counterpart {
  readonly types: readonly DataType[]
  readonly cell?: (cell: unknown) => unknown
}

const texts: Counterpart = {
  types: [new Utf8(), new LargeUtf8(), new Utf8View(), new Dictionary(new Utf8(), new Int32())],
}
const COUNTERPARTS: Readonly<Record<string, Counterpart>> = {
  BOOLEAN: { types: [new Bool()], cell: Boolean },
  TINYINT: { types: [new Int8()] },
  SMALLINT: { types: [new Int16()] },
  INTEGER: { types: [new Int32(), new Dictionary(new Int32(), new Int8())] },
  UTINYINT: { types: [new Uint8()] },
  USMALLINT: { types: [new Uint16()] },
  UINTEGER: { types: [new Uint32()] },
  BIGINT: { types: [new Int64(), new Dictionary(new Int64(), new Uint16())] },
  UBIGINT: { types: [new Uint64()] },
  FLOAT: { types: [new Float32()] },
  DOUBLE: { types: [new Float64()] },
  VARCHAR: texts,
  "ENUM('a', 'b', 'it''s')": texts,
  DATE: { types: [new DateDay(), new DateMillisecond()], cell: (cell) => new Date(cell as string) },
}

type Drawn = readonly [sql: string, category: unknown, number?: number] | null

/** A vector of cells in stretches, cut out of a longer one, and perhaps sent as a file. */
const vectorOf = (cells: readonly unknown[], type: DataType, cuts: readonly number[], sent: boolean): Vector => {
  const places = [0, ...[...cuts].sort((a, b) => a - b), cells.length]
  const parts = places
    .slice(1)
    .map((to, at) => cells.slice(places[at], to))
    .filter((part) => part.length > 0)
  const [first, ...more] = [[cells[0], null], ...parts, [null]].map((part) => vectorFromArray(part, type) as Vector)
  const vector = first.concat(...more).slice(2, 2 + cells.length)
  return sent ? tableFromIPC(tableToIPC(new Table({ x: vector }))).getChildAt(0)! : vector
}

let last: OpenTable | undefined
const open = async (sql: string): Promise<OpenTable> => {
  last?.close()
  return (last = await openTable({ sql, threads: 1 }))
}
afterAll(() => last?.close())

const RUNS = 8
const rowsOf = (values: fc.Arbitrary<Exclude<Drawn, null>>) =>
  fc.array(fc.option(values, { freq: 4 }), { minLength: 1, maxLength: 30 })
const way = fc.tuple(fc.array(fc.nat(30), { maxLength: 3 }), fc.boolean())

const pairs = DRAWN.flatMap((drawn) =>
  (Object.hasOwn(COUNTERPARTS, drawn.type) ? COUNTERPARTS[drawn.type].types : []).map(
    (type) => [`${(type as { toString(): string }).toString()} is ${drawn.type}`, drawn, type] as const,
  ),
)

describe.each(pairs)('%s', (_, { type, category, number, values }, arrow) => {
  const { cell = (x: unknown) => x } = COUNTERPARTS[type]
  const cast = (drawn: Drawn): string => `CAST(${drawn ? drawn[0] : 'NULL'} AS ${type})`
  const cellOf = (drawn: Drawn): unknown => (drawn === null ? null : cell(drawn[1]))

  it('by rows', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(values), way, async (rows, [cuts, sent]) => {
        const x = vectorOf(
          rows.map(cellOf),
          arrow,
          cuts.map((cut) => cut % rows.length),
          sent,
        )
        const table = await open(queryOf({ x: rows.map(cast), y: rows.map(cast) }))
        const specs: readonly FeatureSpec[] = [
          ...(category ? [{ kind: 'sparse', name: 'x' } as const] : []),
          ...(number ? [{ kind: 'dense', name: 'n', column: 'x', missing: 0, indicator: true } as const] : []),
        ]
        const labels = number ? { task: 'y' } : {}
        const { training } = await tableDataset({ from: table, features: specs, labels })
        const columns = arrowColumns(new Table({ x, y: x }), [
          ...(category ? [{ name: 'x' }] : []),
          ...(number ? [{ name: 'n', column: 'x', as: 'number' } as const] : []),
          ...(number ? [{ name: 'task', column: 'y', as: 'number' } as const] : [{ name: 'y' }]),
        ])
        const read = Object.fromEntries(specs.map(({ name }) => [name!, columns[name!]]))
        const found = dataset({
          features: training.features,
          columns: read,
          ...(number && { labels: { task: columns.task } }),
        })
        expect(contents(found)).toEqual(contents(training))
        const [first] = training.features
        if (category)
          expect(JSON.stringify(sparseFeature('x', { vocabulary: fitVocabulary(columns.x) }))).toBe(
            JSON.stringify(first),
          )
      }),
      { numRuns: RUNS },
    )
  })

  // A builder of lists of dictionaries makes no dictionary.
  it.runIf(!(arrow instanceof Dictionary))('in lists', async () => {
    const lists = fc.array(fc.option(fc.array(fc.option(values, { freq: 4 }), { maxLength: 4 }), { freq: 5 }), {
      minLength: 1,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(lists, way, async (rows, [cuts, sent]) => {
        const list = new List(new Field('item', arrow, true))
        const cells = rows.map((row) => row?.map(cellOf) ?? null)
        const x = vectorOf(
          cells,
          list,
          cuts.map((cut) => cut % rows.length),
          sent,
        )
        const sql = rows.map((row) => `CAST(${row ? `[${row.map(cast).join(', ')}]` : 'NULL'} AS ${type}[])`)
        const table = await open(queryOf({ x: sql }))
        const features: readonly FeatureSpec[] = [
          category
            ? { kind: 'varLen', name: 'x', maxLength: 3 }
            : { kind: 'varLen', name: 'x', maxLength: 3, edges: [0] },
        ]
        const { training } = await tableDataset({ from: table, features })
        const found = dataset({ features: training.features, columns: { x: arrowColumns(new Table({ x })).x } })
        expect(contents(found)).toEqual(contents(training))
      }),
      { numRuns: RUNS },
    )
  })
})

it('decimals of any width are numbers by all of their digits', async () => {
  const digits = fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(digits, fc.bigInt(-999n, 999n)), { minLength: 1, maxLength: 9 }),
      async (all) => {
        for (const width of [128, 256]) {
          const words = new Uint32Array((all.length * width) / 32)
          all.forEach((x, row) => {
            for (let word = 0; word < width / 32; word++)
              words[(row * width) / 32 + word] = Number(BigInt.asUintN(32, x >> BigInt(32 * word)))
          })
          const type = new Decimal(4, 38, width)
          const { x } = arrowColumns(
            new Table({ x: makeVector(makeData({ type, length: all.length, nullCount: 0, data: words })) }),
          )
          const text = (value: bigint): string =>
            `'${value < 0n ? '-' : ''}${String(value < 0n ? -value : value)
              .padStart(5, '0')
              .replace(/(\d{4})$/, '.$1')}'`
          const table = await open(queryOf({ x: all.map((value) => `CAST(${text(value)} AS DECIMAL(38,4))`) }))
          const { training } = await tableDataset({ from: table, features: [{ kind: 'dense', name: 'x' }] })
          expect(Float32Array.from(x as ArrayLike<number>)).toEqual(training.numbers.x)
        }
      },
    ),
    { numRuns: RUNS },
  )
})

describe('times', () => {
  const PARTS = ['hour', 'weekday', 'day', 'month', 'year', 'age'] as const
  const read = async (
    sql: readonly string[],
    column: Vector,
    parts: readonly (typeof PARTS)[number][],
  ): Promise<void> => {
    const specs = parts.map((time) => ({
      name: time,
      column: 'at',
      time,
      ...(time === 'age' && { until: '2024-05-31' }),
    }))
    const table = await open(queryOf({ at: sql }))
    const { training } = await tableDataset({
      from: table,
      features: specs.map((spec) => ({ ...spec, kind: 'dense', missing: -1 }) as const),
    })
    const columns = arrowColumns(new Table({ at: column }), specs)
    expect(contents(dataset({ features: training.features, columns }))).toEqual(contents(training))
  }
  const micros = fc.array(fc.option(fc.bigInt({ min: -(10n ** 15n), max: 4n * 10n ** 15n })), {
    minLength: 1,
    maxLength: 12,
  })
  const sqlOf = (x: bigint | null): string => (x === null ? 'NULL::TIMESTAMP' : `make_timestamp(${x})`)
  const UNITS = [
    [new TimestampSecond(), 1_000_000n],
    [new TimestampMillisecond(), 1000n],
    [new TimestampMicrosecond('UTC'), 1n],
  ] as const

  it.each(UNITS)('%s', async (type, unit) => {
    await fc.assert(
      fc.asyncProperty(micros, async (all) => {
        const whole = all.map((x) => (x === null ? null : x / unit))
        const data = makeVector(
          makeData({
            type: type as TimestampMicrosecond,
            length: all.length,
            data: BigInt64Array.from(whole, (x) => x ?? 7n),
            nullBitmap: Uint8Array.from([0, 8], (from) =>
              whole.slice(from, from + 8).reduce((bits, x, bit) => bits | (Number(x !== null) << bit), 0),
            ),
            nullCount: whole.filter((x) => x === null).length,
          }),
        )
        await read(
          whole.map((x) => sqlOf(x === null ? null : x * unit)),
          data,
          PARTS,
        )
      }),
      { numRuns: RUNS },
    )
  })

  it('nanoseconds, dates, and the hour of a clock', async () => {
    const at = 1_700_000_000_123_456_789n
    const nano = makeVector(
      makeData({ type: new TimestampNanosecond(), length: 1, nullCount: 0, data: BigInt64Array.of(at) }),
    )
    await read([`make_timestamp_ns(${at})`], nano, PARTS)
    const days = ['2024-02-29', '1969-12-31', '1999-01-01']
    const dates = vectorFromArray(
      days.map((day) => new Date(day)),
      new DateDay(),
    ) as Vector
    await read(
      days.map((day) => `DATE '${day}'`),
      dates,
      PARTS,
    )
    const clock = makeVector(
      makeData({ type: new TimeMicrosecond(), length: 2, nullCount: 0, data: BigInt64Array.of(0n, 86_399_999_999n) }),
    )
    await read([`TIME '00:00'`, `TIME '23:59:59.999999'`], clock, ['hour'])
  })

  it('an age up to another column', () => {
    const moment = (x: number): Date => new Date(x * 86_400_000)
    const table = new Table({
      from: vectorFromArray([moment(1), moment(2), null], new TimestampMillisecond()),
      to: vectorFromArray([moment(3), null, moment(1)], new DateDay()),
    })
    const { age } = arrowColumns(table, [{ name: 'age', column: 'from', time: 'age', until: 'to' }])
    expect(age).toEqual(Float64Array.of(2, NaN, NaN))
  })
})

describe('memory', () => {
  it('is that of Arrow where numbers lie one behind the other, in lists too', () => {
    const table = tableFromArrays({
      a: Int32Array.of(1, 2, 3),
      b: BigInt64Array.of(1n, 2n, 3n),
      c: Float32Array.of(1, 2, 3),
    })
    const columns = arrowColumns(table)
    for (const name of ['a', 'b', 'c'] as const) expect(columns[name]).toEqual(table.getChild(name)!.toArray())
    for (const name of ['a', 'b', 'c'] as const)
      expect((columns[name] as unknown as Int32Array).buffer).toBe(
        (table.getChild(name)!.data[0].values as Int32Array).buffer,
      )
    const child = makeData({ type: new Float32(), length: 6, nullCount: 0, data: Float32Array.of(1, 2, 3, 4, 5, 6) })
    const type = new FixedSizeList(2, new Field('item', new Float32()))
    const vectors = makeVector(makeData({ type, length: 3, nullCount: 0, child })).slice(1)
    const { x } = arrowColumns(new Table({ x: vectors })) as unknown as Readonly<
      Record<string, readonly Float32Array[]>
    >
    expect(x).toEqual([Float32Array.of(3, 4), Float32Array.of(5, 6)])
    expect(x[0].buffer).toBe(child.values.buffer)
  })

  it('of stretches is put together, nulls among them or not', () => {
    const x = vectorFromArray([1, 2], new Int32()).concat(vectorFromArray([null, 4], new Int32()))
    expect(arrowColumns(new Table({ x })).x).toEqual(Float64Array.of(1, 2, NaN, 4))
    const y = vectorFromArray([1, 2], new Int32()).concat(vectorFromArray([3], new Int32()))
    expect(arrowColumns(new Table({ x: y })).x).toEqual(Int32Array.of(1, 2, 3))
    const z = vectorFromArray([1n], new Int64()).concat(vectorFromArray([null, 3n], new Int64()))
    expect(arrowColumns(new Table({ x: z })).x).toEqual([1n, null, 3n])
    expect(arrowColumns(tableFromArrays({ x: new Int32Array(0) })).x).toHaveLength(0)
  })
})

it('numbers of 16 bits, nothing at all, texts that are split, and digits', () => {
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x7e00, 0x3555)
  const table = new Table({
    half: makeVector(makeData({ type: new Float16(), length: 6, nullCount: 0, data: halves })),
    none: vectorFromArray([null, null, null, null, null, null], new Null()),
    tags: vectorFromArray(['a,b', '', null, 'c', ',', 'd'], new Utf8()),
    id: vectorFromArray([1, 2, 3, 4, 5, null], new Int32()),
  })
  const { half, none, tags, id } = arrowColumns(table, [
    { name: 'tags', separator: ',' },
    { name: 'id', as: 'text' },
  ])
  expect(half).toEqual(Float64Array.of(1, -2, 2 ** -24, Infinity, NaN, 0.333251953125))
  expect(Array.from(none as ArrayLike<number>)).toEqual(Array(6).fill(NaN))
  expect(tags).toEqual([['a', 'b'], [], [], ['c'], ['', ''], ['d']])
  expect(id).toEqual(['1', '2', '3', '4', '5', null])
})

it('a model is trained on them', async () => {
  const table = tableFromArrays({ user: ['ann', 'bob', 'ann', 'cyd'], like: [1, 0, 1, 0], share: [0, 0, 1, 1] })
  const { user, like, share } = arrowColumns(table)
  const features = [sparseFeature('user', { vocabulary: fitVocabulary(user) })]
  const tasks = { like: 'binary', share: 'binary' } as const
  const model = new PLE({ features, taskNames: ['like', 'share'], taskTypes: ['binary', 'binary'] })
  const { steps, epochs } = await fit(model, {
    data: dataset({ features, columns: { user }, labels: { like, share }, tasks }),
    epochs: 1,
  })
  expect(steps).toBe(1)
  expect(epochs[0].losses.like).toBeGreaterThan(0)
})

describe('what cannot be meant is refused', () => {
  const table = new Table({
    at: vectorFromArray([new Date(0)], new TimestampMillisecond()),
    user: vectorFromArray(['ann'], new Utf8()),
    n: vectorFromArray([1.5], new Float64()),
    bytes: vectorFromArray([Uint8Array.of(1)], new Binary()),
    both: vectorFromArray([{ a: 1 }], new Struct([new Field('a', new Int32())])),
  })
  const refusals: readonly (readonly [ArrowRead, RegExp])[] = [
    [
      { name: 'at' },
      /expected numbers, texts or lists of them for 'at' but got column 'at' of Timestamp.*time: 'hour'/,
    ],
    [{ name: 'user', as: 'number' }, /expected numbers for 'user' but got column 'user' of Utf8/],
    [{ name: 'n', as: 'text' }, /expected texts for 'n' but got column 'n' of Float64/],
    [{ name: 'bytes' }, /column 'bytes' of Binary.*table\.select/],
    [{ name: 'both' }, /column 'both' of Struct/],
    [{ name: 'user', time: 'hour' }, /a date or a time with hour for 'user'/],
    [{ name: 'at', time: 'age' }, /until, a date or a column/],
    [{ name: 'at', time: 'age', until: 'yesterday' }, /a date such as 2024-05-31 but got 'yesterday'/],
    [{ name: 'at', time: 'age', until: 'user' }, /a date or a time in column 'user' but got Utf8/],
    [{ name: 'user', until: '2024-05-31' }, /time: age beside until/],
    [{ name: 'n', separator: ',' }, /texts to split for 'n'/],
    [{ name: 'usr' }, /a column 'usr' but got none.*did you mean 'user'\?/],
    [{ name: 'user', column: 'n' }, /'user' twice/],
  ]
  it.each(refusals)('%j', (read, message) => {
    const rest = (['at', 'user', 'n', 'bytes', 'both'] as const).filter(
      (name) => name === read.name || read.until === name || !['at', 'bytes', 'both'].includes(name),
    )
    expect(() => arrowColumns(table.select(rest), [read])).toThrow(message)
  })
  it('something else than a table, and options that there are not', () => {
    expect(() => arrowColumns({} as never)).toThrow(/a table of apache-arrow/)
    expect(() => arrowColumns(table, [{ name: 'n', has: 1 } as never])).toThrow(/arrowColumns/)
  })
})

/** Scalings of dense features: what is fitted is what NumPy finds, and what is applied is what a literal reading gives. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  dataset,
  denseFeature,
  emptyBatch,
  featuresFromJSON,
  featuresToJSON,
  fitScaling,
  inputWidth,
  rowWriter,
  sameFeature,
} from '../../src/data/index.ts'
import type { Column, FeatureJSON, Row, Scaling, ScalingOptions } from '../../src/data/index.ts'

const COLUMN = [3.5, -2, 0.1, 1000, 42, 42, 7.25, 0, 1e-3, -55.5, 12, NaN, 8]

/** Each list of a scaling within 1e-12 of what is expected, relative where that is above 1; all else the same. */
function expectNear(found: Scaling, expected: Scaling): void {
  expect(Object.keys(found)).toEqual(Object.keys(expected))
  for (const [name, value] of Object.entries(expected) as [keyof Scaling, unknown][]) {
    if (!Array.isArray(value)) expect(found[name], name).toEqual(value)
    else
      value.forEach((number: number, place) => {
        const off = Math.abs((found[name] as readonly number[])[place] - number)
        expect(off / Math.max(1, Math.abs(number)), `${name} in place ${place}`).toBeLessThan(1e-12)
      })
  }
}

describe('what is fitted', () => {
  // By NumPy 2: np.mean, np.median, np.std and np.quantile of the eleven numbers that are no NaN.
  it.each<readonly [ScalingOptions, Scaling]>([
    [{}, {}],
    [{ missing: 'mean' }, { missing: [88.11258333333332] }],
    [
      { missing: 'median', indicator: true },
      { missing: [5.375], indicator: true },
    ],
    [{ missing: -1 }, { missing: [-1] }],
    [{ standardise: true }, { mean: [88.11258333333332], deviation: [275.94068571598814] }],
    [{ clip: [0, 100] }, { least: [0], most: [100] }],
    [{ clip: [-Infinity, 100] }, { most: [100] }],
    [
      { clip: [-10, Infinity], standardise: true },
      { least: [-10], mean: [91.90424999999999], deviation: [274.24869013425416] },
    ],
    [{ clipQuantiles: [0.01, 0.99] }, { least: [-49.615], most: [894.6200000000006] }],
    [{ clipQuantiles: [0, 1] }, { least: [-55.5], most: [1000] }],
    [
      { log: true, standardise: true },
      { log: true, mean: [1.4809230246616556], deviation: [2.6664534856611217] },
    ],
    [
      { missing: 'median', indicator: true, clipQuantiles: [0.1, 0.75], log: true, standardise: true },
      {
        ...{ missing: [5.375], indicator: true, least: [-1.7999999999999998], most: [19.5], log: true },
        ...{ mean: [1.2895675030107334], deviation: [1.5183437872266077] },
      },
    ],
  ])('with %j is what NumPy finds', (options, expected) => {
    expectNear(fitScaling(COLUMN, options), expected)
    const other = COLUMN.map((value) => (Number.isNaN(value) ? null : value))
    expectNear(fitScaling(other, options), expected)
    expectNear(fitScaling(Float64Array.from(COLUMN), options), expected)
  })

  it('is found for each place of a row, in lists and in flat numbers', () => {
    const lists = [[1, 10], [2, NaN], [3, 30], null, [10, 50]]
    const flat = Float64Array.from([1, 10, 2, NaN, 3, 30, NaN, NaN, 10, 50])
    for (const column of [lists, flat, [null, ...lists]] as readonly Column[])
      expectNear(fitScaling(column, { dimension: 2, missing: 'median', standardise: true }), {
        ...{ missing: [2.5, 30], mean: [4, 30] },
        deviation: [3.5355339059327378, 16.32993161855452],
      })
  })

  it('keeps the digits of large numbers', () => {
    const times = [0, 1, 2, 3, 1e7].map((more) => 1.7e12 + more)
    expectNear(fitScaling(times, { standardise: true }), {
      mean: [1700002000001.2],
      deviation: [3999999.4000001247],
    })
  })

  it.each([[[0.1, 0.1, 0.1]], [[7]], [[1e30, 1e30, null]]])(
    'of %j, one number alone, has a deviation of 1',
    (column: readonly (number | null)[]) => {
      const scaling = fitScaling(column, { missing: 'mean', clipQuantiles: [0.1, 0.9], standardise: true })
      const [only] = column as readonly number[]
      const one = [only]
      expect(scaling).toEqual({ missing: one, least: one, most: one, mean: one, deviation: [1] })
      const features = [denseFeature('x', { scaling })]
      const { numbers } = dataset({ features, columns: { x: [...column, only + 1] } })
      expect([...numbers.x].map(Math.abs)).toEqual([...column, 0].map(() => 0))
    },
  )

  it('of a column of nothing is what needs no number', () => {
    expect(fitScaling([null, NaN, undefined], { missing: 3, indicator: true, clip: [0, 1], log: true })).toEqual({
      ...{ missing: [3], indicator: true, least: [0], most: [1], log: true },
    })
    expect(fitScaling([], { missing: 0 })).toEqual({ missing: [0] })
  })
})

describe('fitting refuses', () => {
  it.each<readonly [unknown, unknown, string]>([
    [[], { missing: 'mean' }, 'fitScaling: expected at least one number but got none in place 0 of any row: because'],
    [[null], { standardise: true }, 'at least one number but got none in place 0 of any row'],
    [[[1, null]], { dimension: 2, clipQuantiles: [0, 1] }, 'at least one number but got none in place 1 of any row'],
    [[1, Infinity], {}, 'fitScaling: expected numbers to be finite float32 numbers but got Infinity at row 1'],
    [[1, 1e39], {}, 'but got 1e+39 at row 1'],
    [[1, '2'], {}, "but got '2' at row 1"],
    [[[1, 2], [3]], { dimension: 2 }, 'fitScaling: expected 2 numbers per row but got 1 at row 1'],
    [[[1], 2], {}, 'fitScaling: expected the column to hold a list per row but got 2 at row 1'],
    [[1, 2, 3], { dimension: 2 }, 'fitScaling: expected the column to hold a multiple of 2 values but got 3'],
    ['123', {}, 'fitScaling: expected the first argument to be an array or a typed one but got'],
    [
      [1],
      { missing: 'mode' },
      "fitScaling: expected missing to be 'mean' or 'median' or a finite number but got 'mode'",
    ],
    [[1], { missing: Infinity }, 'but got Infinity'],
    [[1], { indicator: true }, 'fitScaling: expected missing beside indicator but got none'],
    [[1], { clip: [2, 1] }, 'fitScaling: expected clip to be two numbers, the least and the most, but got a list of 2'],
    [[1], { clip: [Infinity, Infinity] }, 'expected clip to be two numbers'],
    [[1], { clip: [NaN, 1] }, 'expected clip to be two numbers'],
    [[1], { clip: [1] }, 'expected clip to be two numbers'],
    [[1], { clipQuantiles: [0.1, 1.5] }, 'expected clipQuantiles to be two shares from 0 to 1, the lower one first,'],
    [[1], { clip: [0, 1], clipQuantiles: [0, 1] }, 'fitScaling: expected clip or clipQuantiles but got both'],
    [[1], { standardize: true }, "but got 'standardize', did you mean 'standardise'?"],
    [[1], { log: 1 }, 'fitScaling: expected log to be true or false but got 1'],
    [[1], { dimension: 0 }, 'fitScaling: expected dimension to be an integer from 1 to 1048576 but got 0'],
  ])('%j with %j', (column, options, said) => {
    expect(() => fitScaling(column as Column, options as ScalingOptions)).toThrow(RangeError)
    expect(() => fitScaling(column as Column, options as ScalingOptions)).toThrow(said)
  })
})

/** A cell read literally, from the words of the documents: missing, clip, log, standardise. */
function literal(scaling: Scaling, cell: number | null, place: number): number {
  const filled = cell ?? scaling.missing![place]
  const high = Math.max(filled, scaling.least?.[place] ?? -Infinity)
  const clipped = Math.min(high, scaling.most?.[place] ?? Infinity)
  const bent = scaling.log ? (clipped < 0 ? -Math.log1p(-clipped) : Math.log1p(clipped)) : clipped
  return (bent - (scaling.mean?.[place] ?? 0)) / (scaling.deviation?.[place] ?? 1)
}

/** Such that float32 tells apart what becomes of them. */
const number = fc.integer({ min: -80_000, max: 80_000 }).map((eighths) => eighths / 8)

/** A scaling of so many numbers, any of whose steps may be there, and rows for it. */
const drawn = fc.integer({ min: 1, max: 3 }).chain((dimension) => {
  const list = (each: fc.Arbitrary<number>) => fc.array(each, { minLength: dimension, maxLength: dimension })
  const some = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
  const bounds = list(fc.tuple(number, number) as never) as unknown as fc.Arbitrary<readonly [number, number][]>
  return fc
    .record({
      missing: some(list(number)),
      indicator: some(fc.boolean()),
      bounds: some(bounds),
      log: some(fc.boolean()),
      mean: some(list(number)),
      deviation: some(list(fc.double({ min: 0.1, max: 1000, noNaN: true }))),
    })
    .chain(({ bounds: pairs, indicator, ...rest }) => {
      const scaling = {
        ...rest,
        indicator: rest.missing && indicator,
        least: pairs?.map((pair) => Math.min(...pair)),
        most: pairs?.map((pair) => Math.max(...pair)),
      } as Scaling
      const cell = scaling.missing ? fc.option(number, { freq: 3 }) : number
      const rows = fc.array(fc.array(cell, { minLength: dimension, maxLength: dimension }), { maxLength: 6 })
      return fc.record({ dimension: fc.constant(dimension), scaling: fc.constant(scaling), rows })
    })
})

const floats = (values: readonly number[]) => [...Float32Array.from(values)].map((value) => value + 0)

describe('a scaling', () => {
  it('is applied as it says, by datasets of lists and of flat numbers and by writers of rows', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(drawn, ({ dimension, scaling, rows }) => {
        for (const name of Object.keys(scaling)) if (scaling[name as keyof Scaling]) seen.add(name)
        const feature = denseFeature('x', { dimension, scaling })
        const features = [feature]
        const expected = floats(
          rows.flatMap((row) => [
            ...row.map((cell, place) => literal(scaling, cell, place)),
            ...(scaling.indicator ? row.map((cell) => (cell === null ? 1 : 0)) : []),
          ]),
        )
        const flat = Float64Array.from(rows.flat(), (cell) => cell ?? NaN)
        const columns = [rows, flat, ...(dimension === 1 ? [rows.flat()] : [])] as readonly Column[]
        for (const x of columns) expect(floats([...dataset({ features, columns: { x } }).numbers.x])).toEqual(expected)
        const batch = emptyBatch({ features, labels: {} }, rows.length)
        const write = rowWriter(features, batch)
        rows.forEach((row, at) => {
          write({ x: dimension === 1 ? row[0] : row }, at)
        })
        expect(floats([...batch.numbers.x.values])).toEqual(expected)
        expect(inputWidth(features)).toBe(scaling.indicator ? 2 * dimension : dimension)
        const [again] = featuresFromJSON(JSON.parse(JSON.stringify(featuresToJSON(features))) as FeatureJSON[])
        expect(again).toEqual(feature)
        expect(sameFeature(again, feature)).toBe(true)
        // One that differs is told.
        expect(sameFeature(again, denseFeature('x', { dimension, scaling: { ...scaling, log: !scaling.log } }))).toBe(
          false,
        )
      }),
      { numRuns: 300 },
    )
    expect([...seen].sort()).toEqual(['deviation', 'indicator', 'least', 'log', 'mean', 'missing', 'most'])
  })

  it('goes in its order: a number that stands in is clipped, and what was clipped is the logarithm’s', () => {
    const scaling = { missing: [100], most: [10], log: true, mean: [1], deviation: [2] }
    const { x } = dataset({ features: [denseFeature('x', { scaling })], columns: { x: [null, 0] } }).numbers
    expect([...x]).toEqual([Math.fround((Math.log(11) - 1) / 2), -0.5])
  })

  it('makes a mean of 0 and a deviation of 1 of the rows that it was fitted on', () => {
    const column = Array.from({ length: 500 }, (_, row) => 1.7e12 + 1000 * ((row * 7919) % 997))
    const features = [denseFeature('at', { scaling: fitScaling(column, { standardise: true }) })]
    const { at } = dataset({ features, columns: { at: column } }).numbers
    const mean = at.reduce((total, value) => total + value, 0) / at.length
    expect(mean).toBeCloseTo(0, 6)
    expect(Math.sqrt(at.reduce((total, value) => total + (value - mean) ** 2, 0) / at.length)).toBeCloseTo(1, 6)
    expect(new Set(at).size).toBe(new Set(column).size)
  })

  it('takes null, undefined and NaN as missing, for a number and for a row of them', () => {
    const scaling = { missing: [5], indicator: true }
    const one = [denseFeature('x', { scaling })]
    expect([...dataset({ features: one, columns: { x: [null, undefined, NaN, 1] } }).numbers.x]).toEqual([
      ...[5, 1, 5, 1, 5, 1, 1, 0],
    ])
    const two = [denseFeature('x', { dimension: 2, scaling: { missing: [5, 6], indicator: true } })]
    for (const x of [
      [null, [1, null]],
      [undefined, [1, NaN]],
    ] as readonly Column[])
      expect([...dataset({ features: two, columns: { x } }).numbers.x]).toEqual([5, 6, 1, 1, 1, 6, 0, 1])
    expect([...dataset({ features: two, columns: { x: [null, null] } }).numbers.x]).toEqual([5, 6, 1, 1, 5, 6, 1, 1])
  })

  it('is a copy, which does not change with what was given', () => {
    const missing = [5]
    const feature = denseFeature('x', { scaling: { missing } })
    missing[0] = 9
    expect(feature.scaling).toEqual({ missing: [5] })
  })

  it.each<readonly [string, Scaling, unknown, string]>([
    ['an infinity', { missing: [0] }, Infinity, "numbers in column 'x' to be finite float32 numbers but got Infinity"],
    ['a text', { missing: [0] }, '3', "but got '3' at row 0"],
    ['a missing number without one for it', { mean: [0] }, null, 'to be finite float32 numbers but got null at row 0'],
    [
      'a number that float32 cannot hold once scaled',
      { deviation: [1e-30] },
      1e10,
      "numbers in column 'x', once scaled, to be finite float32 numbers but got",
    ],
  ])('refuses %s, in a dataset and in a row', (_, scaling, cell, said) => {
    const features = [denseFeature('x', { scaling })]
    expect(() => dataset({ features, columns: { x: [cell] } as never })).toThrow(said)
    const write = rowWriter(features, emptyBatch({ features, labels: {} }, 1))
    expect(() => {
      write({ x: cell } as Row, 0)
    }).toThrow(said)
  })
})

describe('a feature refuses a scaling', () => {
  it.each<readonly [unknown, string]>([
    [5, "feature 'x', its scaling: expected an object of options, as in { missing: … }, but got 5"],
    [{ fill: [0] }, "feature 'x', its scaling: expected options among missing, indicator, least, most, log, mean, dev"],
    [{ missing: 0 }, 'expected missing to be a list of 1, each to be a finite number but got 0'],
    [{ missing: [0, 1] }, 'expected missing to be a list of 1, each to be a finite number but got a list of 2'],
    [{ mean: [NaN] }, 'expected mean to be a list of 1, each to be a finite number but got NaN at position 0'],
    [{ most: ['1'] }, "but got '1' at position 0"],
    [{ deviation: [0] }, 'expected deviation to be a list of 1, each to be a number in (0, ∞) but got 0 at position 0'],
    [{ deviation: [Infinity] }, 'but got Infinity at position 0'],
    [{ log: 'yes' }, "expected log to be true or false but got 'yes'"],
    [{ indicator: true }, 'expected missing beside indicator but got none: because no number can be missing'],
    [{ least: [2], most: [1] }, 'expected least of at most 1, which is most, but got 2 in place 0'],
  ])('of %j, as it is made and as a file has it', (scaling, said) => {
    expect(() => denseFeature('x', { scaling } as never)).toThrow(said)
    expect(() => featuresFromJSON([{ kind: 'dense', name: 'x', dimension: 1, scaling }] as never)).toThrow(said)
  })

  it('beside a transform', () => {
    expect(() => denseFeature('x', { transform: Math.sqrt, scaling: { log: true } })).toThrow(
      "feature 'x': expected a transform or a scaling but got both: because numbers are made in one way",
    )
  })
})

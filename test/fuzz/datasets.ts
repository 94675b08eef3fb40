/**
 * Whole datasets: right ones hold what a literal reading of their columns gives, also by selection and in batches; ones
 * that are wrong in a single place are refused.
 */
import * as fc from 'fast-check'
import { batches, dataset, denseFeature } from '../../src/data/index.ts'
import type { Dataset, DatasetOptions, Feature } from '../../src/data/index.ts'
import { FEATURES as UNSCALED, TASKS, TYPES } from '../models/feed.ts'
import { checkEncoded } from './columns.ts'
import { attempt, must } from './refusal.ts'
import { target } from './target.ts'
import type { Target } from './target.ts'

type Raw = Record<string, unknown[]>
type MaybeNumber = number | null

const FEATURES: readonly Feature[] = [
  ...UNSCALED,
  denseFeature('height', { scaling: { missing: [2], indicator: true, least: [-9], log: true, deviation: [2] } }),
  denseFeature('box', { dimension: 2, scaling: { missing: [1, 2], most: [5, 6] } }),
]

/** What scalings make of a cell, read literally. */
const SCALED: Readonly<Record<string, (cell: unknown) => readonly number[]>> = {
  height: (cell) => {
    const x = Math.max((cell as MaybeNumber) ?? 2, -9)
    return [(x < 0 ? -Math.log1p(-x) : Math.log1p(x)) / 2, cell === null ? 1 : 0]
  },
  box: (cell) => (cell as readonly MaybeNumber[]).map((x, place) => Math.min(x ?? [1, 2][place], [5, 6][place])),
}

/** What makes a dataset wrong; undefined where this one cannot be wrong in that way. */
const WRONGS: Readonly<
  Record<string, (given: { columns: Raw; labels: Raw; features: readonly Feature[] }) => unknown>
> = {
  'a column lacks': ({ columns }) => Reflect.deleteProperty(columns, Object.keys(columns)[0]),
  'a column is one too many': ({ columns }) => (columns.stranger = [1]),
  'a column is longer': ({ columns, labels }) => {
    const all = [...Object.values(columns), ...Object.values(labels)]
    return all.length > 1 ? all[0].push(all[0][0]) : undefined
  },
  'a label is text': ({ labels }) => (labels.click.length > 0 ? (labels.click[0] = '1') : undefined),
  'a label is no class': ({ labels }) => (labels.click.length > 0 ? (labels.click[0] = 0.5) : undefined),
  'a label is infinite': ({ labels }) =>
    labels.click_buy_price.length > 0 ? (labels.click_buy_price[0] = Infinity) : undefined,
  'a task is a column': ({ labels, columns }) => (labels[Object.keys(columns)[0]] = labels.click),
  'an id has no row': ({ columns, features }) => {
    const feature = features.find(({ kind }) => kind === 'sparse')
    if (feature?.kind !== 'sparse' || columns[feature.name].length === 0) return undefined
    return (columns[feature.name][0] = feature.vocabularySize)
  },
  'a number is no number': ({ columns, features }) => {
    const feature = features.find(({ kind, dimension }) => kind === 'dense' && dimension === 1)
    return feature && columns[feature.name].length > 0 ? (columns[feature.name][0] = '3') : undefined
  },
}

interface Case {
  readonly features: readonly string[]
  /** Columns by name, and what rows hold. */
  readonly columns: Raw
  readonly labels: Raw
  readonly chosen: readonly number[]
  readonly batchSize: number
  readonly wrong: string
}

const number = fc.float({ noNaN: true, noDefaultInfinity: true })
/** One, or null for a feature that fills it in. */
const numberOf = (feature: Feature): fc.Arbitrary<MaybeNumber> =>
  feature.name in SCALED ? fc.option(number, { freq: 3 }) : number

const cellOf = (feature: Feature): fc.Arbitrary<unknown> =>
  feature.kind === 'sparse'
    ? fc.nat(feature.vocabularySize - 1)
    : feature.kind === 'varLen'
      ? fc.option(fc.array(fc.nat(feature.vocabularySize - 1), { maxLength: 6 }), { freq: 8 })
      : feature.dimension === 1
        ? numberOf(feature)
        : fc.array(numberOf(feature), { minLength: 2, maxLength: 2 })

const cases = (): fc.Arbitrary<Case> =>
  fc.tuple(fc.subarray([...FEATURES], { minLength: 1 }), fc.nat(6)).chain(([features, rows]) => {
    const column = (cell: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> =>
      fc.array(cell, { minLength: rows, maxLength: rows })
    const columns = Object.fromEntries(features.map((feature) => [feature.name, column(cellOf(feature))]))
    const labels = Object.fromEntries(
      TASKS.map((task, at) => [
        task,
        column(TYPES[at] === 'binary' ? fc.constantFrom<unknown>(0, 1, NaN) : fc.float({ noDefaultInfinity: true })),
      ]),
    )
    return fc.record({
      features: fc.constant(features.map(({ name }) => name)),
      columns: fc.record(columns),
      labels: fc.record(labels),
      chosen: fc.array(fc.nat(Math.max(0, rows - 1)), { maxLength: rows === 0 ? 0 : 8 }),
      batchSize: fc.integer({ min: 1, max: 4 }),
      wrong: fc.constantFrom(...Object.keys(WRONGS)),
    })
  })

/** A feature's column, read literally: what a dataset should hold of a row. */
function literal(feature: Feature, cell: unknown): readonly number[] {
  if (feature.kind === 'sparse') return [cell as number]
  if (feature.name in SCALED) return SCALED[feature.name](cell).map(Math.fround)
  if (feature.kind === 'dense') return [cell as number].flat()
  const last = ((cell ?? []) as readonly number[]).slice(-feature.maxLength)
  return [...last, ...Array.from({ length: feature.maxLength - last.length }, () => 0)]
}

const same = (a: ArrayLike<number>, b: readonly number[]): boolean =>
  a.length === b.length && b.every((value, at) => value === a[at] || (Number.isNaN(value) && Number.isNaN(a[at])))

/** That a dataset holds these rows of the columns, in that order. */
function checkHolds(
  data: Dataset,
  { columns, labels }: Pick<Case, 'columns' | 'labels'>,
  rows: readonly number[],
): void {
  checkEncoded(data)
  for (const feature of data.features) {
    const { name } = feature
    const wanted = rows.flatMap((row) => literal(feature, columns[name][row]))
    const held = feature.kind === 'dense' ? data.numbers[name] : data.ids[name]
    must(same(held, wanted), () => `'${name}' holds ${Array.from(held).join(' ')} and not ${wanted.join(' ')}`)
  }
  for (const [task, values] of Object.entries(labels)) {
    const wanted = rows.map((row) => values[row] as number)
    must(same(data.labels[task], wanted), () => `labels of '${task}' are ${data.labels[task].join(' ')}`)
  }
}

/** Weights of a feature's ids: as many as there are ids. */
const withWeights = (features: readonly Feature[], columns: Raw): Raw => ({
  ...columns,
  ...Object.fromEntries(
    features.flatMap((feature) =>
      feature.kind === 'varLen' && feature.weights !== undefined
        ? [[feature.weights, columns[feature.name].map((list) => ((list ?? []) as unknown[]).map(() => 1))]]
        : [],
    ),
  ),
})

export function checkDataset({ features: names, columns: drawn, labels, chosen, batchSize, wrong }: Case): void {
  const features = FEATURES.filter(({ name }) => names.includes(name))
  const columns = withWeights(features, drawn)
  const tasks = Object.fromEntries(TASKS.map((task, at) => [task, TYPES[at]]))
  const optionsOf = (given: { columns: Raw; labels: Raw }): DatasetOptions =>
    ({ features, ...given, tasks }) as unknown as DatasetOptions
  const data = dataset(optionsOf({ columns, labels }))
  const all = [...labels.click.keys()]
  checkHolds(data, { columns, labels }, all)
  checkHolds(data.select(chosen), { columns, labels }, chosen)
  const order = Int32Array.from(chosen)
  let start = 0
  for (const batch of batches(data, { batchSize, order })) {
    const rows = chosen.slice(start, (start += batchSize))
    for (const feature of features) {
      const { values } = feature.kind === 'dense' ? batch.numbers[feature.name] : batch.ids[feature.name]
      const wanted = rows.flatMap((row) => literal(feature, columns[feature.name][row]))
      must(same(values, wanted), () => `a batch has ${values.join(' ')} in '${feature.name}'`)
    }
    for (const [task, values] of Object.entries(labels)) {
      const wanted = rows.map((row) => values[row] as number)
      const kept = wanted.map((label) => (Number.isNaN(label) ? 0 : label))
      must(same(batch.labels[task].values, kept), () => `a batch has other labels of '${task}'`)
      must(
        same(
          batch.masks[task].values,
          wanted.map((label) => (Number.isNaN(label) ? 0 : 1)),
        ),
        () => `a batch has another mask of '${task}'`,
      )
    }
  }
  const copy = (from: Raw): Raw => Object.fromEntries(Object.entries(from).map(([name, values]) => [name, [...values]]))
  const spoilt = { columns: copy(columns), labels: copy(labels), features }
  if (WRONGS[wrong](spoilt) === undefined) return
  const { refused } = attempt(() => dataset(optionsOf(spoilt)))
  must(refused !== undefined, () => `it is taken though ${wrong}`)
}

export const datasets = (): Target =>
  target({
    name: 'datasets',
    holds: 'datasets hold their columns, or are refused',
    cases: 300,
    drawn: cases(),
    check: checkDataset,
  })

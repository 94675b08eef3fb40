/** A small feed with every kind of feature and label, for tests of models and of training; it draws from no file. */
import { dataset, denseFeature, sparseFeature, varLenFeature } from '../../src/data/index.ts'
import type { Column, Dataset, Feature, LabelColumn } from '../../src/data/index.ts'
import { nameOf, parameters } from '../../src/models/index.ts'
import type { TaskType } from '../../src/models/index.ts'
import { count, multiclass, multilabel } from '../../src/tasks.ts'
import { stream } from '../../src/tensor/index.ts'

/** Each name is a prefix of the next: whoever looks for parameters by prefix mixes them up. */
export const TASKS = ['click', 'click_buy', 'click_buy_price'] as const
export const TYPES = ['binary', 'binary', 'regression'] as const

/** One of each kind that a task may have beside these: of three classes by name, of two labels, of counts. */
export const KINDS = [multiclass(['low', 'middle', 'high']), multilabel(2), count()] as const satisfies TaskType[]

/** Two sparse features, three var-len ones of all poolings, of which one has weights and one shares a table, two dense. */
export const FEATURES: readonly Feature[] = [
  denseFeature('age'),
  varLenFeature('history', { vocabularySize: 7, dimension: 2, maxLength: 3, table: 'item' }),
  sparseFeature('user', { vocabularySize: 5, dimension: 3 }),
  varLenFeature('tags', { vocabularySize: 6, dimension: 2, maxLength: 4, pooling: 'sum', weights: 'tagWeights' }),
  sparseFeature('item', { vocabularySize: 7, dimension: 2 }),
  varLenFeature('topics', { vocabularySize: 5, dimension: 3, maxLength: 3, pooling: 'max' }),
  denseFeature('place', { dimension: 2 }),
]

/** Columns of `FEATURES` in their order of concatenation: 3 + 2 sparse, 2 + 2 + 3 var-len, 1 + 2 dense. */
export const WIDTH = 15

/**
 * Rows of `FEATURES` with labels of `TASKS`, of any of `TYPES` and `KINDS`, some of them outside of a task's sample space;
 * of several labels each by itself.
 */
export function feed(rows: number, seed = 1, features = FEATURES, types: readonly TaskType[] = TYPES): Dataset {
  const root = stream(seed)
  const columns: Record<string, Column> = {}
  for (const feature of features) {
    const random = root.stream(feature.name)
    const below = (counter: number, bound: number): number => Math.floor(random.uniform(counter) * bound)
    if (feature.kind === 'dense')
      columns[feature.name] = Float64Array.from({ length: rows * feature.dimension }, (_, at) => random.normal(at))
    else if (feature.kind === 'sparse')
      columns[feature.name] = Int32Array.from({ length: rows }, (_, row) => below(row, feature.vocabularySize))
    else {
      // Row 1 is nothing but padding.
      const lists = Array.from({ length: rows }, (_, row) =>
        Array.from(
          { length: row === 1 ? 0 : 1 + below(row, feature.maxLength) },
          (__, place) => 1 + below(1000 + row * 10 + place, feature.vocabularySize - 1),
        ),
      )
      columns[feature.name] = lists
      if (feature.weights !== undefined)
        columns[feature.weights] = lists.map((list, row) =>
          list.map((_, place) => random.normal(9000 + row * 10 + place)),
        )
    }
  }
  /** Number `at` of a task, by what its kind has labels of; NaN in a fifth. */
  const drawn = (task: string, type: string, at: number, numbers: number): number => {
    const uniform = (counter: number): number => root.stream(task).uniform(counter)
    if (uniform(numbers + at) < 0.2) return NaN
    if (type === 'regression') return root.stream('price').normal(at)
    if (type === 'multiclass') return Math.floor(3 * uniform(at))
    if (type === 'count') return Math.floor(4 * uniform(at))
    return uniform(at) < 0.5 ? 1 : 0
  }
  const label = (task: string, type: string): LabelColumn => {
    if (type !== 'multilabel') return Float64Array.from({ length: rows }, (_, row) => drawn(task, type, row, rows))
    const pair = (row: number): number[] => [2 * row, 2 * row + 1].map((at) => drawn(task, type, at, 2 * rows))
    return Array.from({ length: rows }, (_, row) => pair(row))
  }
  return dataset({
    features,
    columns,
    labels: Object.fromEntries(TASKS.map((task, index) => [task, label(task, nameOf(types[index]))])),
    tasks: Object.fromEntries(TASKS.map((task, index) => [task, types[index]])),
  })
}

/** Moves every parameter of a model off its start, so that no bias is 0, no scale is 1 and no statistic is idle. */
export function stir<M extends object>(model: M, seed = 1, scale = 0.3): M {
  for (const [path, parameter] of Object.entries(parameters(model))) {
    const random = stream(seed).stream(path)
    const spread = path.endsWith('runningVariance') ? 0 : scale
    parameter.assign(parameter.values.map((value, at) => value + spread * random.normal(at)))
  }
  return model
}

/** The same rows, nobody of which buys without a click. */
export const funnel = (data: Dataset): Dataset => {
  const { click, click_buy } = data.labels
  return {
    ...data,
    labels: { ...data.labels, click_buy: click_buy.map((buys, row) => (click[row] === 0 ? Math.min(buys, 0) : buys)) },
  }
}

/**
 * The model and the batches of the step benchmarks: 16 sparse features, two levels, one expert per group, two binary
 * tasks. Everything is drawn from a seed, so that all contestants start from the same numbers.
 */
import { Ids, PLE, cpu, cpu64, ones, parameters, sparseFeature, stream } from '../../src/index.ts'
import { fromValues } from '../../src/tensor/index.ts'
import type { Backend, Batch } from '../../src/index.ts'

export const TASKS = ['click', 'buy'] as const
export const FEATURES: readonly string[] = Array.from({ length: 16 }, (_, index) => `f${index}`)

export interface Size {
  /** Rows of each embedding table. */
  readonly vocabulary: number
  readonly dimension: number
  readonly expert: readonly number[]
  readonly tower: readonly number[]
  readonly levels: number
}

/** DeepCTR's own defaults, but for embeddings of 8. */
export const LARGE: Size = { vocabulary: 1000, dimension: 8, expert: [256], tower: [64], levels: 2 }
export const SMALL: Size = { vocabulary: 1000, dimension: 4, expert: [64], tower: [32], levels: 2 }

/** No L2: libraries differ in whether they apply it to rows that no batch touches. */
export const model = ({ vocabulary, dimension, expert, tower, levels }: Size, backend: Backend = cpu): PLE =>
  new PLE({
    features: FEATURES.map((name) => sparseFeature(name, { vocabularySize: vocabulary, dimension })),
    taskNames: TASKS,
    taskTypes: TASKS.map(() => 'binary' as const),
    numLevels: levels,
    expertDnnHiddenUnits: expert,
    towerDnnHiddenUnits: tower,
    l2RegEmbedding: 0,
    initStd: 0.1,
    seed: 7,
    backend,
  })

/** The numbers of a batch, apart from any library: ids (rows features) and labels (rows tasks). */
export interface Rows {
  readonly rows: number
  readonly ids: Int32Array
  readonly labels: Float32Array
}

export function drawRows(rows: number, vocabulary: number, number: number): Rows {
  const random = stream(1).stream(`batch ${number} of ${rows}`)
  const [ids, labels] = [random.stream('ids'), random.stream('labels')]
  return {
    rows,
    ids: Int32Array.from({ length: rows * FEATURES.length }, (_, at) => Math.floor(ids.uniform(at) * vocabulary)),
    labels: Float32Array.from({ length: rows * TASKS.length }, (_, at) => (labels.uniform(at) < 0.3 ? 1 : 0)),
  }
}

/** One column of a row-major matrix. */
export const column = <T extends Int32Array | Float32Array>(values: T, width: number, at: number): T =>
  values.filter((_, index) => index % width === at) as T

export function batchOf({ rows, ids, labels }: Rows, vocabulary: number, backend: Backend = cpu): Batch {
  const idsOf = (at: number): Ids => {
    const buffer = backend.allocateIds(rows)
    backend.writeIds(buffer, column(ids, FEATURES.length, at))
    return new Ids([rows], buffer, vocabulary, backend)
  }
  return {
    rows,
    ids: Object.fromEntries(FEATURES.map((name, at) => [name, idsOf(at)])),
    numbers: {},
    labels: Object.fromEntries(
      TASKS.map((task, at) => [task, fromValues(column(labels, TASKS.length, at), [rows], backend)]),
    ),
    masks: Object.fromEntries(TASKS.map((task) => [task, ones([rows], backend)])),
  }
}

/**
 * The same model in float64 with only those rows of its tables that a batch names, and the batch with ids to match: a
 * reference whose size does not grow with the vocabulary.
 */
export function compact(ple: PLE, size: Size, rows: Rows): { model: PLE; size: Size; rows: Rows } {
  const named = FEATURES.map((_, at) => [...new Set(column(rows.ids, FEATURES.length, at))])
  const placeOf = named.map((ids) => new Map(ids.map((id, place) => [id, place])))
  const own = { ...size, vocabulary: rows.rows }
  const small = model(own, cpu64)
  const given = parameters(ple)
  for (const [path, parameter] of Object.entries(parameters(small))) {
    const { values } = given[path]
    const feature = FEATURES.findIndex((name) => path === `embedding.tables.${name}`)
    if (feature < 0) parameter.assign(values)
    else {
      const table = new Float64Array(parameter.size)
      named[feature].forEach((id, place) =>
        table.set(values.subarray(id * size.dimension, (id + 1) * size.dimension), place * size.dimension),
      )
      parameter.assign(table)
    }
  }
  const ids = rows.ids.map((id, at) => placeOf[at % FEATURES.length].get(id) ?? 0)
  return { model: small, size: own, rows: { ...rows, ids } }
}

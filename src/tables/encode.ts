/**
 * Encodes chunks of columns straight into the typed arrays of a dataset, without an object for a row. It refuses rows that
 * it was not opened for.
 */
import { datasetOf, labelOf, made, weightOf, weightsOfLabels, widthOf } from '../data/index.ts'
import type { Dataset, Feature, LabelKind } from '../data/index.ts'
import type { Chunk } from './library.ts'
import { widthOf as widthOfLabels } from './readOptions.ts'
import type { ColumnRead } from './reads.ts'
import { crossed, dense, labelLists, narrowing, numbersAt, sparse, varLen, weights } from './write.ts'
import type { Narrowing, Write } from './write.ts'

/** What the rows of a part are made of, by name. */
export interface EncodingPlan {
  readonly who: string
  readonly features: readonly Feature[]
  /** What features read, in the order of the columns that a query gives. Columns of labels and weights are behind them. */
  readonly reads: readonly ColumnRead[]
  readonly labels: readonly {
    readonly task: string
    readonly place: number
    readonly kind: LabelKind | undefined
  }[]
  readonly weights: readonly { readonly task: string; readonly place: number }[]
}

/** A part of a table that is being filled. */
export interface EncodingPart {
  readonly take: (chunk: Chunk, from: number, to: number) => void
  /** The rows that it took, as many as it was opened for. */
  readonly done: () => Dataset
}

/** A part of so many rows, to be filled by the chunks of a query for the plan's columns. */
export function openPart({ who, features, reads, ...plan }: EncodingPlan, rows: number): EncodingPart {
  const places = new Map(reads.map(({ name }, place) => [name, place]))
  const ids: Record<string, Int32Array> = {}
  const numbers: Record<string, Float32Array> = {}
  const labels: Record<string, Float32Array> = {}
  const sampleWeights: Record<string, Float32Array> = {}
  const writes: Write[] = []
  const checks: (() => void)[] = []
  const narrow = (
    into: Record<string, Float32Array>,
    name: string,
    what: string,
    count: number,
    width?: number,
  ): Narrowing => {
    const numbersOfIt = narrowing(who, what, count, width)
    into[name] = numbersOfIt.values
    checks.push(numbersOfIt.check)
    return numbersOfIt
  }
  for (const feature of features) {
    const { name } = feature
    const place = places.get(name)!
    if (feature.kind === 'dense') {
      writes.push(
        dense(who, feature, reads[place], place, narrow(numbers, name, made(feature), rows, widthOf(feature))),
      )
      continue
    }
    ids[name] = new Int32Array(rows * (feature.kind === 'varLen' ? feature.maxLength : 1))
    if (feature.kind === 'varLen') {
      writes.push(varLen(who, feature, place, ids[name]))
      if (feature.weights === undefined) continue
      const what = `weights in column '${feature.weights}'`
      writes.push(
        weights(
          who,
          feature,
          place,
          places.get(feature.weights)!,
          narrow(numbers, feature.weights, what, rows * feature.maxLength),
        ),
      )
    } else
      writes.push(feature.crosses ? crossed(who, feature, places, ids[name]) : sparse(who, feature, place, ids[name]))
  }
  for (const { task, place, kind } of plan.labels) {
    const width = widthOfLabels(kind)
    const { put } = narrow(labels, task, `labels of '${task}'`, rows, width)
    if (width > 1) {
      writes.push(labelLists(place, put, labelOf(task, kind, who) as (cell: unknown, row: number) => readonly number[]))
      continue
    }
    const of = labelOf(task, kind, who) as (cell: unknown, row: number) => number
    writes.push(
      numbersAt(
        place,
        (row, value) => put(row, 0, value),
        (cell, row) => of(cell ?? NaN, row),
      ),
    )
  }
  for (const { task, place } of plan.weights) {
    const values = (sampleWeights[task] = new Float32Array(rows))
    const of = weightOf(`sample weights of '${task}'`, who)
    writes.push(numbersAt(place, (row, value) => void (values[row] = value), of))
  }
  let filled = 0
  return {
    take: (chunk, from, to) => {
      for (const write of writes) write(chunk, from, to, filled)
      filled += to - from
    },
    done: () => {
      for (const check of checks) check()
      for (const { task } of plan.weights) sampleWeights[task] = weightsOfLabels(labels[task], sampleWeights[task])
      const weighted = plan.weights.length > 0 && { sampleWeights }
      return datasetOf({ rows, features, ids, numbers, labels, ...weighted })
    },
  }
}

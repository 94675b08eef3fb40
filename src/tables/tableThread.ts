/**
 * What the thread runs that reads a table: it opens it, and sends the parts that it is asked for. It refuses what tableParts
 * refuses, and sends that back.
 */
import { featuresFromJSON, featuresToJSON } from '../data/index.ts'
import type { Dataset, FeatureJSON, LabelKind } from '../data/index.ts'
import { taskTypeOf } from '../models/index.ts'
import { partsHere } from './partsHere.ts'
import type { PartsOptions, PartsRead } from './partsHere.ts'
import type { Part } from './split.ts'

/** Options as they are sent: kinds of tasks and features as JSON has them, and DuckDB as what the thread loads. */
export interface SentOptions extends Omit<PartsOptions, 'tasks' | 'fitted' | 'duckdb'> {
  readonly tasks?: Readonly<Record<string, string | object>>
  readonly fitted?: readonly FeatureJSON[]
}

/** What is asked: to open a table, and then for its parts. */
export type Asked = { readonly open: SentOptions } | { readonly part: Part; readonly place: number }

/** What a table is answered with that is open: features, and how many rows each part of its parts has. */
export interface OpenedTable {
  readonly features: readonly FeatureJSON[]
  readonly sizes: Readonly<Partial<Record<Part, readonly number[]>>>
}

/** The rows of a part, whose memory goes with them. */
export type PartRows = Pick<Dataset, 'rows' | 'ids' | 'numbers' | 'labels' | 'sampleWeights'>

/** The answer to the question of that number; 0 says that the thread is there. */
export interface Answer {
  readonly id: number
  readonly value?: OpenedTable | PartRows
  readonly error?: unknown
}

/** Where a thread hears and tells. */
export interface ThreadPort {
  on(event: 'message', listener: (asked: { id: number; close?: true } & Asked) => void): void
  postMessage(answer: Answer, transfer?: readonly ArrayBufferLike[]): void
  close(): void
}

const PARTS: readonly Part[] = ['training', 'validation', 'test']

const optionsOf = ({ tasks, fitted, ...options }: SentOptions, duckdb?: object): PartsOptions => ({
  ...options,
  ...(tasks && {
    tasks: Object.fromEntries(
      Object.entries(tasks).map(([name, kind]) => [name, taskTypeOf('tableParts', kind) as LabelKind]),
    ),
  }),
  ...(fitted && { fitted: featuresFromJSON(fitted) }),
  ...(duckdb && { duckdb }),
})

/**
 * Answers what is asked by a port, until it is told to close, after all that was asked before. `busy` counts
 * what is still to be answered.
 */
export function serve(port: ThreadPort, busy: Int32Array, duckdb?: object): void {
  let table: PartsRead | undefined
  const answer = async (id: number, asked: Asked): Promise<void> => {
    if ('open' in asked) {
      const { features, ...parts } = (table = await partsHere(optionsOf(asked.open, duckdb)))
      const sizes = Object.fromEntries(PARTS.map((part) => [part, parts[part]?.sizes]))
      port.postMessage({ id, value: { features: featuresToJSON(features), sizes } })
      return
    }
    const { rows, ids, numbers, labels, sampleWeights } = await table![asked.part]!.read(asked.place)
    const kinds: readonly Readonly<Record<string, Int32Array | Float32Array>>[] = [
      ids,
      numbers,
      labels,
      sampleWeights ?? {},
    ]
    const value = { rows, ids, numbers, labels, ...(sampleWeights && { sampleWeights }) }
    port.postMessage(
      { id, value },
      kinds.flatMap((columns) => Object.values(columns).map(({ buffer }) => buffer)),
    )
  }
  let last: Promise<void> = Promise.resolve()
  port.on('message', ({ id, close, ...asked }) => {
    last = last.then(async () => {
      if (close) {
        table?.close()
        port.close()
      } else await answer(id, asked).catch((error: unknown) => port.postMessage({ id, error }))
      Atomics.sub(busy, 0, 1)
      Atomics.notify(busy, 0)
    })
  })
  port.postMessage({ id: 0 })
}

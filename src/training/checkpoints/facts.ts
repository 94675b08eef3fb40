/** Facts as text, and what data and losses are, told by a number. It refuses nothing: who compares, refuses. */
import { featuresToJSON, hashOfText } from '../../data/index.ts'
import type { Dataset } from '../../data/index.ts'
import { kindOf } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import { fromValues } from '../../tensor/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { rowLossOf } from '../losses/rowLosses.ts'
import type { RowLosses } from '../losses/taskLosses.ts'
import { isStreamed } from '../step/source.ts'
import type { Data } from '../step/source.ts'

/** The numbers that JSON has no word for. */
const ODD: readonly number[] = [NaN, Infinity, -Infinity, -0]
const MARK = '\u0000'

/** JSON that also holds the numbers that JSON has no word for, each as a text that begins with a mark. */
export const toText = (facts: unknown): string =>
  JSON.stringify(facts, (_, value: unknown) => {
    const odd = ODD.find((each) => Object.is(each, value))
    if (odd !== undefined) return MARK + (Object.is(odd, -0) ? '-0' : String(odd))
    return typeof value === 'function' ? 'a function' : value
  })

export const fromText = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(1)) : value,
  )

/** FNV-1a over words of 32 bits, and what bytes are left: it tells any one word that has changed. */
export function hashOf(bytes: Uint8Array, start = 0x811c9dc5): number {
  let hash = start
  const whole = bytes.byteOffset % 4 === 0 ? Math.floor(bytes.length / 4) : 0
  const words = new Uint32Array(bytes.buffer, whole > 0 ? bytes.byteOffset : 0, whole)
  for (let at = 0; at < whole; at++) hash = Math.imul(hash ^ words[at], 0x01000193)
  for (let at = 4 * whole; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193)
  return hash >>> 0
}

const hashesOf = (columns: Readonly<Record<string, Int32Array | Float32Array>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(columns).map(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      hashOf(new Uint8Array(buffer, byteOffset, byteLength)),
    ]),
  )

/** What a dataset is, column by column; of streamed data the first part, and how they are streamed. */
export function factsOfData(data: Data): Record<string, unknown> {
  if (isStreamed(data)) return { ...data.facts, first: factsOfData(data.example) }
  const { rows, ids, numbers, labels, sampleWeights = {} } = data
  return {
    rows,
    ids: hashesOf(ids),
    numbers: hashesOf(numbers),
    labels: hashesOf(labels),
    sampleWeights: hashesOf(sampleWeights),
  }
}

/** What features are, one by one, words of vocabularies included. */
export const factsOfFeatures = (features: Dataset['features']): Record<string, number> =>
  Object.fromEntries(featuresToJSON(features).map((feature) => [feature.name, hashOfText(JSON.stringify(feature))]))

const OUTPUTS = [-3, -0.5, 0, 0.25, 2, 9]
const LABELS = [0, 1, 1, 0, 0, 1]

/** So many rows (b), or (b width), as there are numbers, which are gone through again and again. */
const cycled = (numbers: readonly number[], width: number): Tensor =>
  fromValues(
    Array.from({ length: numbers.length * width }, (_, at) => numbers[at % numbers.length]),
    width > 1 ? [numbers.length, width] : [numbers.length],
  )

/** A loss is a function, which no text holds: it is known by what some rows cost. */
export const factsOfLosses = (losses: RowLosses, tasks: Model['tasks']): Record<string, readonly number[]> =>
  Object.fromEntries(
    Object.entries(losses).map(([task, loss]) => {
      const { width, labelWidth } = kindOf(tasks[task])
      const costs = rowLossOf(loss)(cycled(OUTPUTS, width), cycled(LABELS, labelWidth))
      return [task, [...costs.values]]
    }),
  )

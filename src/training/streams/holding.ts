/** Memory for so many rows that those of several parts are copied into. It refuses parts that are not like the first. */
import { datasetOf } from '../../data/index.ts'
import type { Dataset } from '../../data/index.ts'

type Column = Int32Array | Float32Array
type Columns = Readonly<Record<string, Column>>

/** The kinds of columns that a dataset has. */
const KINDS = ['ids', 'numbers', 'labels', 'sampleWeights'] as const

/** Memory for rows of one kind of data. */
export interface Holding {
  /** Copies rows `from` … `to` − 1 of a part to row `at` and on. */
  put(part: Dataset, from: number, to: number, at: number): void
  /** The first so many rows, not copied: the next ones go over them. */
  first(rows: number): Dataset
}

/** Memory for so many rows like those of an example; of its features only if they are asked for. */
export function holding(example: Dataset, rows: number, withFeatures = true): Holding {
  const kinds = withFeatures ? KINDS : (['labels', 'sampleWeights'] as const)
  const columnsOf = (columns: Columns, of: (source: Column, width: number, name: string) => Column): Columns =>
    Object.fromEntries(
      Object.entries(columns).map(([name, source]) => [name, of(source, source.length / example.rows, name)]),
    )
  const held = Object.fromEntries(
    kinds.map((kind) => [
      kind,
      columnsOf(example[kind] ?? {}, (source, width) =>
        source instanceof Int32Array ? new Int32Array(rows * width) : new Float32Array(rows * width),
      ),
    ]),
  )
  return {
    put(part, from, to, at) {
      for (const kind of kinds) {
        const given: Columns = part[kind] ?? {}
        const [names, known] = [Object.keys(given), Object.keys(held[kind])]
        const odd = known.find((name) => !(name in given)) ?? names.find((name) => !(name in held[kind]))
        if (odd !== undefined)
          throw new RangeError(
            `streamed: expected ${kind} of ${known.join(', ') || 'nothing'} in every part but got ${names.join(', ') || 'none'}: because rows of all parts are one data set`,
          )
        columnsOf(held[kind], (into, _, name) => {
          const width = into.length / rows
          if (given[name].length !== part.rows * width)
            throw new RangeError(
              `streamed: expected ${width} numbers a row of '${name}' in every part but got ${given[name].length / part.rows}`,
            )
          into.set(given[name].subarray(from * width, to * width), at * width)
          return into
        })
      }
    },
    first: (count) => {
      const {
        ids = {},
        numbers = {},
        labels = {},
        sampleWeights,
      } = Object.fromEntries(
        kinds.map((kind) => [
          kind,
          columnsOf(held[kind], (_, __, name) => {
            const all = held[kind][name]
            return all.subarray(0, count * (all.length / rows))
          }),
        ]),
      ) as Partial<Pick<Dataset, (typeof KINDS)[number]>>
      return datasetOf({
        rows: count,
        features: withFeatures ? example.features : [],
        ids,
        numbers,
        labels,
        ...(example.sampleWeights && sampleWeights && { sampleWeights }),
      })
    },
  }
}

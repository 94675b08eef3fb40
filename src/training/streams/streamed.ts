/** Makes a streamed data set of parts. It refuses parts that have other rows than they said, and no rows at all. */
import { callable, checkOptions, checkValue, having, needed, show, whole } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import type { DataParts, Dataset } from '../../data/index.ts'
import type { PartMade, StreamedData } from '../step/source.ts'
import { scoresOf } from '../scoring/evaluate.ts'
import { holding } from './holding.ts'
import { sortedScores } from './sortedScores.ts'
import type { Sort } from './sortedScores.ts'
import { windowed } from './windows.ts'

/** What `streamed` takes. */
export interface StreamOptions {
  /**
   * How many rows are shuffled together. Twice as many are in memory: those that steps take, and those that are read meanwhile;
   * once, where it has all rows. Rows of one step are of one such window, so it should have many steps. Default 262144.
   */
  readonly buffer?: number
  /**
   * What sorts the predictions of evaluations: `tableSort` of plegrad/tables does so on disk. Default they are all held, 4 bytes
   * for each and for each label.
   */
  readonly sort?: Sort
}

const WHO = 'streamed'
const OPTIONS: Checks<StreamOptions> = { buffer: whole(1), sort: callable }
const PARTS = having('parts', 'sizes', 'read')

type Numbers = Record<string, Float32Array>

/**
 * Data that are larger than memory, as `fit`, `fitAlternating` and `evaluate` take them: parts in an order of each epoch's
 * own, their rows shuffled within a buffer, the next ones read while steps run. One seed gives one result, bit by bit. With a
 * buffer of all rows it is that of the same rows in memory.
 *
 * The first part is read at once. Each is checked as data in memory are, when it comes.
 * @throws RangeError if there are no parts or rows, an option is not known, or a part has other rows than it said.
 */
export async function streamed(parts: DataParts, options: StreamOptions = {}): Promise<StreamedData> {
  checkValue(WHO, 'the first argument', parts, PARTS)
  checkOptions(WHO, options, OPTIONS)
  const { buffer = 2 ** 18, sort } = options
  const sizes = [...parts.sizes]
  for (const [place, size] of sizes.entries()) checkValue(WHO, `the size of part ${place}`, size, needed(whole(1)))
  if (sizes.length === 0) throw new RangeError(`${WHO}: expected at least one part but got none`)
  const rows = sizes.reduce((sum, size) => sum + size, 0)

  const readPart = async (place: number): Promise<Dataset> => {
    const part = await parts.read(place)
    if (part.rows !== sizes[place])
      throw new RangeError(
        `${WHO}: expected ${sizes[place]} rows in part ${place} but got ${show(part.rows)}: because rows come or go while they are read`,
      )
    return part
  }
  const example = await readPart(0)
  const read = async (place: number): Promise<Dataset> => (place === 0 ? example : readPart(place))

  async function* inOrder(made: PartMade = (part) => part): AsyncGenerator<Dataset, void> {
    let coming = read(0)
    for (const place of sizes.keys()) {
      const part = await coming
      if (place + 1 < sizes.length) {
        coming = read(place + 1)
        // It is told when it is asked for.
        coming.catch(() => undefined)
      }
      yield made(part)
    }
  }
  return {
    rows,
    features: example.features,
    taskNames: example.taskNames,
    example,
    facts: { rows, parts: sizes, buffer },
    rounds: (round, made) => windowed({ sizes, example, buffer, read }, round, made),
    parts: inOrder,
    async scores(asked) {
      const { model, predict, metrics, tasks, made } = asked
      const sorted = sort && (await sortedScores(() => inOrder(made), sort, asked))
      if (sorted) return sorted
      const labels = holding(example, rows, false)
      const all: Numbers = {}
      let start = 0
      for await (const part of inOrder(made)) {
        const predictions = predict(part)
        for (const [name, values] of Object.entries(predictions)) {
          all[name] ??= new Float32Array(rows)
          all[name].set(values, start)
        }
        labels.put(part, 0, part.rows, start)
        start += part.rows
      }
      return scoresOf(model, all, labels.first(rows), metrics, tasks)
    },
  }
}

/** What each row counts for, by task. It refuses what is no weight, and weights of a task that there is not. */
import { didYouMean, isRecord, show } from '../checks/index.ts'
import { refuse } from './columns.ts'

/** One number per row, of all tasks or by task. */
export type SampleWeights = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>

const isList = (weights: SampleWeights): weights is ArrayLike<number> => !isRecord(weights) || 'length' in weights

/** Makes of a cell the weight that it is, or throws naming the row. */
export const weightOf =
  (what: string, who?: string) =>
  (cell: unknown, row: number): number =>
    typeof cell === 'number' && cell >= 0 && Number.isFinite(Math.fround(cell))
      ? cell
      : refuse(
          `${what} of finite numbers of at least 0`,
          `${show(cell)} at row ${row}`,
          'a weight says how many rows this one stands for',
          who,
        )

function encode(what: string, values: ArrayLike<number>): Float32Array {
  const weight = weightOf(what)
  const weights = new Float32Array(values.length)
  for (let row = 0; row < weights.length; row++) weights[row] = weight(values[row], row)
  return weights
}

/** Weights of each task that has some, narrowed to float32; one list is that of all tasks. */
export function encodeSampleWeights(
  given: SampleWeights | undefined,
  tasks: readonly string[],
): Record<string, Float32Array> {
  if (given === undefined) return {}
  if (isList(given)) {
    const weights = encode('sample weights', given)
    return Object.fromEntries(tasks.map((task) => [task, weights]))
  }
  return Object.fromEntries(
    Object.entries(given).map(([task, values]) => {
      if (!tasks.includes(task))
        refuse(`labels of task '${task}'`, 'none', `sample weights name it${didYouMean(task, tasks)}`)
      return [task, encode(`sample weights of '${task}'`, values)]
    }),
  )
}

/**
 * What scores rows as an application has them: encodes each into memory that is there already, runs, and hands out the
 * numbers. It allocates nothing, and refuses more rows than it has room for.
 */
import { checkValue } from '../checks/index.ts'
import type { Check } from '../checks/index.ts'
import { rowWriter } from '../data/index.ts'
import type { Feature, Inputs, Row } from '../data/index.ts'

/** What scores rows. */
export interface Scoring {
  readonly rows: number
  /**
   * Scores a row as the application has it: values by feature, encoded as in a dataset. Returns one number per output,
   * a probability or a value, in a record that the next call overwrites.
   * @throws RangeError, as a dataset does, where a column is not there, nobody reads it, or a cell cannot be read.
   */
  score(row: Row): Readonly<Record<string, number>>
  /**
   * Scores up to `rows` rows. Returns for each output its numbers, in memory that the next call overwrites and of which
   * the first `rows.length` count.
   * @throws RangeError for what is no list of rows or has more than there is room for, and as `score` does.
   */
  scoreAll(rows: readonly Row[]): Scoring['predictions']
  /** What `run` scores, for whoever has ids already: write to its ids and numbers. */
  readonly batch: Inputs
  /** What `run` wrote last, for each output (rows). */
  readonly predictions: Readonly<Record<string, ArrayLike<number>>>
  /** Scores `batch`. */
  run(): void
}

export const ROWS: Check = { expected: 'to be a list', fits: Array.isArray }

/** What runs, between a batch and predictions. */
export interface Engine<I extends Inputs> {
  readonly features: readonly Feature[]
  readonly rows: number
  readonly batch: I
  readonly predictions: Scoring['predictions']
  /** Throws where its memory was given back. */
  readonly check: () => void
  readonly run: (who: string) => void
}

export function scoringOf<I extends Inputs>({ features, rows, batch, predictions, check, run }: Engine<I>) {
  const fill = rowWriter(features, batch, 'score')
  const write = (row: Row, at: number): void => {
    check()
    fill(row, at)
  }
  const names = Object.keys(predictions)
  const scored: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]))
  return {
    rows,
    score(row) {
      write(row, 0)
      run('score')
      for (let index = 0; index < names.length; index++) scored[names[index]] = predictions[names[index]][0]
      return scored
    },
    scoreAll(given) {
      checkValue('scoreAll', 'the rows', given, ROWS)
      if (given.length > rows)
        throw new RangeError(
          `scoreAll: expected at most ${rows} rows but got ${given.length}: because that is its room`,
        )
      for (let at = 0; at < given.length; at++) write(given[at], at)
      run('scoreAll')
      return predictions
    },
    batch,
    predictions,
    run: () => {
      run('run')
    },
  } satisfies Scoring
}

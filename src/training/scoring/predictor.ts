/**
 * A model compiled to score: the shape that fits into a request handler. All memory is taken once, before the first
 * request, and a prediction allocates nothing. It follows its model: what is learned later is scored with at once.
 */
import { checkOptions, checkValue, whole } from '../../checks/index.ts'
import type { Check, Checks } from '../../checks/index.ts'
import { emptyBatch, rowWriter } from '../../data/index.ts'
import type { Batch, Row } from '../../data/index.ts'
import type { Backend } from '../../kernels/index.ts'
import { checkWhole } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import { compile } from '../../program/index.ts'
import { checkModel } from '../dataChecks.ts'
import { scoring } from './evaluate.ts'
import type { Scored } from './evaluate.ts'
import type { Program } from '../../program/index.ts'
import { RUN, backendOf, runsOn } from '../runsOn.ts'

export interface PredictorOptions {
  /** How many rows are scored at once. Default 1. */
  readonly rows?: number
  /** What runs: see `RunOptions`. */
  readonly backend?: Backend
}

const OPTIONS: Checks<PredictorOptions> = { rows: whole(1), backend: RUN.backend }
const ROWS: Check = { expected: 'to be a list', fits: Array.isArray }

export interface Predictor {
  /** What runs. */
  readonly backend: string
  readonly rows: number
  /**
   * Scores a row as the application has it: values by feature, encoded as in a dataset. Returns one number per output,
   * a probability or a value, in a record that the next call overwrites.
   *
   * @throws RangeError, as a dataset does, where a column is not there, nobody reads it, or a cell cannot be read.
   */
  score(row: Row): Readonly<Record<string, number>>
  /**
   * Scores up to `rows` rows. Returns for each output its numbers, in memory that the next call overwrites and of which
   * the first `rows.length` count.
   *
   * @throws RangeError for what is no list of rows or has more than there is room for, and as `score` does.
   */
  scoreAll(rows: readonly Row[]): Predictor['predictions']
  /** The batch that `run` scores, for whoever has ids already: write to its ids and numbers. */
  readonly batch: Batch
  /** What `run` wrote last, for each output (rows). */
  readonly predictions: Readonly<Record<string, ArrayLike<number>>>
  /** Scores `batch`. All three throw an Error in the middle of a step of the model's training. */
  run(): void
  /** The program that runs, for `explain` and `profile`. */
  readonly program: Program<Batch, Scored>
  /** Gives memory back. */
  release(): void
}

/**
 * Compiles a model for scoring.
 *
 * @throws RangeError if there is no model, an option is not known or makes no sense, or memory is short.
 */
export function compilePredictor(model: Model, options: PredictorOptions = {}): Predictor {
  checkModel('compilePredictor', model)
  checkOptions('compilePredictor', options, OPTIONS)
  const { rows = 1 } = options
  const example = emptyBatch({ features: model.features, labels: {} }, rows, backendOf(model))
  // Rows that were never written are scored too, so what they hold must be ids that there are.
  for (const ids of Object.values(example.ids)) ids.values.fill(0)
  for (const numbers of Object.values(example.numbers)) numbers.values.fill(0)
  const step = compile(scoring(model), { backend: runsOn(model, options) })
  step(example)
  const program = step.program(example)
  const { inputs: batch, outputs } = program
  const fill = rowWriter(model.features, batch, 'score')
  const write = (row: Row, at: number): void => {
    // Its memory is somebody else's then.
    if (!program.alive) program.run()
    fill(row, at)
  }
  const names = Object.keys(outputs.predictions)
  const predictions = Object.fromEntries(names.map((name) => [name, outputs.predictions[name].values]))
  const scored: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]))
  const run = (who: string): void => {
    checkWhole(who, model)
    program.run()
  }
  return {
    backend: program.backend.name,
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
    program,
    release: () => step.release(),
  }
}

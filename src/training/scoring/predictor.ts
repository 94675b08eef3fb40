/**
 * A model compiled to score: the shape that fits into a request handler. All memory is taken once, before the first
 * request, but that to rank by, with the first user; and a run allocates nothing. It follows its model: what is learned later is scored with at once.
 */
import { checkOptions, checkValue, oneOf, whole } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { emptyBatch } from '../../data/index.ts'
import type { Batch, Feature, Row } from '../../data/index.ts'
import type { Backend } from '../../kernels/index.ts'
import { checkWhole } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import { build, roundWeights, shareInputs, write } from '../../program/index.ts'
import type { Program, Revision } from '../../program/index.ts'
import { ROWS, scoringOf } from '../../serve/index.ts'
import type { Engine, ServedProgram } from '../../serve/index.ts'
import { byTask } from '../byTask.ts'
import { checkModel } from '../dataChecks.ts'
import { RUN, backendOf, runsOn } from '../runsOn.ts'
import { isOf } from './modelOf.ts'
import { scoring } from './predict.ts'
import type { Scored } from './predict.ts'
import { rankingOf } from './rank.ts'
import type { RankOptions, Ranked } from './rank.ts'

/** What `compilePredictor` takes. */
export interface PredictorOptions {
  /** How many rows are scored at once. Default 1. */
  readonly rows?: number
  /** What runs: see `RunOptions`. */
  readonly backend?: Backend
  /**
   * How weights of layers and embedding tables are stored, where that makes them smaller. `bfloat16` is the upper half of
   * float32, to nearest even. `int8` is whole numbers of steps, the largest of a weight's column or a table's row having
   * 127; what a layer reads is whole numbers then, too, of which the largest of a row has 2¹³ or more. All else is
   * float32, and what is learned later is rounded before the next run. Default `float32`.
   */
  readonly weights?: 'float32' | 'bfloat16' | 'int8'
}

const OPTIONS: Checks<PredictorOptions> = {
  rows: whole(1),
  backend: RUN.backend,
  weights: oneOf('float32', 'bfloat16', 'int8'),
}

/** A model as a request handler needs it. */
export interface Predictor extends ServedProgram {
  readonly batch: Batch
  /** The program that runs, for `explain` and `profile`. */
  readonly program: Program<Batch, Scored>
  /** How its weights are stored. */
  readonly weights: NonNullable<PredictorOptions['weights']>
  /**
   * For each output the greatest difference on these rows, as many as you like, from a predictor with weights in float32,
   * for which it takes memory meanwhile; NaN where one of both is NaN.
   * @throws RangeError as `scoreAll` does.
   */
  difference(rows: readonly Row[]): Readonly<Record<string, number>>
  /**
   * The best of any number of candidates for one user, the highest first; of equal ones the first, and NaN last. The user
   * is a row of some of the columns, a candidate of all others: each is encoded once. Candidates are scored `rows` at a
   * time. With weights in float32 a program of its own, compiled for the first user and for one of other columns than the
   * last, takes the user's part of the first products once: scores are those of `score`, summed in another order. With
   * others they have its bits. Whatever is ranked beside a candidate does not change its score.
   * @throws RangeError for a column in both parts or in neither, what is no output, where memory for that program is short,
   * and as `score` does.
   */
  rank(user: Row, candidates: readonly Row[], options: RankOptions): readonly Ranked[]
}

/** The greatest difference between two predictors of one model, by output. */
function differenceOf(some: Predictor, other: Predictor, given: readonly Row[]): Readonly<Record<string, number>> {
  checkValue('difference', 'the rows', given, ROWS)
  const most: Record<string, number> = byTask(Object.keys(some.predictions), () => 0)
  for (let start = 0; start < given.length; start += some.rows) {
    const rows = given.slice(start, start + some.rows)
    const [first, second] = [some.scoreAll(rows), other.scoreAll(rows)]
    for (const name of Object.keys(most))
      rows.forEach((_, at) => {
        most[name] = Math.max(most[name], Math.abs(first[name][at] - second[name][at]))
      })
  }
  return most
}

/**
 * Compiles a model for scoring.
 * @throws RangeError if there is no model, an option is not known or makes no sense, or memory is short.
 */
export function compilePredictor(model: Model, options: PredictorOptions = {}): Predictor {
  checkModel('compilePredictor', model)
  checkOptions('compilePredictor', options, OPTIONS)
  const { rows = 1, weights = 'float32' } = options
  const example = emptyBatch({ features: model.features, labels: {} }, rows, backendOf(model))
  // Rows that were never written are scored too, so what they hold must be ids that there are.
  for (const ids of Object.values(example.ids)) ids.values.fill(0)
  for (const numbers of Object.values(example.numbers)) numbers.values.fill(0)
  const backend = runsOn(model, options)
  const programOf = (revise?: Revision): Program<Batch, Scored> => {
    const program = build(scoring(model), example, backend, 1, revise)
    write(example, program.inputs)
    program.run()
    return program
  }
  const engineOf = (program: Program<Batch, Scored>): Engine<Batch> => {
    const { predictions: tensors } = program.outputs
    const predictions = byTask(Object.keys(tensors), (name) => tensors[name].values)
    const run = (who: string): void => {
      checkWhole(who, model)
      program.run()
    }
    const check = (): void => {
      // Its memory is somebody else's then.
      if (!program.alive) program.run()
    }
    return { features: model.features, rows, batch: program.inputs, predictions, check, run }
  }
  const program = programOf(weights === 'float32' ? undefined : roundWeights(weights === 'int8' ? 8 : 16))
  const engine = engineOf(program)
  let sharing: Program | undefined
  const release = (): void => {
    sharing?.release()
    sharing = undefined
  }
  const sameIn = (features: readonly Feature[]): Engine<Batch> => {
    checkWhole('rank', model)
    release()
    // What a layer reads is rounded by the largest of a row, so it is not taken apart.
    if (weights !== 'float32' || features.length === 0) return engine
    const paths = features.map(({ kind, name }) => `${kind === 'dense' ? 'numbers' : 'ids'}.${name}`)
    const made = programOf(shareInputs(new Set(paths)))
    sharing = made
    return engineOf(made)
  }
  const predictor: Predictor = {
    backend: program.backend.name,
    ...scoringOf(engine),
    rank: rankingOf(engine, sameIn),
    program,
    weights,
    difference(given) {
      const exact = compilePredictor(model, { rows, backend: program.backend })
      try {
        return differenceOf(predictor, exact, given)
      } finally {
        exact.release()
      }
    },
    release: () => {
      release()
      program.release()
    },
  }
  isOf(predictor, model)
  return predictor
}

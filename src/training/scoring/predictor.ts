/**
 * A model compiled to score: the shape that fits into a request handler. All memory is taken once, before the first
 * request, and a run allocates nothing. It follows its model: what is learned later is scored with at once.
 */
import { checkOptions, show, whole } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { emptyBatch } from '../../data/index.ts'
import type { Batch } from '../../data/index.ts'
import type { Backend } from '../../kernels/index.ts'
import { checkWhole } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import { compile } from '../../program/index.ts'
import { scoringOf } from '../../serve/index.ts'
import type { ServedProgram } from '../../serve/index.ts'
import { byTask } from '../byTask.ts'
import { checkModel } from '../dataChecks.ts'
import { scoring } from './evaluate.ts'
import type { Scored } from './evaluate.ts'
import type { Program } from '../../program/index.ts'
import { RUN, backendOf, runsOn } from '../runsOn.ts'

/** What `compilePredictor` takes. */
export interface PredictorOptions {
  /** How many rows are scored at once. Default 1. */
  readonly rows?: number
  /** What runs: see `RunOptions`. */
  readonly backend?: Backend
}

const OPTIONS: Checks<PredictorOptions> = { rows: whole(1), backend: RUN.backend }

/** A model as a request handler needs it. */
export interface Predictor extends ServedProgram {
  readonly batch: Batch
  /** The program that runs, for `explain` and `profile`. */
  readonly program: Program<Batch, Scored>
}

const models = new WeakMap<Predictor, Model>()

/** The model of a predictor. */
export function modelOf(
  who: string,
  predictor: Predictor,
): { readonly model: Model; readonly program: Predictor['program'] } {
  const model = models.get(predictor)
  if (!model) throw new RangeError(`${who}: expected what compilePredictor gave but got ${show(predictor)}`)
  return { model, program: predictor.program }
}

/**
 * Compiles a model for scoring.
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
  const predictor: Predictor = {
    backend: program.backend.name,
    ...scoringOf({ features: model.features, rows, batch: program.inputs, predictions, check, run }),
    program,
    release: () => step.release(),
  }
  models.set(predictor, model)
  return predictor
}

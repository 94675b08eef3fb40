/** Saved programs of all models, with what their models score here: for whoever serves them somewhere else. */
import { compilePredictor, saveProgram } from '../../src/training/index.ts'
import { MODELS } from './programs.ts'
import { BACKENDS, bitsOf } from './rows.ts'
import type { Travelling } from './rows.ts'

export const travelling = (): readonly Travelling[] =>
  Object.entries(MODELS).map(([name, modelOf]) => {
    const predictors = BACKENDS.map((backend) => compilePredictor(modelOf(), { backend }))
    const made = {
      name,
      file: Buffer.from(saveProgram(predictors[0])).toString('base64'),
      bits: Object.fromEntries(predictors.map((each) => [each.backend, bitsOf((row) => each.score(row))])),
    }
    for (const predictor of predictors) predictor.release()
    return made
  })

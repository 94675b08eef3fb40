/** Which model a predictor is of; it refuses what `compilePredictor` did not give. */
import { show } from '../../checks/index.ts'
import type { Model } from '../../models/index.ts'

const models = new WeakMap<object, Model>()

/** Notes the model of a predictor. */
export const isOf = (predictor: object, model: Model): unknown => models.set(predictor, model)

/** The model of a predictor, if that is what it is. */
export const modelIn = (given: object): Model | undefined => models.get(given)

/** The model of a predictor. */
export function modelOf(who: string, predictor: object): Model {
  const model = modelIn(predictor)
  if (!model) throw new RangeError(`${who}: expected what compilePredictor gave but got ${show(predictor)}`)
  return model
}

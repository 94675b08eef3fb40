/** What a model predicts of rows that come part by part. It refuses to keep what it has given. */
import { checkOptions, checkValue } from '../../checks/index.ts'
import type { Dataset } from '../../data/index.ts'
import type { Model } from '../../models/index.ts'
import { checkData, checkModel } from '../dataChecks.ts'
import { PREDICT, scorer } from '../scoring/predict.ts'
import type { PredictOptions } from '../scoring/predict.ts'
import { DATA, isStreamed } from '../step/source.ts'
import type { Data } from '../step/source.ts'

/** What is predicted of some rows. */
export interface PredictedRows {
  /** Where they begin in all rows. */
  readonly start: number
  /** The rows, with labels and weights where there are some. */
  readonly data: Dataset
  /** By output, as `predict` has it. */
  readonly predictions: Readonly<Record<string, Float32Array>>
}

const WHO = 'predictBatches'

/**
 * Predicts part by part, in the order of the rows: of any number of rows as many are in memory as two parts have.
 * @throws RangeError if the data lacks a feature, or an option is not known.
 */
export async function* predictBatches(
  model: Model,
  data: Data,
  options: PredictOptions = {},
): AsyncGenerator<PredictedRows, void> {
  checkModel(WHO, model)
  checkValue(WHO, 'the data', data, DATA)
  checkOptions(WHO, options, PREDICT)
  const scoring = scorer(model, options)
  const checked = (part: Dataset): Dataset => checkData(WHO, model, part, [])
  try {
    let start = 0
    for await (const part of isStreamed(data) ? data.parts(checked) : [checked(data)]) {
      yield { start, data: part, predictions: scoring.predict(part) }
      start += part.rows
    }
  } finally {
    scoring.release()
  }
}

/** `evaluate`: what a trained model says of rows with labels. */
import { evaluate as scoresOf } from '../../src/index.ts'
import { readConfig } from '../config/read.ts'
import type { Rows } from '../data.ts'
import { modelIn, runIn } from '../run.ts'
import { withRows } from '../streams.ts'
import { printing } from '../terminal/print.ts'
import { scoresTable } from '../terminal/scores.ts'
import { EXIT } from '../told.ts'

export interface EvaluateOptions {
  readonly config: string
  readonly run: string
  readonly part?: Rows
  readonly json?: true
}

export async function evaluate(files: readonly string[], options: EvaluateOptions): Promise<number> {
  const print = printing(options.json === true)
  const file = readConfig(options.config)
  const model = await modelIn(runIn(options.run))
  // Rows of other files are all new to the model; of its own, those are that it was not trained on.
  const part = options.part ?? (files.length > 0 || !file.config.split ? 'all' : 'test')
  const { rows, scores } = await withRows(file, files, part, model.features, async (data) => ({
    rows: data.rows,
    scores: await file.about('tasks', () => scoresOf(model, data)),
  }))
  print.line(`${part}: ${rows.toLocaleString('en-GB')} rows\n`)
  print.line(scoresTable({ [part]: scores }))
  print.json({ part, rows, scores })
  return EXIT.done
}

/** `export`: a trained model in the formats of others, by the file's name. It refuses names that say no format. */
import { writeFileSync } from 'node:fs'
import { compilePredictor, saveModel, saveProgram } from '../../src/index.ts'
import type { SavableModel } from '../../src/index.ts'
import { toONNX } from '../../src/onnx.ts'
import { modelIn, runIn } from '../run.ts'
import { printing } from '../terminal/print.ts'
import { EXIT, told } from '../told.ts'

export interface ExportOptions {
  readonly run: string
  readonly to: string
  readonly rows: number
  readonly weights: 'float32' | 'bfloat16' | 'int8'
  readonly ids?: true
  readonly json?: true
}

type Write = (model: SavableModel, options: ExportOptions) => Uint8Array

const FORMATS: Readonly<Record<string, Write>> = {
  '.safetensors': saveModel,
  '.onnx': (model, { ids }) => toONNX(model, { encode: ids !== true }),
  '.pleg': (model, { rows, weights }) => saveProgram(compilePredictor(model, { rows, weights })),
}

export async function exportModel(options: ExportOptions): Promise<number> {
  const print = printing(options.json === true)
  const ending = Object.keys(FORMATS).find((each) => options.to.endsWith(each))
  if (ending === undefined)
    throw told(
      'usage',
      `expected a file that ends in ${Object.keys(FORMATS).join(', ')} but got '${options.to}': because that says how it is written`,
    )
  const model = await modelIn(runIn(options.run))
  const bytes = FORMATS[ending](model, options)
  writeFileSync(options.to, bytes)
  print.line(`${bytes.length.toLocaleString('en-GB')} bytes: ${options.to}`)
  print.json({ to: options.to, format: ending.slice(1), bytes: bytes.length })
  return EXIT.done
}

/** `export`: a trained model in the formats of others, by the file's name or as asked. It refuses names that say no format. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { compilePredictor, saveModel, saveProgram } from '../../src/index.ts'
import type { SavableModel } from '../../src/index.ts'
import { toONNX } from '../../src/onnx.ts'
import type { Config } from '../config/read.ts'
import { modelIn, runIn } from '../run.ts'
import { printing } from '../terminal/print.ts'
import type { Print } from '../terminal/print.ts'
import { EXIT, told } from '../told.ts'
import { checkFolder, packageOf, writePackage } from '../torch/package.ts'

export interface ExportOptions {
  readonly run: string
  readonly file: string
  readonly to?: 'torch'
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

/** A Python package in a folder, with the plegrad.json that the model was trained by. */
async function exportPackage({ run: folder, file: to }: ExportOptions, print: Print): Promise<number> {
  checkFolder(to)
  const run = runIn(folder)
  const model = await modelIn(run)
  const report = existsSync(run.reportFile)
    ? (JSON.parse(readFileSync(run.reportFile, 'utf8')) as { config?: Config })
    : {}
  const files = packageOf(model, report.config)
  writePackage(to, files)
  print.line(`${Object.keys(files).length} files: ${to}`)
  print.json({ to, format: 'torch', files: Object.keys(files) })
  return EXIT.done
}

export async function exportModel(options: ExportOptions): Promise<number> {
  const print = printing(options.json === true)
  const { file: to } = options
  if (options.to === 'torch') return exportPackage(options, print)
  const ending = Object.keys(FORMATS).find((each) => to.endsWith(each))
  if (ending === undefined)
    throw told(
      'usage',
      `expected a file that ends in ${Object.keys(FORMATS).join(', ')} but got '${to}': because that says how it is written`,
    )
  const model = await modelIn(runIn(options.run))
  const bytes = FORMATS[ending](model, options)
  writeFileSync(to, bytes)
  print.line(`${bytes.length.toLocaleString('en-GB')} bytes: ${to}`)
  print.json({ to, format: ending.slice(1), bytes: bytes.length })
  return EXIT.done
}

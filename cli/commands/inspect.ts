/** `inspect`: what is in a model file, a checkpoint, a saved program or any safetensors file. It runs nothing of it. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Feature } from '../../src/index.ts'
import { openSafetensors } from '../../src/safetensors.ts'
import { fileSource, readModel } from '../../src/node.ts'
import { loadProgram, servingCpu } from '../../src/serve.ts'
import { outputsOf } from '../../src/models/index.ts'
import { fold } from '../terminal/columns.ts'
import { printing } from '../terminal/print.ts'
import type { Print } from '../terminal/print.ts'
import { tableOf } from '../terminal/table.ts'
import { EXIT, told } from '../told.ts'

const whole = (value: number): string => value.toLocaleString('en-GB')

/** How values of a feature become what the model reads. */
function wayOf(feature: Feature): string {
  if (feature.kind === 'dense') {
    const steps = feature.scaling ? Object.keys(feature.scaling).join(', ') : 'as it is'
    return feature.dimension > 1 ? `${feature.dimension} numbers, ${steps}` : steps
  }
  const { vocabulary, hashBuckets, edges, vocabularySize } = feature
  if (vocabulary) return `vocabulary of ${whole(vocabulary.values.length)}`
  if (hashBuckets !== undefined) return `${whole(hashBuckets)} hash buckets`
  return edges ? `${edges.length + 1} bins` : `${whole(vocabularySize)} ids`
}

interface Described {
  readonly kind: string
  readonly [name: string]: unknown
}

type Tensors = Readonly<Record<string, { readonly shape: readonly number[]; readonly dtype: string }>>

const tensorsOf = (tensors: Tensors): readonly { name: string; shape: readonly number[]; dtype: string }[] =>
  Object.entries(tensors).map(([name, { shape, dtype }]) => ({ name, shape, dtype }))

function printTensors(print: Print, tensors: Tensors): void {
  const rows = tensorsOf(tensors).map(({ name, shape, dtype }) => [name, dtype, shape.join('×') || 'one number'])
  if (rows.length > 0) print.line(`\n${tableOf(['tensor', 'dtype', 'shape'], rows, 50)}`)
}

async function model(path: string, print: Print, tensors: Tensors, kind: string): Promise<Described> {
  const read = await readModel(path)
  const numbers = Object.values(tensors).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
  const tasks = Object.entries(read.tasks).map(([name, type]) => ({
    name,
    kind: typeof type === 'string' ? type : type.kind,
    outputs: outputsOf(name, type),
  }))
  const features = read.features.map((feature) => ({ name: feature.name, kind: feature.kind, values: wayOf(feature) }))
  print.line(`model: ${kind}, ${whole(numbers)} numbers\n`)
  print.line(
    tableOf(
      ['task', 'kind', 'outputs'],
      tasks.map((task) => [task.name, task.kind, task.outputs.join(' ')]),
    ),
  )
  print.line(
    `\n${tableOf(
      ['feature', 'kind', 'values'],
      features.map((each) => [each.name, each.kind, each.values]),
    )}`,
  )
  printTensors(print, tensors)
  return { kind: 'model', model: kind, numbers, tasks, features, tensors: tensorsOf(tensors) }
}

interface Facts {
  readonly course: {
    readonly steps: number
    readonly epoch: number
    readonly batch: number
    readonly best?: { readonly epoch: number }
  }
}

function checkpoint(print: Print, tensors: Tensors, facts: string): Described {
  const { course } = JSON.parse(facts) as Facts
  const { steps, epoch, batch, best } = course
  const where = batch === 0 ? `after epoch ${epoch - 1}` : `in epoch ${epoch}, after batch ${batch}`
  print.line(`checkpoint: ${whole(steps)} steps, ${where}${best ? `; the best epoch is ${best.epoch}` : ''}`)
  printTensors(print, tensors)
  return { kind: 'checkpoint', steps, epoch, batch, ...(best && { best: best.epoch }), tensors: tensorsOf(tensors) }
}

function program(bytes: Uint8Array, print: Print): Described {
  const served = loadProgram(bytes, { backend: servingCpu })
  const { rows } = served
  const outputs = Object.keys(served.predictions)
  served.release()
  print.line(
    fold([
      `program: ${rows} ${rows === 1 ? 'row' : 'rows'} at a time, ${whole(bytes.length)} bytes`,
      `outputs: ${outputs.join(', ')}`,
    ]),
  )
  return { kind: 'program', rows, bytes: bytes.length, outputs }
}

/** The model of a training's folder, or the file itself. */
function fileAt(path: string): string {
  if (!existsSync(path)) throw told('failed', `expected a file '${path}' but got none: because it is not there`)
  return statSync(path).isDirectory() ? join(path, 'model.safetensors') : path
}

export async function inspect(given: string, options: { readonly json?: true }): Promise<number> {
  const print = printing(options.json === true)
  const path = fileAt(given)
  const source = await fileSource(path)
  try {
    const head = new Uint8Array(Math.min(4, source.size))
    await source.read(head, 0)
    if (new TextDecoder().decode(head) === 'pleg') {
      print.json(program(readFileSync(path), print))
      return EXIT.done
    }
    const { tensors, metadata } = await openSafetensors(source)
    if (metadata.format === 'plegrad checkpoint') print.json(checkpoint(print, tensors, metadata.facts))
    else if (metadata.format === 'plegrad') print.json(await model(path, print, tensors, metadata.kind))
    else {
      print.line(`safetensors: ${Object.keys(tensors).length} tensors`)
      const rows = Object.entries(metadata)
      if (rows.length > 0) print.line(`\n${tableOf(['metadata', 'text'], rows)}`)
      printTensors(print, tensors)
      print.json({ kind: 'safetensors', metadata, tensors: tensorsOf(tensors) })
    }
    return EXIT.done
  } finally {
    await source.close()
  }
}

/**
 * A model's forward pass as an ONNX model: what `predict` computes, for batches of any size. It refuses models whose numbers
 * are on a device, activations that ONNX has not, and tasks that are called as a column is.
 */
import { anything, checkOptions, checkValue, finite, flag, having, listOf, recordOf, show } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { emptyBatch } from '../../data/index.ts'
import type { Batch, Feature } from '../../data/index.ts'
import { checkWhole, kindOf, parameters, predictionsOf } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import { ML, inputsOf } from './encode.ts'
import type { Bins } from './encode.ts'
import { fileOf } from './file.ts'
import { graphOf } from './graph.ts'
import { BATCHES, ML_OPSET, OPSET } from './options.ts'
import { fillAtRandom, runOf } from './trace.ts'
import type { Leaf } from './trace.ts'
import { translate } from './translate.ts'

/** What `toONNX` takes. */
export interface ToONNXOptions {
  /** Of ONNX, from 17 to 21. Default 17. */
  readonly opset?: number
  /**
   * Whether vocabularies, edges and scalings are in the file, so that features which have one take values: strings, '' where
   * one is missing; whole numbers in int64, −2⁶³ where one is missing; or other numbers in float32, NaN where one is missing.
   * What has edges or a scaling takes numbers in float64, NaN where one is missing. Default false.
   */
  readonly encode?: boolean
  /** The inner edges of bins by the name of a feature whose ids `binOf` makes of them: it takes numbers in float64. */
  readonly bins?: Bins
}

const OPTIONS: Checks<ToONNXOptions> = { opset: OPSET, encode: flag, bins: anything }

const MODEL = having('a model', 'features', 'tasks', 'forward')

const LIST = listOf(finite)

/** Throws unless each list of bins goes with a feature that has a row for each of its bins. */
function checkBins(who: string, features: readonly Feature[], bins: Bins): void {
  checkValue(who, 'bins', bins, recordOf(LIST))
  for (const [name, edges] of Object.entries(bins)) {
    const feature = features.find((each) => each.name === name)
    if (feature?.kind !== 'sparse' || feature.vocabulary || feature.edges || feature.hashBuckets !== undefined)
      throw new RangeError(`${who}: expected bins of a sparse feature that takes ids but got them of ${show(name)}`)
    if (edges.some((edge, at) => at > 0 && edge <= edges[at - 1]))
      throw new RangeError(`${who}: expected edges of '${name}' to ascend but got ${edges.join(', ')}`)
    if (edges.length >= feature.vocabularySize)
      throw new RangeError(
        `${who}: expected fewer than ${feature.vocabularySize} edges of '${name}' but got ${edges.length}: because its table has ${feature.vocabularySize} rows`,
      )
  }
}

const leavesOf = ({ ids, numbers }: Batch): readonly (readonly [string, Leaf])[] => [
  ...Object.entries(ids),
  ...Object.entries(numbers),
]

/** A batch of random ids and numbers. */
function drawnBatch(model: Model, rows: number): Batch {
  const [first] = Object.values(parameters(model))
  const batch = emptyBatch({ features: model.features, labels: {} }, rows, first?.backend)
  for (const [name, leaf] of leavesOf(batch)) fillAtRandom(leaf, rows, name)
  return batch
}

/**
 * A model as the bytes of an ONNX model, for a file that ends in `.onnx`.
 *
 * Inputs are by the names of features and of columns of weights: ids (batch), or (batch maxLength), in int64, and numbers
 * (batch dimension) in float32, transformed or scaled already where a feature is. Outputs are those of `predict`, by
 * name: a probability, or the value where the task is regression (batch). Parameters are called by their paths. All arithmetic is in
 * float32, that of a model in float64 too, whose numbers are rounded.
 * @throws RangeError, before there is a file, if an option is not known or does not fit, if ONNX has no equal of an op, which
 * is named, or if a task has the name of an input; Error in the middle of a step of training, and where numbers are on a device.
 */
export function toONNX(model: Model, options: ToONNXOptions = {}): Uint8Array {
  const who = 'toONNX'
  checkValue(who, 'the first argument', model, MODEL)
  checkOptions(who, options, OPTIONS)
  checkWhole(who, model)
  const { opset = 17, encode = false, bins = {} } = options
  checkBins(who, model.features, bins)

  const batches = BATCHES.map((rows) => drawnBatch(model, rows))
  let names: readonly string[] = []
  const runs = batches.map((batch) =>
    runOf(
      leavesOf(batch).map(([, leaf]) => leaf),
      () => {
        const predictions = predictionsOf(model.tasks, model.forward(batch).logits)
        names = Object.keys(predictions)
        return Object.values(predictions)
      },
    ),
  )
  const columns = leavesOf(batches[0]).map(([name]) => name)
  const clash = names.find((name) => columns.includes(name))
  if (clash !== undefined)
    throw new RangeError(
      `${who}: expected names of tasks that no column has but got ${show(clash)}: because ONNX finds inputs and outputs by name`,
    )

  const graph = graphOf(opset, [...columns, ...names])
  const read = inputsOf(who, graph, model.features, encode, bins)
  const paths = new Map(Object.entries(parameters(model)).map(([path, { buffer }]) => [buffer, path]))
  const inputs = batches.map((batch) => new Map(leavesOf(batch).map(([name, leaf]) => [leaf, read.get(name)!])))
  translate({ who, runs, batches: BATCHES }, { inputs, paths }, graph).forEach((value, at) => {
    graph.output(names[at], value, 'logLoss' in kindOf(model.tasks[names[at]]).metrics ? 'a probability' : 'the value')
  })
  const contents = graph.contents()
  const ml = contents.nodes.some(({ domain }) => domain === ML)
  return fileOf(who, {
    name: 'model',
    about: `A model of plegrad: ${names.join(', ')} of ${model.features.map(({ name }) => name).join(', ')}`,
    metadata: { tasks: JSON.stringify(model.tasks), encoded: String(encode) },
    opsets: { '': opset, ...(ml && { [ML]: ML_OPSET }) },
    ...contents,
  })
}

/**
 * A function of tensors that is made of public ops as an ONNX model. It refuses ops that ONNX has not, functions that do
 * other things for other sizes of batch, and results that come of inputs by other ways than ops.
 */
import { callable, checkOptions, checkValue, having, listOf, oneOf, recordOf, show } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { parameters } from '../../models/index.ts'
import { Ids, Tensor } from '../../tensor/index.ts'
import { fileOf } from './file.ts'
import { BATCH, fixed } from './extent.ts'
import { graphOf } from './graph.ts'
import { BATCHES, OPSET } from './options.ts'
import { fillAtRandom, isLeaf, runOf } from './trace.ts'
import type { Leaf } from './trace.ts'
import { translate } from './translate.ts'

/** What `functionToONNX` takes beside the function and its examples. */
export interface FunctionToONNXOptions {
  /** Of ONNX, from 17 to 21. Default 17. */
  readonly opset?: number
  /** Inputs that have the same first axis whatever the batch. Default none: the first axis of each is the batch. */
  readonly fixed?: readonly string[]
  /** Whose parameters the function reads, by the paths of which they are called in the file. Default nobody's. */
  readonly model?: object
  /** Default 'function'. */
  readonly name?: string
}

/** Examples of inputs, by name: their shapes and what ids may be count, their numbers do not. */
export type Examples = Readonly<Record<string, Tensor | Ids>>

/** A function of inputs by name, which gives a tensor or ids, or several by name. */
export type Exported<E extends Examples> = (inputs: E) => Tensor | Ids | Readonly<Record<string, Tensor | Ids>>

const NAMED = {
  expected: 'to be a string that is not empty',
  fits: (value: unknown) => typeof value === 'string' && value !== '',
}

const OPTIONS = (names: readonly string[]): Checks<FunctionToONNXOptions> => ({
  opset: OPSET,
  fixed: listOf(oneOf(...names)),
  model: having('an object that has parameters'),
  name: NAMED,
})

const EXAMPLES = {
  ...recordOf(having('a tensor or ids', 'shape', 'buffer')),
  expected: 'to be an object of tensors and ids by name',
}

/** Another input like an example, under another shape. */
function drawn(example: Leaf, shape: readonly number[], seed: number, name: string): Leaf {
  const size = shape.reduce((product, extent) => product * extent, 1)
  const { backend } = example
  const made =
    example instanceof Tensor
      ? new Tensor(shape, backend.allocate(size), backend)
      : new Ids(shape, backend.allocateIds(size), example.bound, backend)
  fillAtRandom(made, seed, name)
  return made
}

/** What a function gave, by name; one tensor is called `output`. */
function outputsOf(who: string, given: unknown): Readonly<Record<string, Leaf>> {
  const outputs = isLeaf(given) ? { output: given } : given
  const named = recordOf({ expected: 'to be a tensor or ids', fits: isLeaf })
  checkValue(who, 'what the function gives', outputs, named)
  if (Object.keys(outputs as object).length === 0)
    throw new RangeError(`${who}: expected the function to give a tensor but got none`)
  return outputs as Readonly<Record<string, Leaf>>
}

/**
 * A function as the bytes of an ONNX model. It is called three times, with batches of 5, 7 and 11 rows of random numbers, on
 * the backend of its examples: whatever it has beside its inputs becomes numbers in the file.
 *
 * Inputs are float32 tensors and int64 ids of the names and shapes of `examples`, the first axis of which is the batch
 * unless `fixed` names them; outputs are called as the function names them, or `output`. Numbers in float64 become float32.
 * @throws RangeError, before there is a file, if an option is not known or does not fit, if ONNX has no equal of an op, which
 * is named, or if the function does other things for other sizes of batch or reads numbers itself.
 */
export function functionToONNX<const E extends Examples>(
  f: Exported<E>,
  examples: E,
  options: FunctionToONNXOptions = {},
): Uint8Array {
  const who = 'functionToONNX'
  checkValue(who, 'the first argument', f, callable)
  checkValue(who, 'examples', examples, EXAMPLES)
  const names = Object.keys(examples)
  checkOptions(who, options, OPTIONS(names))
  const { opset = 17, fixed: apart = [], model, name = 'function' } = options
  const odd = names.find((each) => !apart.includes(each) && examples[each].shape.length === 0)
  if (odd !== undefined)
    throw new RangeError(
      `${who}: expected '${odd}' to have a batch as its first axis but got one number: name it in fixed`,
    )

  const given = BATCHES.map((rows, run) =>
    names.map((each) => {
      const { shape } = examples[each]
      return drawn(examples[each], apart.includes(each) ? shape : [rows, ...shape.slice(1)], run, each)
    }),
  )
  let outputNames: readonly string[] = []
  const runs = given.map((leaves) =>
    runOf(leaves, () => {
      const inputs = Object.fromEntries(names.map((each, at) => [each, leaves[at]]))
      const outputs = outputsOf(who, f(inputs as unknown as E))
      outputNames = Object.keys(outputs)
      return Object.values(outputs)
    }),
  )
  const clash = outputNames.find((each) => names.includes(each))
  if (clash !== undefined)
    throw new RangeError(
      `${who}: expected names of outputs that no input has but got ${show(clash)}: because ONNX finds both by name`,
    )

  const graph = graphOf(opset, [...names, ...outputNames])
  const values = names.map((each) => {
    const { shape } = examples[each]
    const extents = shape.map((extent, axis) => (axis === 0 && !apart.includes(each) ? BATCH : fixed(extent)))
    return graph.input(each, examples[each] instanceof Tensor ? 'float' : 'int64', extents, '')
  })
  const paths = new Map(Object.entries(model ? parameters(model) : {}).map(([path, { buffer }]) => [buffer, path]))
  const inputs = given.map((leaves) => new Map(leaves.map((leaf, at) => [leaf, values[at]])))
  translate({ who, runs, batches: BATCHES }, { inputs, paths }, graph).forEach((value, at) => {
    graph.output(outputNames[at], value, '')
  })
  return fileOf(who, { name, about: '', metadata: {}, opsets: { '': opset }, ...graph.contents() })
}

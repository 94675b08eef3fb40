/** The multilayer perceptron 64-64-32-1 on 256 rows: loss and all gradients, by us and by the peers that have gradients. */
import {
  add,
  binaryCrossEntropy,
  compile,
  cpu,
  cpu64,
  denseRelu,
  gradients,
  matmul,
  mean,
  reshape,
  stream,
} from '../../src/index.ts'
import { fromValues } from '../../src/tensor/index.ts'
import type { Backend, Tensor } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import type { Case, Contestant, Missing } from '../measure/case.ts'
import { BEST, nameOfWasm, wasmOf } from '../ours.ts'
import { jaxJs, jaxRan } from '../peers/jax.ts'
import type { JaxArray } from '../peers/jax.ts'
import { tfjs, tfjsRan } from '../peers/tfjs.ts'
import type { TfTensor, TfVariable } from '../peers/tfjs.ts'

const ROWS = 256
const WIDTHS = [64, 64, 32, 1]

/** Weights and biases in turn, by shape. */
const SHAPES: readonly (readonly number[])[] = WIDTHS.slice(1).flatMap((width, at) => [[WIDTHS[at], width], [width]])

interface Numbers {
  readonly parameters: readonly Float32Array[]
  readonly x: Float32Array
  readonly y: Float32Array
}

function draw(): Numbers {
  const random = stream(3)
  const numbers = (name: string, length: number, of: (uniform: number) => number): Float32Array => {
    const coins = random.stream(name)
    return Float32Array.from({ length }, (_, at) => of(coins.uniform(at)))
  }
  const centred = (uniform: number): number => (uniform - 0.5) * 0.4
  return {
    parameters: SHAPES.map((shape, at) =>
      numbers(
        `parameter ${at}`,
        shape.reduce((size, extent) => size * extent),
        centred,
      ),
    ),
    x: numbers('x', ROWS * WIDTHS[0], (uniform) => uniform * 2 - 1),
    y: numbers('y', ROWS, (uniform) => (uniform < 0.5 ? 1 : 0)),
  }
}

/** The loss first, then the gradients one after the other. */
const joined = (loss: ArrayLike<number>, found: readonly ArrayLike<number>[]): Float64Array =>
  Float64Array.from([loss, ...found].flatMap((numbers) => Array.from(numbers)))

interface Inputs {
  readonly parameters: readonly Tensor[]
  readonly x: Tensor
  readonly y: Tensor
}

function lossAndGradients({ parameters, x, y }: Inputs): { loss: Tensor; found: Tensor[] } {
  const [w1, c1, w2, c2, w3, c3] = parameters
  const hidden = denseRelu(denseRelu(x, w1, c1), w2, c2)
  const logits = reshape(add(matmul(hidden, w3), c3), [ROWS])
  const loss = mean(binaryCrossEntropy(logits, y))
  return { loss, found: gradients(loss, parameters) }
}

const inputsOn = ({ parameters, x, y }: Numbers, backend: Backend): Inputs => ({
  parameters: parameters.map((values, at) => fromValues(values, SHAPES[at], backend)),
  x: fromValues(x, [ROWS, WIDTHS[0]], backend),
  y: fromValues(y, [ROWS], backend),
})

const read = ({ loss, found }: ReturnType<typeof lossAndGradients>): Float64Array =>
  joined(
    loss.values,
    found.map(({ values }) => values),
  )

function eager(numbers: Numbers, backend: Backend): Contestant {
  const inputs = inputsOn(numbers, backend)
  return {
    ran: `eager, ${backend.name}`,
    run: () => lossAndGradients(inputs),
    prove: () => read(lossAndGradients(inputs)),
  }
}

function compiled(numbers: Numbers, backend: Backend | Missing): Contestant | Missing {
  if (isMissing(backend)) return backend
  const step = compile(lossAndGradients, { backend })
  const inputs = inputsOn(numbers, backend)
  const program = step.program(inputs)
  step(inputs)
  return {
    ran: `compiled, ${backend.name}`,
    run: () => program.run(),
    prove: () => {
      program.run()
      return read(program.outputs)
    },
    close: () => step.release(),
  }
}

async function byTfjs(numbers: Numbers, backend: 'cpu' | 'wasm'): Promise<Contestant | Missing> {
  const tf = await tfjs(backend)
  if (isMissing(tf)) return tf
  const parameters = numbers.parameters.map((values, at): TfVariable =>
    tf.variable(tf.tensor(values, SHAPES[at]), true, `mlp${at}`),
  )
  const [x, y] = [tf.tensor(numbers.x, [ROWS, WIDTHS[0]]), tf.tensor(numbers.y, [ROWS])]
  const loss = (): TfTensor => {
    const [w1, c1, w2, c2, w3, c3] = parameters
    const layer = (of: TfTensor, w: TfTensor, c: TfTensor): TfTensor => tf.add(tf.matMul(of, w), c)
    const logits = tf.reshape(layer(tf.relu(layer(tf.relu(layer(x, w1, c1)), w2, c2)), w3, c3), [ROWS])
    return tf.mean(tf.sub(tf.softplus(logits), tf.mul(y, logits)))
  }
  const once = (): Float64Array => {
    const { value, grads } = tf.variableGrads(loss)
    const found = parameters.map((_, at) => grads[`mlp${at}`].dataSync())
    const numbersOfAll = joined(value.dataSync(), found)
    for (const tensor of [value, ...Object.values(grads)]) tensor.dispose()
    return numbersOfAll
  }
  return {
    ran: tfjsRan(backend),
    run: () => {
      const { value, grads } = tf.variableGrads(loss)
      value.dataSync()
      for (const tensor of [value, ...Object.values(grads)]) tensor.dispose()
    },
    prove: once,
    close: () => {
      for (const tensor of [...parameters, x, y]) tensor.dispose()
    },
  }
}

async function byJax(numbers: Numbers): Promise<Contestant | Missing> {
  const jax = await jaxJs()
  if (isMissing(jax)) return jax
  const { numpy: np, nn } = jax
  const loss = (parameters: readonly JaxArray[], x: JaxArray, y: JaxArray): JaxArray => {
    const [w1, c1, w2, c2, w3, c3] = parameters
    const layer = (of: JaxArray, w: JaxArray, c: JaxArray): JaxArray => np.matmul(of, w).add(c)
    const logits = layer(nn.relu(layer(nn.relu(layer(x, w1, c1)), w2, c2)), w3, c3).reshape([ROWS])
    return nn.softplus(logits.ref).sub(y.mul(logits)).mean()
  }
  const step = jax.jit(jax.valueAndGrad(loss))
  const parameters = numbers.parameters.map((values, at) => np.array(values, { shape: SHAPES[at] }))
  const [x, y] = [np.array(numbers.x, { shape: [ROWS, WIDTHS[0]] }), np.array(numbers.y, { shape: [ROWS] })]
  const once = async (): Promise<[JaxArray, readonly JaxArray[]]> => {
    const found = step(
      parameters.map((parameter) => parameter.ref),
      x.ref,
      y.ref,
    )
    await jax.blockUntilReady(jax.tree.ref(found))
    return found
  }
  return {
    ran: jaxRan(),
    run: async () => jax.tree.dispose(await once()),
    prove: async () => {
      const [value, found] = await once()
      return joined(
        value.dataSync(),
        found.map((gradient) => gradient.dataSync()),
      )
    },
    close: () => jax.tree.dispose([...parameters, x, y]),
  }
}

export function mlpCase(): Case {
  const numbers = draw()
  return {
    group: 'MLP 64-64-32-1, loss and gradients',
    size: `batch ${ROWS}`,
    scale: ROWS,
    // Forward once, and backward twice but for the inputs.
    flops: 2 * ROWS * (3 * (64 * 64 + 64 * 32 + 32) - 64 * 64),
    exact: () => read(lossAndGradients(inputsOn(numbers, cpu64))),
    tolerance: 1e-5,
    entrants: [
      { name: 'tfjs-cpu', side: 'peer', enter: () => byTfjs(numbers, 'cpu') },
      { name: 'tfjs-wasm', side: 'peer', enter: () => byTfjs(numbers, 'wasm') },
      { name: 'jax-js', side: 'peer', enter: () => byJax(numbers) },
      { name: 'eager cpu', side: 'ours', enter: () => eager(numbers, cpu) },
      { name: 'compiled cpu', side: 'ours', enter: () => compiled(numbers, cpu) },
      { name: nameOfWasm(BEST), side: 'ours', enter: async () => compiled(numbers, await wasmOf(BEST)) },
    ],
  }
}

/** What a page finds that exports models, and has ONNX Runtime's own WebAssembly run the files. */
import { toONNX } from '../../src/onnx.ts'
import { predict } from '../../src/training/index.ts'
import { ZOO, apart, drawn, inputsOf } from '../exchange/onnx/drawn.ts'
import { feedsOf } from '../exchange/onnx/feeds.ts'
import type { Ort } from '../exchange/onnx/feeds.ts'
import { expectTrue, tell } from './finding.ts'

/** Where it is served, by a name that no bundler looks at. */
const SERVED = '/ort/'

const runtime = (await import(`${SERVED}ort.wasm.min.mjs`)) as Ort & {
  readonly env: { readonly wasm: { wasmPaths: string; numThreads: number } }
}
runtime.env.wasm.wasmPaths = SERVED
runtime.env.wasm.numThreads = 1

const ROWS = [1, 7, 256]
/** Of each model of the zoo. */
const SEEDS = 4
const CLOSE = 1e-5

/** The largest difference from what the model of a seed predicts. */
async function differenceOf(seed: number): Promise<number> {
  const { model, data } = drawn(seed)
  const session = await runtime.InferenceSession.create(toONNX(model))
  let most = 0
  for (const rows of ROWS) {
    const some = data(rows, seed)
    const outputs = await session.run(feedsOf(runtime, inputsOf(some)))
    for (const [task, values] of Object.entries(predict(model, some)))
      most = Math.max(most, apart(outputs[task].data, values))
  }
  await session.release()
  return most
}

const kinds = Object.keys(ZOO)
const claim = (kind: string, first: number) => async (): Promise<string> => {
  const differences: number[] = []
  for (let round = 0; round < SEEDS; round++) differences.push(await differenceOf(first + round * kinds.length))
  const most = Math.max(...differences)
  expectTrue(most < CLOSE, `predictions of ${kind} within ${CLOSE} but got ${differences.join(', ')}`)
  return `${SEEDS} models, batches of ${ROWS.join(', ')} rows, at most ${most.toExponential(1)} apart`
}

await tell(
  Object.fromEntries(
    kinds.map((kind, first) => [`${kind} predicts in ONNX Runtime what it predicts here`, claim(kind, first)]),
  ),
)

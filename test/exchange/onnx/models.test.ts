/** Random models of the zoo, exported and run by ONNX Runtime, predict what plegrad predicts. */
import { describe, expect, it } from 'vitest'
import { toONNX } from '../../../src/onnx.ts'
import { predict } from '../../../src/training/index.ts'
import { ZOO, apart, drawn, inputsOf } from './drawn.ts'
import type { Drawn } from './drawn.ts'
import { NO_ORT, feedOf, ort, ranBy } from './runtime.ts'
import type { Ort } from './runtime.ts'

const MODELS = 200
const ROWS = [1, 7, 256]
const CLOSE = 1e-5

/** The largest difference of a file's outputs from what the model predicts of so many drawn rows. */
async function differenceOf(runtime: Ort, { model, data }: Drawn, file: Uint8Array, rows: number, seed: number) {
  const some = data(rows, seed)
  const feeds = Object.entries(inputsOf(some)).map(([name, [numbers, dims]]) => [name, feedOf(runtime, numbers, dims)])
  const outputs = await ranBy(runtime, file, Object.fromEntries(feeds))
  const expected = predict(model, some, { compiled: false })
  expect(Object.keys(outputs).sort()).toEqual(Object.keys(expected).sort())
  return Math.max(...Object.entries(expected).map(([task, values]) => apart(outputs[task].data, values)))
}

describe.skipIf(!ort)(`what ONNX Runtime makes of exported models${NO_ORT}`, () => {
  const seeds = Array.from({ length: MODELS }, (_, seed) => seed)
  const parts = Object.keys(ZOO)

  it.each(parts)('is what %s predicts, of batches of 1, 7 and 256 rows', async (kind) => {
    const own = seeds.filter((seed) => parts[seed % parts.length] === kind)
    expect(own.length).toBeGreaterThan(20)
    for (const seed of own) {
      const model = drawn(seed)
      expect(model.kind).toBe(kind)
      const file = toONNX(model.model)
      for (const rows of ROWS)
        expect(await differenceOf(ort!, model, file, rows, seed + 1), `seed ${seed}, ${rows} rows`).toBeLessThan(CLOSE)
    }
  })
})

/** Random models of the zoo, exported and run by ONNX Runtime, predict what plegrad predicts. */
import { describe, expect, it } from 'vitest'
import type { Value } from '../../../src/exchange/onnx/file.ts'
import { FUNCTIONS, OPS } from '../../../src/exchange/onnx/mappings/index.ts'
import type { Mapping } from '../../../src/exchange/onnx/mappings/index.ts'
import { single, truthAsNumber } from '../../../src/exchange/onnx/mappings/mapping.ts'
import { nameOf } from '../../../src/models/index.ts'
import { toONNX } from '../../../src/onnx.ts'
import { predict } from '../../../src/training/index.ts'
import { ACTIVATIONS, POOLINGS, ZOO, apart, drawn, inputsOf } from './drawn.ts'
import type { Drawn } from './drawn.ts'
import { feedsOf } from './feeds.ts'
import { NO_ORT, ort, ranBy } from './runtime.ts'
import type { Ort } from './feeds.ts'

const MODELS = 200
const ROWS = [1, 7, 256]
const CLOSE = 1e-5

/** The largest difference of a file's outputs from what the model predicts of so many drawn rows. */
async function differenceOf(runtime: Ort, { model, data }: Drawn, file: Uint8Array, rows: number, seed: number) {
  const some = data(rows, seed)
  const outputs = await ranBy(runtime, file, feedsOf(runtime, inputsOf(some)))
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

describe.skipIf(!ort)(`a mapping that is wrong${NO_ORT}`, () => {
  const nodeOf =
    (op: string): Mapping['draw'] =>
    (graph, call) =>
      graph.node(op, single(call), { shape: call.shape })
  const MUTANTS: readonly (readonly [what: string, mapping: Mapping, draw: Mapping['draw']])[] = [
    [
      'experts in another order',
      OPS.mix,
      (graph, call) => {
        const [weights, experts] = call.inputs as [Value, readonly Value[]]
        return mix(graph, { ...call, inputs: [weights, [...experts].reverse()] })
      },
    ],
    ['a layer without its relu', OPS.denseRelu, nodeOf('Gemm')],
    ['tanh for a sigmoid', OPS.sigmoid, nodeOf('Tanh')],
    ['a relu for an elu', OPS.elu, nodeOf('Relu')],
    [
      'padding that counts',
      FUNCTIONS.nonzeroMask,
      (graph, call) =>
        truthAsNumber(
          graph,
          graph.node('GreaterOrEqual', [single(call)[0], graph.constant('int64', [0])], {
            type: 'bool',
            shape: call.shape,
          }),
        ),
    ],
    ['the largest for a sum of exponentials', FUNCTIONS.logSumExp, FUNCTIONS.max.draw],
    ['the smallest for the largest', FUNCTIONS.max, FUNCTIONS.min.draw],
    ['the mean for a sum', FUNCTIONS.sum, FUNCTIONS.mean.draw],
  ]
  const mix = OPS.mix.draw

  it.each(MUTANTS)('is seen: %s', async (_, mapping, wrong) => {
    const own = Object.getOwnPropertyDescriptor(mapping, 'draw')!
    Object.defineProperty(mapping, 'draw', { ...own, value: wrong })
    try {
      let most = 0
      for (let seed = 0; seed < MODELS && most < CLOSE; seed++) {
        const model = drawn(seed)
        most = await differenceOf(ort!, model, toONNX(model.model), 7, seed)
      }
      expect(most).toBeGreaterThan(CLOSE)
    } finally {
      Object.defineProperty(mapping, 'draw', own)
    }
  })
})

it('they are of every kind of feature, pooling, activation and task', () => {
  const found = new Set<string>()
  for (let seed = 0; seed < MODELS; seed++) {
    const { model, activation, batchNorm } = drawn(seed)
    found.add(String(activation)).add(batchNorm ? 'batch norm' : 'no batch norm')
    for (const type of Object.values(model.tasks)) found.add(nameOf(type))
    for (const feature of model.features) {
      found.add(feature.kind)
      if (feature.kind === 'dense') continue
      found.add(feature.hashBuckets !== undefined ? 'hashed' : feature.vocabulary ? 'vocabulary' : 'ids')
      if (feature.kind === 'sparse' && feature.crosses) found.add('crossed')
      if (feature.kind !== 'varLen') continue
      const weighted = feature.weightNorm ? 'softmax of weights' : feature.weights === undefined ? '' : 'weights'
      found.add(`${feature.pooling} ${weighted}`)
    }
  }
  const weighted = POOLINGS.flatMap((pooling) =>
    ['', 'weights', 'softmax of weights'].map((how) => `${pooling} ${how}`),
  )
  const others = ['sparse', 'varLen', 'dense', 'hashed', 'vocabulary', 'ids', 'crossed', 'batch norm', 'no batch norm']
  const kinds = ['binary', 'regression', 'multiclass', 'multilabel', 'count']
  expect([...found].sort()).toEqual([...weighted, ...others, ...ACTIVATIONS, ...kinds].sort())
})

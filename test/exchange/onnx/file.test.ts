/** Files as ONNX's own checker sees them, and what stands in them beside the graph. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { VERSION } from '../../../src/exchange/onnx/version.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { PLE, parameters } from '../../../src/models/index.ts'
import { toONNX } from '../../../src/onnx.ts'
import { FEATURES, TASKS, TYPES, stir } from '../../models/feed.ts'
import { read } from '../../docs/documents.ts'
import { ZOO, drawn } from './drawn.ts'
import { readONNX } from './read.ts'

const PYTHON = process.env.PYTHON ?? 'python3'
const hasOnnx = spawnSync(PYTHON, ['-c', 'import onnx']).status === 0
const NO_ONNX = hasOnnx ? '' : ' (skipped: $PYTHON has no onnx)'

const CHECK = `
import sys, onnx
for path in sys.argv[1:]:
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
        declared = [output.type for output in model.graph.output]
        print(path.split("/")[-1], "ok" if [output.type for output in inferred.graph.output] == declared else "other shapes")
    except Exception as error:
        print(path.split("/")[-1], repr(error)[:300])
`

describe.skipIf(!hasOnnx)(`onnx.checker${NO_ONNX}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plegrad-onnx-'))
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  const said = (files: Readonly<Record<string, Uint8Array>>): readonly string[] => {
    const paths = Object.entries(files).map(([name, file]) => {
      const path = join(folder, name)
      writeFileSync(path, file)
      return path
    })
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', CHECK, ...paths], { encoding: 'utf8' })
    return stdout === '' ? [stderr] : stdout.trim().split('\n')
  }

  it('finds nothing in 80 models of the whole zoo, with vocabularies inside and without, of every opset', () => {
    const seeds = Array.from({ length: 80 }, (_, seed) => seed)
    expect(seeds.length).toBeGreaterThan(2 * Object.keys(ZOO).length)
    const files = seeds.map((seed) => {
      const options = { encode: seed % 2 === 1, opset: 17 + (seed % 5) }
      return [`${seed}`, toONNX(drawn(seed).model, options)] as const
    })
    expect(said(Object.fromEntries(files))).toEqual(seeds.map((seed) => `${seed} ok`))
  })

  it('finds a file that is none', () => {
    const file = toONNX(drawn(0).model)
    const broken = file.slice()
    broken.set(Buffer.from('Gothor'), Buffer.from(broken).indexOf('Gather'))
    expect(said({ broken, short: file.subarray(0, file.length - 7) })).toEqual([
      expect.stringMatching(/^broken ValidationError/),
      expect.stringMatching(/^short DecodeError/),
    ])
  })
})

describe('a file', () => {
  const options = { features: FEATURES, taskNames: TASKS, taskTypes: TYPES, expertDnnHiddenUnits: [4] }
  const model = stir(new PLE(options))
  const file = readONNX(toONNX(model))

  it('names its producer, what it is of, and its tasks', () => {
    expect(VERSION).toBe((JSON.parse(read('package.json')) as { version: string }).version)
    expect(file.producer).toBe(`plegrad ${VERSION}`)
    expect(file.about).toBe(
      'A model of plegrad: click, click_buy, click_buy_price of age, history, user, tags, item, topics, place',
    )
    expect(file.metadata).toEqual({ tasks: JSON.stringify(model.tasks), encoded: 'false' })
  })

  it('has every parameter that prediction reads, by its path, shape and numbers', () => {
    const weights = new Map(file.initializers.map((each) => [each.name, each]))
    const own = Object.entries(parameters(model))
    expect(own.length).toBeGreaterThan(20)
    for (const [path, { shape, values }] of own) {
      expect(weights.get(path)?.shape, path).toEqual(shape)
      expect(new Float32Array(weights.get(path)!.bytes.slice().buffer), path).toEqual(values)
    }
  })

  it('names nodes after the layer that they are of', () => {
    const names = file.nodes.map(({ name }) => name)
    expect(names).toContain('levels.0.experts.click.0.layers.0/Gemm')
    expect(names).toContain('towers.click_buy.output/MatMul')
    expect(new Set(names).size).toBe(names.length)
  })

  it('has inputs and outputs as features and tasks are', () => {
    expect(file.inputs.map(({ name, type, shape }) => `${name} ${type} ${shape.join()}`)).toEqual([
      'age 1 batch,1',
      'history 7 batch,3',
      'user 7 batch',
      'tags 7 batch,4',
      'tagWeights 1 batch,4',
      'item 7 batch',
      'topics 7 batch,3',
      'place 1 batch,2',
    ])
    expect(file.outputs.map(({ name, shape, about }) => [name, shape.join(), about])).toEqual([
      ['click', 'batch', 'a probability'],
      ['click_buy', 'batch', 'a probability'],
      ['click_buy_price', 'batch', 'the value'],
    ])
  })

  it('of a model in float64 has its numbers in float32', () => {
    const exact = new PLE({ ...options, backend: cpu64 })
    for (const [path, parameter] of Object.entries(parameters(exact)))
      parameter.assign(Float64Array.from(parameters(model)[path].values))
    expect(toONNX(exact)).toEqual(toONNX(model))
  })
})

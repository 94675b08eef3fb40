/** Functions of tensors as ONNX files: every function of ops, batches of any size, and what is refused. */
import { describe, expect, it } from 'vitest'
import * as ops from '../../../src/autograd/ops/index.ts'
import { gradients, op } from '../../../src/autograd/index.ts'
import { NO_EQUAL } from '../../../src/exchange/onnx/mappings/index.ts'
import * as kernels from '../../../src/kernels/table/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { Dense, INFERENCE } from '../../../src/models/index.ts'
import { functionToONNX } from '../../../src/onnx.ts'
import {
  Ids,
  Parameter,
  Tensor,
  detach,
  ids,
  normal,
  onHost,
  ones,
  stream,
  tensor,
  zeros,
} from '../../../src/tensor/index.ts'
import { apart } from './drawn.ts'
import { readONNX } from './read.ts'
import { feedsOf } from './feeds.ts'
import { NO_ORT, ort, ranBy } from './runtime.ts'
import { functionNames } from './table.ts'

type Given = Readonly<Record<'x' | 'y', Tensor> & { id: Ids }>
type F = (given: Given) => Tensor | Ids | Readonly<Record<string, Tensor | Ids>>

/** A batch: two matrices (b 3), and ids (b 2) below 4. */
const given = (rows: number, backend = cpu64): Given => {
  const random = stream(rows)
  return {
    x: normal([rows, 3], random.stream('x'), {}, backend),
    y: normal([rows, 3], random.stream('y'), {}, backend),
    id: ids(
      Int32Array.from({ length: rows * 2 }, (_, at) => (at + rows) % 4),
      [rows, 2],
      backend,
    ),
  }
}

const TABLE = normal([4, 3], stream(3), {}, cpu64)
const SCALE = tensor([1, -2, 0.5], [3], cpu64)
const SHIFT = tensor([0.1, 0, 3], [3], cpu64)
const flatIds = (id: Ids): Ids => new Ids([id.size], id.buffer, id.bound, id.backend)
const both = ({ x, y }: Given): Tensor => ops.concat([x, y], { axis: 0 })

/** Each function of ops, of a batch. */
const CASES: Readonly<Record<string, readonly F[]>> = {
  gelu: [({ x }) => ops.gelu(x)],
  selu: [({ x }) => ops.selu(x)],
  swish: [({ x }) => ops.swish(x)],
  softsign: [({ x }) => ops.softsign(x)],
  squaredError: [({ x, y }) => ops.squaredError(x, y)],
  norm: [({ x }) => ops.norm(x, { axis: 1 })],
  normalize: [({ x }) => ops.normalize(x, { mean: SHIFT, variance: ops.square(SCALE) }, SCALE, SHIFT)],
  batchNorm: [({ x }) => ops.batchNorm(x, SCALE, SHIFT, { epsilon: 0.5 })],
  layerNorm: [({ x }) => ops.layerNorm(x, SCALE, SHIFT)],
  reshape: [({ x }) => ops.reshape(x, [3, x.shape[0]]), ({ x }) => ops.reshape(x, [x.shape[0], 1, 3, 1])],
  broadcastTo: [
    ({ x }) => ops.broadcastTo(ops.reshape(x, [x.shape[0], 1, 3]), [2, x.shape[0], 4, 3]),
    ({ x }) => ops.add(ops.broadcastTo(SCALE, x.shape), ops.broadcastTo(SHIFT, x.shape)),
    ({ x }) => ops.broadcastTo(SCALE, x.shape),
  ],
  permute: [({ x }) => ops.permute(ops.reshape(x, [x.shape[0], 3, 1]), [2, -3, 1]), ({ x }) => ops.permute(x, [0, 1])],
  transpose: [({ x }) => ops.transpose(x)],
  sum: [
    ({ x }) => ops.sum(x),
    ({ x }) => ops.sum(x, { axis: -1 }),
    ({ x }) => ops.sum(ops.reshape(x, [x.shape[0], 1, 3]), { axis: [2, 0], keepDims: true }),
    ({ x }) => ops.sum(x, { axis: [] }),
  ],
  mean: [
    ({ x }) => ops.mean(x),
    ({ x }) => ops.mean(x, { axis: 0 }),
    ({ x }) => ops.mean(x, { axis: 1, keepDims: true }),
  ],
  max: [({ x }) => ops.max(x, { axis: 0 }), ({ x }) => ops.max(x)],
  min: [({ x }) => ops.min(x, { axis: 1 })],
  logSumExp: [({ x }) => ops.logSumExp(x, { axis: 1 }), ({ x }) => ops.logSumExp(ops.mul(x, 1000), { axis: 0 })],
  moments: [({ x }) => ops.moments(x, { axis: 0 })],
  argmax: [({ x }) => ops.argmax(x), ({ x }) => ops.argmax(x, { axis: 0 })],
  concat: [
    both,
    ({ x, y }) => ops.concat([x, y, x], { axis: -1 }),
    ({ x }) => ops.concat([x, ones([1, 3], cpu64)], { axis: 0 }),
  ],
  stack: [({ x, y }) => ops.stack([x, y], { axis: 1 }), ({ x, y }) => ops.stack([x, y])],
  split: [
    ({ x }) => {
      const [a, b] = ops.split(x, { axis: 1, widths: [1, 2] })
      return { a, b }
    },
  ],
  slice: [
    ({ x }) => ops.slice(x, { axis: 0, start: -1 }),
    ({ x }) => ops.slice(x, { axis: 0, end: x.shape[0] - 1 }),
    ({ x }) => ops.slice(x, { axis: -1, start: 1, end: -1 }),
    (all) => ops.slice(both(all), { axis: 0, start: all.x.shape[0] }),
  ],
  pad: [
    ({ x }) => ops.pad(x, { axis: 1, start: 1, extent: 6 }),
    ({ x }) => ops.pad(x, { axis: 0, start: x.shape[0], extent: 3 * x.shape[0] }),
  ],
  nonzeroMask: [({ id }) => ops.nonzeroMask(id), ({ id }) => ops.where(ops.nonzeroMask(id), 2, 3)],
  presentIds: [
    ({ id }) => ops.presentIds(id, { count: 4 }),
    ({ id }) => ops.gatherPresent(TABLE, ops.presentIds(id, { count: 4 })),
  ],
  segmentSum: [({ x, y, id }) => ops.segmentSum(both({ x, y, id }), flatIds(id), { count: 4 })],
  segmentMean: [({ x, y, id }) => ops.segmentMean(both({ x, y, id }), flatIds(id), { count: 5 })],
  toDense: [
    ({ x, y, id }) => {
      const table = detach(TABLE)
      const rows = ops.gather(table, flatIds(id))
      const [gradient] = gradients(ops.sum(ops.mul(rows, both({ x, y, id }))), [table])
      return ops.toDense(gradient)
    },
  ],
}
describe.skipIf(!ort)(`what ONNX Runtime makes of a function${NO_ORT}`, () => {
  const mapped = functionNames.filter((name) => !Object.hasOwn(NO_EQUAL, name))

  it.each(mapped)('is what %s computes, for any batch', async (name) => {
    for (const f of CASES[name])
      for (const opset of [17, 21]) {
        const file = functionToONNX(f, given(2), { opset })
        for (const rows of [1, 2, 9]) {
          const batch = given(rows)
          const feeds = feedsOf(ort!, {
            x: [Float32Array.from(batch.x.values), batch.x.shape],
            y: [Float32Array.from(batch.y.values), batch.y.shape],
            id: [batch.id.values, batch.id.shape],
          })
          const found = await ranBy(ort!, file, feeds)
          const made = f(batch)
          const expected = made instanceof Tensor || made instanceof Ids ? { output: made } : made
          expect(Object.keys(found)).toEqual(Object.keys(expected))
          for (const [output, { shape, values }] of Object.entries(expected)) {
            expect(found[output].dims, `${String(f)} of ${rows}`).toEqual(shape)
            expect(apart(found[output].data, values), `${String(f)} of ${rows}`).toBeLessThan(1e-5)
          }
        }
      }
  })
})

/** A fused op of one's own: ONNX has it not, and it says what it means. Called as an op that ONNX has. */
const mish = op('relu', '...n -> ...n', {
  means: (x) => ops.mul(x, ops.tanh(ops.softplus(x))),
  forward: (call, [x], y, { n }) => {
    call(kernels.softplus, x, y, n)
    call(kernels.tanh, y, y, n)
    call(kernels.mul, x, y, y, n)
  },
  vjp: () => [null],
})

describe.skipIf(!ort)(`an op of one's own${NO_ORT}`, () => {
  it('is what it means', async () => {
    const file = functionToONNX(({ x }) => ops.neg(mish(ops.neg(x))), { x: zeros([1, 3]) })
    expect(readONNX(file).nodes.map((node) => node.op)).toEqual(['Neg', 'Softplus', 'Tanh', 'Mul', 'Neg'])
    const { x } = given(6)
    const { output } = await ranBy(ort!, file, feedsOf(ort!, { x: [Float32Array.from(x.values), x.shape] }))
    const expected = Array.from(x.values, (each) => each * Math.tanh(Math.log1p(Math.exp(-each))))
    expect(apart(output.data, expected)).toBeLessThan(1e-6)
  })
})

describe('a file of a function', () => {
  const file = (f: F, options = {}) => readONNX(functionToONNX(f, given(2), options))

  it('says how each axis follows from the batch', () => {
    const { inputs, outputs } = file((all) => ({
      double: both(all),
      more: ops.concat([all.x, zeros([1, 3], cpu64)], { axis: 0 }),
      less: ops.slice(all.x, { axis: 0, start: 1 }),
      square: ops.matmulNT(all.x, all.y),
      own: all.x,
    }))
    expect(inputs.map(({ name, type, shape }) => [name, type, shape.join()])).toEqual([
      ['x', 1, 'batch,3'],
      ['y', 1, 'batch,3'],
      ['id', 7, 'batch,2'],
    ])
    expect(outputs.map(({ name, shape }) => [name, shape.join()])).toEqual([
      ['double', '2*batch,3'],
      ['more', 'batch+1,3'],
      ['less', 'batch-1,3'],
      ['square', 'batch,batch'],
      ['own', 'batch,3'],
    ])
  })

  it('has no node for what ONNX repeats by itself, nor for what no output needs', () => {
    const { nodes } = file(({ x, y }) => {
      ops.exp(y)
      return ops.mul(ops.add(x, SHIFT), 3)
    })
    expect(nodes.map((node) => node.op)).toEqual(['Add', 'Mul'])
  })

  it('has each number once, and parameters of a model by their paths', () => {
    const layers = [
      new Dense(3, 2, stream(1), { activation: 'relu' }),
      new Dense(2, 2, stream(2), { activation: 'prelu' }),
    ]
    const { nodes, initializers } = readONNX(
      functionToONNX(
        ({ x }) => layers.reduce((signal, layer) => layer.forward(signal, INFERENCE), x),
        { x: zeros([2, 3]) },
        {
          model: layers,
        },
      ),
    )
    expect(initializers.map(({ name }) => name)).toEqual([
      '0.weight',
      '0.bias',
      '1.weight',
      '1.bias',
      '1.activation.alpha',
    ])
    const named = ['0/Gemm', '0/Relu', '1/Gemm', 'relu/Relu', 'neg/Neg', 'relu/Relu', '1.activation/Mul', 'sub/Sub']
    expect(nodes.map(({ name }) => name.replace(/_\d+/, ''))).toEqual(named)
    expect(new Set(nodes.map(({ name }) => name)).size).toBe(named.length)
    const twice = file(({ x }) => ops.add(ops.mul(x, SCALE), ops.mul(ops.add(x, 2), ops.add(SCALE, 2))))
    expect(twice.initializers).toHaveLength(2)
  })

  it('has outputs of their names where one tensor is given twice', () => {
    const { outputs } = file(({ x }) => {
      const y = ops.neg(x)
      return { a: y, b: y, c: SCALE }
    })
    expect(outputs.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })

  it('takes inputs that have no batch', () => {
    const f = ({ x, weight }: Readonly<Record<'x' | 'weight', Tensor>>): Tensor => ops.matmul(x, weight)
    const { inputs } = readONNX(functionToONNX(f, { x: zeros([2, 3]), weight: zeros([3, 4]) }, { fixed: ['weight'] }))
    expect(inputs.map(({ shape }) => shape.join())).toEqual(['batch,3', '3,4'])
  })
})

describe('refuses', () => {
  const message = (f: F, options = {}): string => {
    try {
      functionToONNX(f, given(2), options)
    } catch (error) {
      return String(error)
    }
    return 'nothing'
  }

  it('an op of somebody, whatever it is called', () => {
    const relu = op('relu', '...n -> ...n', {
      forward: (call, [x], y, { n }) => call(kernels.neg, x, y, n),
      vjp: () => [null],
    })
    expect(message(({ x }) => relu(x))).toBe(
      'RangeError: functionToONNX: expected ops that ONNX has but got relu: because no op of ONNX does what it does, and it has no means that says it in ops',
    )
  })

  it.each(['distinctRows', 'alignRows'])('%s, by its name', (name) => {
    const f: F = ({ id }) => {
      const table = new Parameter(TABLE)
      const [gradient] = gradients(ops.sum(ops.gather(table, id)), [table], { sparse: true })
      if (gradient instanceof Tensor) throw new Error('expected rows')
      return name === 'alignRows' ? ops.alignRows([gradient, gradient])[0].rows : ops.distinctRows(gradient).rows
    }
    expect(message(f)).toContain('expected ops that ONNX has but got distinctRows: because it merges rows by their ids')
  })

  it('what comes of inputs otherwise than by ops', () => {
    const because = 'because they differ from run to run, as those of onHost do, and those that are read from values'
    expect(message(({ x }) => onHost((from, to) => to.set(from), [x], [x.shape])[0])).toContain(because)
    expect(message(({ x, y }) => ops.mul(y, x.values[0]))).toContain(because)
  })

  it('what does other things for other batches', () => {
    const said = 'expected the same ops for every size of batch but got others for 7 rows than for 5'
    expect(message(({ x }) => (x.shape[0] > 5 ? ops.exp(x) : ops.neg(x)))).toContain(said)
    expect(message(({ x }) => (x.shape[0] > 5 ? ops.neg(ops.exp(x)) : ops.neg(x)))).toContain(said)
    expect(message(({ x, y }) => ops.neg(x.shape[0] > 5 ? y : x))).toContain(said)
    expect(message(({ x }) => ops.neg(x.shape[0] > 5 ? x : ops.exp(x)))).toContain(said)
    expect(message(({ x }) => ops.scaleShift(x, { factor: 1 / x.shape[0] }))).toContain(
      'expected factor of scaleShift to be the same for every batch but got 0.2,',
    )
  })

  it('axes that are no multiple of the batch and a constant', () => {
    expect(message(({ x, y }) => ops.reshape(ops.matmulNT(x, y), [x.shape[0] ** 2]))).toContain(
      'expected what follows from the batch to be a multiple of it and a constant but got 25, 49, 121 for 5, 7, 11 rows',
    )
  })

  it('names, options and results that make no sense', () => {
    expect(message(({ x }) => ({ x: ops.neg(x) }))).toContain("expected names of outputs that no input has but got 'x'")
    expect(message(({ x }) => x, { opset: 16 })).toContain('expected opset to be an integer from 17 to 21 but got 16')
    expect(message(({ x }) => x, { opsets: 17 })).toContain("but got 'opsets', did you mean 'opset'?")
    expect(message(({ x }) => x, { fixed: ['z'] })).toContain("'z' at position 0")
    expect(message(() => 5 as never)).toContain('expected what the function gives')
    expect(message(() => ({}))).toContain('expected the function to give a tensor but got none')
    expect(() => functionToONNX(({ n }) => n, { n: tensor(5) })).toThrow(
      "functionToONNX: expected 'n' to have a batch as its first axis but got one number: name it in fixed",
    )
    expect(() => functionToONNX(5 as never, {})).toThrow('expected the first argument to be a function but got 5')
  })
})

it('the numbers of a parameter are those of the moment', () => {
  const weight = new Parameter(tensor([1, 2, 3]))
  const bytes = () => {
    const { initializers } = readONNX(
      functionToONNX(({ x }) => ops.mul(x, weight), { x: zeros([2, 3]) }, { model: { weight } }),
    )
    return [...new Float32Array(initializers[0].bytes.slice().buffer)]
  }
  expect(bytes()).toEqual([1, 2, 3])
  weight.assign([4, 5, 6])
  expect(bytes()).toEqual([4, 5, 6])
})

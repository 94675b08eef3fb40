/** What plain JavaScript may hand to a function of tensors: every one that is exported refuses all it does not take. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as exported from '../../src/autograd/ops/index.ts'
import { RowSparse, gradients, op } from '../../src/autograd/index.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import * as kernels from '../../src/kernels/table/index.ts'
import { Ids, Tensor, ids, normal, ones, stream, tensor } from '../../src/tensor/index.ts'
import { opInputs } from '../../src/testing.ts'
import { everyOp } from '../laws/everyOp.ts'

type Untyped = (...args: readonly unknown[]) => unknown

/** As JavaScript calls it, where no compiler reads the names of options. */
const untyped = (f: unknown): Untyped => f as Untyped

const messageOf = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    if (error instanceof RangeError) return error.message
    return `not a RangeError: ${String(error)}`
  }
  return 'no error'
}

interface Call {
  /** The name it is exported by, and the one that its errors open with. */
  readonly name: string
  readonly who: string
  readonly f: Untyped
  readonly inputs: readonly unknown[]
  /** Options with a fitting value each; none if the function takes none. */
  readonly options: Readonly<Record<string, unknown>>
}

const x = normal([2, 3], stream(1), {}, cpu64)
const row = ones([3], cpu64)
const picked = ids([0, 1])
const sparse = new RowSparse(ones([2, 3]), picked, 4)

/** The functions that are no ops: a call of each that is right. */
const COMPOSITES: Readonly<Record<string, readonly [inputs: readonly unknown[], options?: Call['options']]>> = {
  gelu: [[x]],
  selu: [[x]],
  swish: [[x]],
  softsign: [[x]],
  squaredError: [[x, x]],
  norm: [[x], { axis: 0, keepDims: true }],
  normalize: [[x, { mean: row, variance: row }, row, row], { epsilon: 1e-3 }],
  batchNorm: [[x, row, row], { epsilon: 1e-3 }],
  layerNorm: [[x, row, row], { epsilon: 1e-3 }],
  sum: [[x], { axis: 0, keepDims: true }],
  max: [[x], { axis: [0], keepDims: true }],
  min: [[x], { axis: 0, keepDims: true }],
  mean: [[x], { axis: 0, keepDims: true }],
  logSumExp: [[x], { axis: 0, keepDims: true }],
  moments: [[x], { axis: 0, keepDims: true }],
  argmax: [[x], { axis: 0 }],
  segmentSum: [[ones([2, 3]), picked], { count: 4 }],
  segmentMean: [[ones([2, 3]), picked], { count: 4 }],
  toDense: [[sparse]],
  distinctRows: [[sparse]],
  alignRows: [[[sparse, sparse]]],
  nonzeroMask: [[picked]],
  presentIds: [[picked], { count: 4 }],
  reshape: [[x, [3, 2]]],
  broadcastTo: [[x, [4, 2, 3]]],
  permute: [[x, [1, 0]]],
  transpose: [[x]],
  slice: [[x], { axis: 1, start: 0, end: 2 }],
  pad: [[x], { axis: 1, start: 1, extent: 5 }],
  concat: [[[x, x]], { axis: 1 }],
  stack: [[[x, x]], { axis: 1 }],
  split: [[x], { axis: 1, widths: [1, 2] }],
}

const calls: readonly Call[] = [
  ...everyOp.map((f): Call => {
    const nameable = Object.entries(exported) as readonly [string, unknown][]
    const [name] = nameable.find(([, value]) => value === f)!
    const [drawn] = fc.sample(opInputs(f), { numRuns: 1, seed: 7 })
    const { attributes } = f.definition
    return { name, who: f.op, f: untyped(f), inputs: drawn.on(cpu64), options: { ...attributes, ...drawn.options } }
  }),
  ...Object.entries(COMPOSITES).map(([name, [inputs, options = {}]]): Call => {
    return { name, who: name, f: untyped(exported[name as keyof typeof exported]), inputs, options }
  }),
]

/** Whether numbers stand for tensors full of them. */
const isBroadcasting = ({ f }: Call): boolean => messageOf(() => f()).includes('operands')

/** Options, if there are any. */
const rest = (options: Call['options']): readonly unknown[] => (Object.keys(options).length > 0 ? [options] : [])

it('every function of the op table is called here', () => {
  expect(calls.map(({ name }) => name).sort()).toEqual(Object.keys(exported).sort())
})

describe.each(calls)('$name', (call) => {
  const { f, who, inputs, options } = call
  const refuses = (...args: readonly unknown[]): void => {
    expect(messageOf(() => f(...args))).toMatch(new RegExp(`^${who}: expected .* but (got .*|it does not)`))
  }

  it('takes its inputs and options, and options that are undefined', () => {
    expect(f(...inputs, ...rest(options))).toBeDefined()
    const some = Object.keys(options).map((name) => [name, undefined] as const)
    if (messageOf(() => f(...inputs)) === 'no error')
      expect(String(f(...inputs, ...rest(Object.fromEntries(some))))).toBe(String(f(...inputs)))
  })

  it('refuses options that are no object, or are an input', () => {
    for (const given of [2, 'x', true, null, [0, 1], x, picked]) {
      refuses(...inputs, given)
      refuses(...inputs, given, 1)
    }
  })

  it('refuses an option that it does not know, and anything after its options', () => {
    refuses(...inputs, { ...options, lr: 1 })
    refuses(...inputs, ...rest(options), 1)
  })

  it('refuses options that are of another kind', () => {
    for (const name of Object.keys(options))
      for (const given of ['x', '1', null, NaN, { 0: 1 }, [x]]) refuses(...inputs, { ...options, [name]: given })
  })

  it('refuses inputs that are of another kind', () => {
    inputs.forEach((right, at) => {
      const wrong = ['x', '1', null, undefined, true, 1n, { length: 2 }, [1, 2], Float64Array.of(1, 2), [x, 5], () => x]
      for (const given of [...wrong, ...(isBroadcasting(call) ? [] : [5])]) {
        const isShape = Array.isArray(right) && typeof right[0] === 'number'
        if (!(isShape && Array.isArray(given) && given[1] === 2))
          refuses(...inputs.slice(0, at), given, ...inputs.slice(at + 1), ...rest(options))
      }
      if (!(right instanceof Ids)) refuses(...inputs.slice(0, at), picked, ...inputs.slice(at + 1), ...rest(options))
      if (right instanceof Ids) refuses(...inputs.slice(0, at), row, ...inputs.slice(at + 1), ...rest(options))
    })
    refuses(...inputs.slice(1), ...rest(options))
    refuses()
  })
})

describe('a refusal says what to write', () => {
  it.each<[string, () => unknown, string]>([
    [
      'pow(x, 2)',
      () => untyped(exported.pow)(x, 2),
      'pow: expected an object of options, as in { exponent: … }, but got 2',
    ],
    [
      'clip(x, 0, 1)',
      () => untyped(exported.clip)(x, 0, 1),
      'clip: expected an object of options, as in { min: … }, but got 0',
    ],
    [
      'clip(x, { min: 0 }, 1)',
      () => untyped(exported.clip)(x, { min: 0 }, 1),
      'clip: expected nothing after its options but got 1',
    ],
    [
      'sum(x, 1)',
      () => untyped(exported.sum)(x, 1),
      'sum: expected an object of options, as in { axis: … }, but got 1',
    ],
    [
      'mean(x, { axes: 1 })',
      () => untyped(exported.mean)(x, { axes: 1 }),
      "mean: expected options among axis, keepDims but got 'axes', did you mean 'axis'?",
    ],
    [
      'concat(xs, 1)',
      () => untyped(exported.concat)([x, x], 1),
      'concat: expected an object of options, as in { axis: … }, but got 1',
    ],
    ['concat(xs)', () => untyped(exported.concat)([x, x]), 'concat: expected axis to be an integer but got undefined'],
    [
      'concat(a, b)',
      () => untyped(exported.concat)(x, x),
      'concat: expected xs to be a list, each to be a tensor but got one tensor: put it in a list',
    ],
    [
      'slice(x, { begin: 1 })',
      () => untyped(exported.slice)(x, { axis: 0, begin: 1 }),
      "slice: expected options among axis, start, end but got 'begin'",
    ],
    [
      'argmax(x, { axes: 1 })',
      () => untyped(exported.argmax)(x, { axes: 1 }),
      "argmax: expected options among axis but got 'axes', did you mean 'axis'?",
    ],
    [
      'transpose(x, 0, 1)',
      () => untyped(exported.transpose)(x, 0, 1),
      'transpose: expected nothing after its inputs but got 0, 1',
    ],
    [
      'leakyRelu(x, { slop: 0.5 })',
      () => untyped(exported.leakyRelu)(x, { slop: 0.5 }),
      "leakyRelu: expected options among slope but got 'slop', did you mean 'slope'?",
    ],
    [
      'scatterAdd(x, ids, { rows: 4 })',
      () => untyped(exported.scatterAdd)(x, picked, { rows: 4 }),
      "scatterAdd: expected options among v but got 'rows'",
    ],
    [
      'add(x, [1, 2])',
      () => untyped(exported.add)(x, [1, 2]),
      'add: expected operand 1 to be a tensor or a number but got a list of 2: make it a tensor by tensor(…)',
    ],
    ['mul(x)', () => untyped(exported.mul)(x), 'mul: expected 2 operands but got a Tensor'],
    ['sum(5)', () => untyped(exported.sum)(5), 'sum: expected x to be a tensor but got 5'],
    [
      'gather(table, [0, 1])',
      () => untyped(exported.gather)(x, [0, 1]),
      'gather: expected (v d), ids (...b) below v but got (2×3), [0, 1]: input 1 is not ids',
    ],
    [
      'gradients(loss, x)',
      () => untyped(gradients)(exported.sum(x), x),
      'gradients: expected wrt to be a list, each to be a tensor but got one tensor: put it in a list',
    ],
    ['gradients(5, [x])', () => untyped(gradients)(5, [x]), 'gradients: expected loss to be a tensor but got 5'],
    [
      'gradients(loss, [x], { create_graph: true })',
      () => untyped(gradients)(exported.sum(x), [x], { create_graph: true }),
      "gradients: expected options among seed, differentiable, sparse but got 'create_graph'",
    ],
    [
      'gradients(loss, [x], { seed: 1 })',
      () => untyped(gradients)(exported.sum(x), [x], { seed: 1 }),
      'gradients: expected seed to be a tensor but got 1',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(new RangeError(message))
  })
})

describe('an op of one’s own', () => {
  it('is refused where its definition or its signature is none', () => {
    const define = untyped(op)
    const vjp = (): readonly null[] => [null]
    expect(() => define('f', 'n', { vjp })).toThrow(
      new RangeError("op: expected a signature such as 'm k, k n -> m n' but got 'n'"),
    )
    expect(() => define('f', undefined, { vjp })).toThrow('op: expected a signature')
    expect(() => define('f', 'n -> n', { vjp, foward: vjp })).toThrow("got 'foward', did you mean 'forward'?")
    expect(() => define('f', 'n -> n', {})).toThrow('op f: expected vjp to be a function but got undefined')
    expect(() => define('f', 'n -> n')).toThrow('op f: expected an object of options')
  })

  it('has attributes of the kinds of their defaults', () => {
    const scaled = op('scaled', 'n -> n', {
      attributes: { factor: 1, on: true },
      forward: (call, [a], y, { n, factor, on }) => call(kernels.scaleShift, a, y, n, on ? factor : 1, 0),
      vjp: () => [null],
    })
    const three = tensor([1], [1], cpu64)
    expect(scaled(three, { factor: 3, ...({ on: undefined } as object) }).item()).toBe(3)
    expect(() => untyped(scaled)(three, { on: 1 })).toThrow('scaled: expected on to be true or false but got 1')
    expect(() => untyped(scaled)(three, { factor: () => 3 })).toThrow(
      'scaled: expected factor to be a number but got a function',
    )
    expect(scaled(three) instanceof Tensor).toBe(true)
  })
})

/**
 * What ops make of NaN, infinities and zeros, on a backend and on the reference: shading languages promise nothing of
 * them, and a NaN that got lost would be a loss that looks well.
 */
import { expect, it } from 'vitest'
import * as plegrad from '../../src/index.ts'
import type { Backend, Tensor } from '../../src/index.ts'
import type { Given } from './given.ts'

const { cpu, tensor } = plegrad

const NUMBERS = [0, -0, 1, -1, 2.5, -2.5, 100, -100, 1e30, -1e30, 1e-30, Infinity, -Infinity, NaN]
/** The smallest normal number: devices may make those below it zero. */
const SMALLEST = 2 ** -126
/** Beyond this sin and cos have no digits left in float32. */
const TURNS = NUMBERS.filter((x) => !(Math.abs(x) > 1000 && Number.isFinite(x)))
const PAIRS = NUMBERS.flatMap((a) => NUMBERS.map((b) => [a, b] as const))
const ROWS = [
  [NaN, 1, 2],
  [1, NaN, 2],
  [1, 2, NaN],
  [Infinity, 1, 2],
  [-Infinity, 1, 2],
  [-Infinity, -Infinity, -Infinity],
]

type Made = (on: (values: readonly number[], shape?: readonly number[]) => Tensor) => Tensor

const elementwise = [
  'neg',
  'abs',
  'sign',
  'exp',
  'expm1',
  'log',
  'log1p',
  'sqrt',
  'square',
  'reciprocal',
  'tanh',
] as const
const bent = ['erf', 'sigmoid', 'softplus', 'relu', 'leakyRelu', 'elu', 'gelu', 'selu', 'swish', 'softsign'] as const
const circular = ['sin', 'cos'] as const
const binary = ['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'equal', 'greater', 'less'] as const
const reductions = ['sum', 'max', 'min', 'logSumExp'] as const

const CASES: Readonly<Record<string, Made>> = {
  ...Object.fromEntries(
    [...elementwise, ...bent].map((name): [string, Made] => [name, (on) => plegrad[name](on(NUMBERS))]),
  ),
  ...Object.fromEntries(circular.map((name): [string, Made] => [name, (on) => plegrad[name](on(TURNS))])),
  ...Object.fromEntries(
    binary.map((name): [string, Made] => [
      name,
      (on) => plegrad[name](on(PAIRS.map(([a]) => a)), on(PAIRS.map(([, b]) => b))),
    ]),
  ),
  ...Object.fromEntries(
    reductions.map((name): [string, Made] => [
      name,
      (on) => plegrad[name](on(ROWS.flat(), [ROWS.length, 3]), { axis: [1] }),
    ]),
  ),
  softmax: (on) => plegrad.softmax(on(ROWS.flat(), [ROWS.length, 3])),
  logSoftmax: (on) => plegrad.logSoftmax(on(ROWS.flat(), [ROWS.length, 3])),
  clip: (on) => plegrad.clip(on(NUMBERS), { min: -1, max: 2 }),
  'pow of 3': (on) => plegrad.pow(on(NUMBERS), { exponent: 3 }),
  'pow of ½': (on) => plegrad.pow(on(NUMBERS), { exponent: 0.5 }),
  'a dense layer with relu': (on) => plegrad.denseRelu(on([NaN, 1], [2, 1]), on([1], [1, 1]), on([1])),
  'binary cross-entropy': (on) =>
    plegrad.binaryCrossEntropy(on([NaN, 100, -100, Infinity, Infinity]), on([1, 1, 1, 0, 1])),
}

/** Where a backend makes something else than the reference: both numbers, by what they were made of. */
async function differences(made: Made, backend: Backend): Promise<readonly string[]> {
  const on = (where: Backend): Tensor =>
    made((values, shape = [values.length]) => tensor([...values], [...shape], where))
  const [expected, got] = [on(cpu).values, await on(backend).read()]
  return Array.from(expected).flatMap((value, at) => {
    const close =
      Object.is(got[at], value) || got[at] === value || Math.abs(got[at] - value) <= 1e-4 * Math.abs(value) + SMALLEST
    return close ? [] : [`element ${at} is ${got[at]}, not ${value}`]
  })
}

export const special = (given: Given): void => {
  it.each(Object.entries(CASES))('come out of %s as on the CPU', async (_, made) => {
    expect(await differences(made, given())).toEqual([])
  })
}

/** Every op that ONNX has, alone, against the float64 reference; those that it has not, by name; and the table of both. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FUNCTIONS, NO_EQUAL, OPS } from '../../../src/exchange/onnx/mappings/index.ts'
import { ELEMENTWISE } from '../../../src/exchange/onnx/mappings/elementwise.ts'
import { cpu, cpu64 } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { functionToONNX } from '../../../src/onnx.ts'
import { Ids, Tensor } from '../../../src/tensor/index.ts'
import type { Argument } from '../../../src/tensor/index.ts'
import { apply } from '../../../src/testing/anyOp.ts'
import type { AnyOp } from '../../../src/testing/anyOp.ts'
import { opInputs } from '../../../src/testing/opInputs.ts'
import type { Numbers, OpCase } from '../../../src/testing/opInputs.ts'
import { everyOp } from '../../laws/everyOp.ts'
import { apart } from './drawn.ts'
import { readONNX } from './read.ts'
import { feedsOf } from './feeds.ts'
import { NO_ORT, ort, ranBy } from './runtime.ts'
import type { Ort } from './feeds.ts'

const CASES = 10
/** Where one case is much like another. */
const FEW = 4
const CLOSE = 1e-5
/** The last one: all ops are in it. */
const OPSET = 21

const opsOf = (mapped: boolean): readonly AnyOp[] => everyOp.filter(({ op }) => Object.hasOwn(OPS, op) === mapped)

/** Tensors and ids of arguments, by names of their own. */
const named = (args: readonly Argument[]): Readonly<Record<string, Tensor | Ids>> =>
  Object.fromEntries(
    args.flatMap((argument, at) =>
      argument instanceof Tensor || argument instanceof Ids
        ? [[`x${at}`, argument]]
        : argument.map((member, place) => [`x${at}.${place}`, member]),
    ),
  )

/** Arguments like these of what names stand for. */
const replaced = (args: readonly Argument[], given: Readonly<Record<string, Tensor | Ids>>): Argument[] =>
  args.map((argument, at) =>
    argument instanceof Tensor || argument instanceof Ids
      ? given[`x${at}`]
      : argument.map((_, place) => given[`x${at}.${place}`] as Tensor),
  )

function exported({ op, options, on }: OpCase, opset = OPSET): Uint8Array {
  const args = on(cpu)
  const examples = named(args)
  return functionToONNX((given) => apply(op, replaced(args, given), options), examples, {
    opset,
    fixed: Object.keys(examples),
  })
}

/** How far ONNX Runtime is from a reference on one case. */
async function differenceOf(
  runtime: Ort,
  drawn: OpCase,
  file: Uint8Array,
  numbers: Numbers = {},
  reference: Backend = cpu64,
): Promise<number> {
  const given = Object.entries(named(drawn.on(cpu, numbers))).map(
    ([name, { values, shape }]) => [name, [values, shape] as const] as const,
  )
  const { output } = await ranBy(runtime, file, feedsOf(runtime, Object.fromEntries(given)))
  const expected = apply(drawn.op, drawn.on(reference, numbers), drawn.options)
  expect(output.dims, String(drawn)).toEqual(expected.shape)
  return apart(output.data, expected.values)
}

/** Cases in which there is something to compute: of nothing ONNX Runtime refuses some shapes. */
const casesOf = (op: AnyOp): readonly OpCase[] =>
  fc
    .sample(opInputs(op), { numRuns: 8 * CASES, seed: 7 })
    .filter(({ on }) => Object.values(named(on(cpu))).every(({ size }) => size > 0))
    .slice(0, CASES)

describe.skipIf(!ort)(`what ONNX Runtime makes of one op${NO_ORT}`, () => {
  it.each(opsOf(true).map((op) => [op.op, op] as const))('is what %s computes', async (_, op) => {
    const cases = casesOf(op)
    expect(cases.length).toBe(CASES)
    for (const drawn of cases)
      expect(await differenceOf(ort!, drawn, exported(drawn)), String(drawn)).toBeLessThan(CLOSE)
  })

  /** ONNX passes over NaN in the first three, and has ∞ − ∞ in the last. */
  const OTHERWISE = ['max', 'min', 'segmentMax', 'binaryCrossEntropy']

  it.each(opsOf(true).map((op) => [op.op, op] as const))('has NaN and infinities where %s has them', async (_, op) => {
    let apartAt = 0
    for (const drawn of casesOf(op).slice(0, FEW))
      apartAt = Math.max(apartAt, await differenceOf(ort!, drawn, exported(drawn), { special: true }, cpu))
    if (OTHERWISE.includes(op.op)) expect(apartAt).toBe(Infinity)
    else expect(apartAt).toBeLessThan(CLOSE)
  })

  it.each(Object.keys(ELEMENTWISE))('is what %s computes of large numbers', async (name) => {
    const op = everyOp.find((each) => each.op === name)!
    for (const magnitude of [100, 1e4])
      for (const drawn of casesOf(op).slice(0, FEW))
        expect(await differenceOf(ort!, drawn, exported(drawn), { magnitude }, cpu), String(drawn)).toBeLessThan(CLOSE)
  })

  it('is the same in every opset that may be asked for', async () => {
    for (const op of opsOf(true))
      for (const opset of [17, 18, 19, 20]) {
        const [drawn] = casesOf(op)
        if (op.op === 'segmentMax' && opset < 18) {
          expect(() => exported(drawn, opset)).toThrow('segmentMax: expected an opset of at least 18 but got 17')
          continue
        }
        expect(await differenceOf(ort!, drawn, exported(drawn, opset)), `${opset} ${String(drawn)}`).toBeLessThan(CLOSE)
      }
  })

  it('or a mapping that is wrong is seen', async () => {
    const { sin, cos } = ELEMENTWISE
    const own = Object.getOwnPropertyDescriptor(sin, 'draw')!
    Object.defineProperty(sin, 'draw', { ...own, value: cos.draw })
    try {
      const [drawn] = casesOf(everyOp.find(({ op }) => op === 'sin')!)
      expect(await differenceOf(ort!, drawn, exported(drawn))).toBeGreaterThan(0.1)
    } finally {
      Object.defineProperty(sin, 'draw', own)
    }
  })
})

it('an op that ONNX has not is refused by its name, and why', () => {
  expect(opsOf(false).map(({ op }) => op)).toContain('dropout')
  for (const op of opsOf(false))
    for (const drawn of casesOf(op))
      expect(() => exported(drawn)).toThrow(
        `functionToONNX: expected ops that ONNX has but got ${op.op}: because ${NO_EQUAL[op.op]}`,
      )
})

it.each(opsOf(true).map((op) => [op.op, op] as const))('%s becomes the nodes that its mapping names', (_, op) => {
  const nodes = new Set(casesOf(op).flatMap((drawn) => readONNX(exported(drawn)).nodes.map((node) => node.op)))
  nodes.delete('Identity')
  expect([...nodes].sort()).toEqual([...new Set(OPS[op.op].nodes.split(', '))].sort())
})

it('every mapping is of an op or of a function', () => {
  expect(Object.keys(OPS).sort()).toEqual(
    opsOf(true)
      .map(({ op }) => op)
      .sort(),
  )
  expect(Object.keys(FUNCTIONS).length).toBeGreaterThan(5)
})

/** Which calls of a recording read weights of 16 and 8 bits, and which are left as they are. */
import { describe, expect, it } from 'vitest'
import { add, concat, dense, denseRelu, gather, matmul, matmulNT, neg, reshape } from '../../src/autograd/index.ts'
import { cpu } from '../../src/kernels/index.ts'
import { build, roundWeights } from '../../src/program/index.ts'
import { naming, showListing } from '../../src/program/names.ts'
import { ids, ones } from '../../src/tensor/index.ts'
import type { Ids, Parameter, Tensor } from '../../src/tensor/index.ts'
import { sgd } from '../../src/training/index.ts'
import { drawn, parameter } from './passes/across.ts'

const [w, other, c] = [parameter('w', 8, 40), parameter('other', 8, 40), parameter('c', 40)]
const small = parameter('small', 8, 1)
const [user, item, thin] = [parameter('user', 5, 6), parameter('item', 7, 4), parameter('thin', 9, 1)]
const parameters = { w, other, c, small, user, item, thin }
const x = drawn('x', 2, 8)
const [u, i] = [ids([4, 0]), ids([6, 1])]

/** The calls that run of a step whose weights have so many bits. */
function rounded<I>(step: (input: I) => unknown, example: I, bits = 16): readonly string[] {
  const program = build(step, example, cpu, 1, roundWeights(bits))
  const { listing } = program.stages[program.stages.length - 1]
  program.release()
  return showListing(listing, naming([listing], parameters)).split('\n')
}

describe('a weight is read as words', () => {
  it.each<[string, (x: Tensor) => Tensor, string]>([
    ['in a product', (x) => matmul(x, w), '%1 = denseRounded(x, [w], [null], 2, 8, [40], 16, [false], [160])'],
    ['in a layer', (x) => dense(x, w, c), '%1 = denseRounded(x, [w], [c], 2, 8, [40], 16, [false], [160])'],
    ['in a layer of relu', (x) => denseRelu(x, w, c), '%1 = denseRounded(x, [w], [c], 2, 8, [40], 16, [true], [160])'],
  ])('%s', (_, step, expected) => {
    expect(rounded(({ x }) => step(x), { x })).toEqual([expected, 'return %1'])
  })

  it('in a gather, of a quarter as many words and one for each step', () => {
    expect(rounded(({ u }: { u: Ids }) => gather(user, u), { u }, 8)).toEqual([
      '%1 = gatherRounded([user], [u], 2, [6], [3], 8)',
      'return %1',
    ])
  })

  it('once, by all who read it in the same shape', () => {
    expect(rounded(({ x }) => [matmul(x, w), dense(neg(x), w, c)], { x }, 8)).toEqual([
      '%1 = denseRounded(x, [w], [null], 2, 8, [40], 8, [false], [120])',
      '%2 = neg(x, 16)',
      '%3 = denseRounded(%2, [w], [c], 2, 8, [40], 8, [false], [120])',
      'return %1, %3',
    ])
    const { calls } = build(({ x }) => [matmul(x, w), dense(neg(x), w, c)], { x }, cpu, 1, roundWeights(8)).stages[0]
      .listing
    expect(calls[0].args[1]).toEqual(calls[2].args[1])
  })

  it('apart, where it is a table elsewhere, or has another shape', () => {
    const step = ({ x, u }: { x: Tensor; u: Ids }): unknown => [
      matmul(x, w),
      gather(w, u),
      matmul(reshape(x, [4, 4]), reshape(w, [4, 80])),
    ]
    const { calls } = build(step, { x, u }, cpu, 1, roundWeights(16)).stages[0].listing
    expect(new Set([calls[0].args[1], calls[1].args[0], calls[2].args[1]].flat()).size).toBe(3)
    expect(calls.every(({ kernel }) => kernel.verb.endsWith('Rounded'))).toBe(true)
  })
})

it('layers of one input are one call, in which those are not whose words are more', () => {
  expect(rounded(({ x }) => [dense(x, w, c), matmul(x, small), denseRelu(x, other, c)], { x }, 16)).toEqual([
    '%1, %2 = denseRounded(x, [w other], [c c], 2, 8, [40 40], 16, [false true], [160 160])',
    '%3 = matmul(x, small, 2, 8, 1)',
    'return %1, %3, %2',
  ])
})

describe('what stays as it is', () => {
  const turned = parameter('turned', 40, 8)
  const plain = drawn('w', 8, 40)

  it.each<[string, (input: { x: Tensor; u: Ids }) => Tensor, RegExp]>([
    ['a weight of one column, of which words are more', ({ x }) => matmul(x, small), /= matmul\(x, small,/],
    ['a table one wide', ({ u }) => gather(thin, u), /= gather\(thin, u,/],
    ['a weight that is turned', ({ x }) => matmulNT(x, turned), /= matmulNT\(x, @1,/],
    ['a tensor that is no parameter', ({ x }) => matmul(x, plain), /= matmul\(x, @1,/],
    ['what is only added', ({ x }) => add(matmulNT(x, turned), c), /= matmulNT\(/],
  ])('%s', (_, step, expected) => {
    expect(rounded(step, { x, u })[0]).toMatch(expected)
  })

  it('a weight that the step itself changes', () => {
    const own = parameter('own', 8, 40)
    const optimizer = sgd({ learningRate: 1 })
    const step = ({ x }: { x: Tensor }): Tensor => {
      optimizer.step([own], [ones([8, 40])])
      return matmul(x, own)
    }
    expect(rounded(step, { x }).join('\n')).toMatch(/ = matmul\(/)
  })
})

describe('neighbours that are gathered side by side', () => {
  const side = (xs: readonly Tensor[]): Tensor => concat(xs, { axis: 1 })
  type Example = Readonly<Record<'u' | 'i', Ids>> & { readonly x: Tensor }
  const example: Example = { u, i, x }

  it('are one call', () => {
    expect(rounded(({ u, i }: Example) => side([gather(user, u), gather(item, i), gather(user, u)]), example)).toEqual([
      '%1 = gatherRounded([user item user], [u i u], 2, [6 4 6], [3 2 3], 16)',
      'return %1',
    ])
  })

  it('stand beside what is gathered otherwise', () => {
    const step = ({ u, i, x }: Example): Tensor => side([x, gather(user, u), gather(item, i), gather(thin, i)])
    expect(rounded(step, example)).toEqual([
      '%1 = gather(thin, i, 2, 1)',
      '%2 = gatherRounded([user item], [u i], 2, [6 4], [3 2], 16)',
      '%3 = concat([x %2 %1], 2, [8 10 1], 1)',
      'return %3',
    ])
  })

  it('stay apart where others read their rows too', () => {
    const step = ({ u, i }: Example): readonly Tensor[] => {
      const rows = gather(user, u)
      return [rows, side([rows, gather(item, i)])]
    }
    expect(rounded(step, example).filter((line) => line.includes('gatherRounded'))).toHaveLength(2)
  })
})

it('words are made of a parameter again when it has changed, and only then', () => {
  const own = parameter('own', 8, 40)
  const program = build(({ x }: { x: Tensor }) => matmul(x, own), { x: ones([1, 8]) }, cpu, 1, roundWeights(16))
  program.inputs.x.values.fill(1)
  const run = (): number => {
    program.run()
    return program.outputs.values[0]
  }
  const first = run()
  own.values.fill(0)
  expect(run()).toBe(first)
  own.changed()
  expect(run()).toBe(0)
  own.assign(new Float32Array(320).fill(1.5))
  expect(run()).toBe(12)
})

it('a parameter that is read as words alone does not move in', () => {
  const own: Parameter = parameter('own', 8, 40)
  const { buffer } = own
  build(({ x }: { x: Tensor }) => matmul(x, own), { x }, cpu, 1, roundWeights(16)).run()
  expect(own.buffer).toBe(buffer)
})

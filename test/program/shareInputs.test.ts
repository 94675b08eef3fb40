/** What layers do once of inputs that are the same in all rows, and which are left as they are. */
import { describe, expect, it } from 'vitest'
import { concat, dense, denseRelu, gather, matmul, neg } from '../../src/autograd/index.ts'
import { cpu } from '../../src/kernels/index.ts'
import { build, shareInputs } from '../../src/program/index.ts'
import { naming, showListing } from '../../src/program/names.ts'
import { ids, ones } from '../../src/tensor/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { sgd } from '../../src/training/index.ts'
import { drawn, parameter } from './passes/across.ts'

const [w, other, c] = [parameter('w', 9, 5), parameter('other', 9, 2), parameter('c', 5)]
const [user, item] = [parameter('user', 5, 4), parameter('item', 7, 3)]
const parameters = { w, other, c, user, item }
const given = { age: drawn('age', 3, 2), u: ids([4, 4, 4]), i: ids([6, 1, 0]) }
type Given = typeof given

/** The user's columns around those of the item. */
const input = ({ u, i, age }: Given): Tensor => concat([gather(user, u), gather(item, i), age], { axis: 1 })

/** The calls that run of a step in which these inputs are the same in all rows. */
function shared(step: (input: Given) => unknown, paths: readonly string[] = ['u', 'age']): readonly string[] {
  const program = build(step, given, cpu, 1, shareInputs(new Set(paths)))
  const { listing } = program.stages[0]
  program.release()
  return showListing(listing, naming([listing], parameters)).split('\n')
}

/** What a step gives where `age` is the same in all rows, by its own program and by one that knows. */
function both(step: (input: Given) => Tensor): readonly Float32Array[] {
  return [[], ['u', 'age']].map((paths) => {
    const program = build(step, given, cpu, 1, shareInputs(new Set(paths)))
    const { age, u, i } = program.inputs
    age.values.set([3, 5, 3, 5, 3, 5])
    u.values.set(given.u.values)
    i.values.set(given.i.values)
    program.run()
    return (program.outputs.values as Float32Array).slice()
  })
}

describe('the part of inputs that are the same in all rows', () => {
  it.each<[string, (x: Tensor) => Tensor]>([
    ['a product', (x) => matmul(x, w)],
    ['a layer', (x) => dense(x, w, c)],
    ['a layer of relu', (x) => denseRelu(x, w, c)],
  ])('is taken once in %s, which gives the same', (_, layer) => {
    const [whole, split] = both((batch) => layer(input(batch)))
    split.forEach((value, at) => expect(value).toBeCloseTo(whole[at], 5))
    expect(Math.max(...split)).toBeGreaterThan(0)
    expect(shared((batch) => layer(input(batch))).join('\n')).not.toMatch(/3, 9, 5/)
  })

  it('is a row of its own beside the rest, read by all layers', () => {
    const layers = (batch: Given): readonly Tensor[] => {
      const x = input(batch)
      return [denseRelu(x, w, c), matmul(x, other)]
    }
    // What nobody reads any more is dropped by the passes behind.
    expect(shared(layers).slice(3)).toEqual([
      '%4 = gather(user, u, 1, 4)',
      '%5 = concat([%4 age], 1, [4 2], 1)',
      '%6 = concat([%2], 3, [3], 1)',
      '%7 = dense(%5, w, c, 1, 6, 5)',
      '%8 = denseRelu(%6, w, %7, 3, 3, 5)',
      '%9 = matmul(%5, other, 1, 6, 2)',
      '%10 = dense(%6, other, %9, 3, 3, 2)',
      'return %8, %10',
    ])
  })
})

describe('what stays as it is', () => {
  const fixed = drawn('fixed', 9, 5)
  it.each<[string, readonly string[], (batch: Given) => Tensor]>([
    ['where no input is shared', [], (batch) => matmul(input(batch), w)],
    ['where all are', ['u', 'i', 'age'], (batch) => matmul(input(batch), w)],
    ['a weight that is no parameter', ['u'], (batch) => matmul(input(batch), fixed)],
    ['a product of something else', ['u'], (batch) => matmul(neg(input(batch)), w)],
  ])('%s', (_, paths, step) => {
    const last = shared(step, paths).at(-2)
    expect(last).toMatch(/ = matmul\(%\d+, (w|@\d+), 3, 9, 5\)/)
  })

  it('a weight that the step itself changes', () => {
    const own = parameter('own', 9, 5)
    const optimizer = sgd({ learningRate: 1 })
    const step = (batch: Given): Tensor => {
      optimizer.step([own], [ones([9, 5])])
      return matmul(input(batch), own)
    }
    expect(shared(step).join('\n')).toMatch(/ = matmul\(%\d+, \S+, 3, 9, 5\)/)
  })
})

/** Memory that programs share with what they are given and give: nothing changes behind its owner's back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { add, neg, reshape } from '../../src/autograd/index.ts'
import { compile } from '../../src/program/index.ts'
import { Parameter, detach, ids, tensor } from '../../src/tensor/index.ts'
import type { Ids, Tensor } from '../../src/tensor/index.ts'
import { sgd } from '../../src/training/index.ts'
import { EVERYWHERE } from './everyBackend.ts'
import type { Anywhere } from './everyBackend.ts'

const numbers = ({ values }: Tensor | Ids): number[] => [...values]

describe.each(Object.keys(EVERYWHERE))('on %s', (name) => {
  let on: Anywhere['on']
  let close: Anywhere['close']
  beforeAll(async () => {
    ;({ on, close } = await EVERYWHERE[name]())
  })
  afterAll(() => close())

  it.each<readonly [string, (pair: Pair) => Pair]>([
    ['cur first', ({ cur, prev }) => ({ cur: add(cur, prev), prev: cur })],
    ['prev first', ({ cur, prev }) => ({ prev: cur, cur: add(cur, prev) })],
    ['under another shape', ({ cur, prev }) => ({ cur: add(cur, prev), prev: reshape(detach(cur), [1]) })],
  ])('a step may return what it was given, and be given what it returned: %s', async (_, step) => {
    const run = on(step)
    const seen: number[] = []
    let state: Pair = { cur: tensor([1]), prev: tensor([1]) }
    for (let count = 0; count < 6; count++) {
      state = await run(state)
      seen.push(state.cur.item())
    }
    expect(seen).toEqual([2, 3, 5, 8, 13, 21])
  })

  it('a step may exchange what it was given, ids too', async () => {
    const run = on(({ x, y, a, b }: Exchange): Exchange => ({ x: y, y: x, a: b, b: a }))
    let state: Exchange = { x: tensor([1, -0]), y: tensor([2, NaN]), a: ids([3, 4]), b: ids([5, 6]) }
    for (let count = 0; count < 3; count++) {
      state = await run(state)
      const [one, other] = count % 2 === 0 ? (['x', 'y'] as const) : (['y', 'x'] as const)
      expect(numbers(state[one])).toEqual([2, NaN])
      expect(numbers(state[other])).toEqual([1, -0])
      expect([numbers(state.a), numbers(state.b)]).toContainEqual([3, 4])
    }
    expect([numbers(state.a), numbers(state.b)]).toEqual([
      [5, 6],
      [3, 4],
    ])
  })

  it('what was returned is no input: neither changes with the other', async () => {
    const run = on(({ x }: { readonly x: Tensor }) => ({ x, again: x, less: neg(x) }))
    const given = tensor([1, 2])
    const { x, again, less } = await run({ x: given })
    x.values.fill(9)
    expect(numbers(given)).toEqual([1, 2])
    await run({ x: tensor([3, 4]) })
    expect([x, again, less].map(numbers)).toEqual([
      [3, 4],
      [3, 4],
      [-3, -4],
    ])
  })

  it('a parameter is returned as it is after the step, and its copy under another shape too', async () => {
    const w = new Parameter(tensor([4, 8]))
    const optimizer = sgd({ learningRate: 0.5 })
    const run = on(({ g }: { readonly g: Tensor }) => {
      optimizer.step([w], [g])
      return { g: reshape(w, [2]), w }
    })
    let state = await run({ g: tensor([2, 2]) })
    expect(numbers(state.g)).toEqual([3, 7])
    state = await run({ g: state.g })
    expect(numbers(state.g)).toEqual([1.5, 3.5])
    expect(state.w).toBe(w)
  })
})

interface Pair {
  readonly cur: Tensor
  readonly prev: Tensor
}

interface Exchange {
  readonly x: Tensor
  readonly y: Tensor
  readonly a: Ids
  readonly b: Ids
}

describe('the inputs of a program', () => {
  it('may be given to its step in another order, or in part', () => {
    const run = compile(({ x, y }: { x: Tensor; y: Tensor }) => ({ x: add(x, 0), y: add(y, 0) }))
    const { inputs } = run.program({ x: tensor([1, 2]), y: tensor([3, 4]) })
    inputs.x.values.set([1, 2])
    inputs.y.values.set([3, 4])
    const { x, y } = run({ x: inputs.y, y: inputs.x })
    expect([x, y].map(numbers)).toEqual([
      [3, 4],
      [1, 2],
    ])
  })
})

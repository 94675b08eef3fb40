/** Whoever listens to ops hears each call once, what it is made of before it, and nothing once it is over. */
import { describe, expect, it } from 'vitest'
import { add, batchNorm, exp, nonzeroMask, op, sum, traced } from '../../src/autograd/index.ts'
import * as kernels from '../../src/kernels/table/index.ts'
import { ids, ones, tensor, zeros } from '../../src/tensor/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'

/** The names that are heard while something is done. */
function heard(act: () => unknown): readonly string[] {
  const names: string[] = []
  traced((name) => names.push(name), act)
  return names
}

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
])

describe('who listens', () => {
  it('hears of an op with its inputs, its result, its definition and its settings', () => {
    const calls: unknown[][] = []
    const y = traced(
      (...call) => calls.push(call),
      () => exp(x),
    )
    expect(calls).toEqual([['exp', [x], y, exp.definition, expect.objectContaining({ n: 6 })]])
    expect((calls[0][1] as readonly Tensor[])[0]).toBe(x)
    expect(calls[0][2]).toBe(y)
  })

  it('hears of a function after the ops that it is made of', () => {
    const names = heard(() => sum(x, { axis: 1 }))
    expect(names.filter((name) => name === 'sum')).toHaveLength(2)
    expect(names.at(-1)).toBe('sum')
    expect(heard(() => batchNorm(x, ones([3]), zeros([3]))).at(-1)).toBe('batchNorm')
  })

  it('hears of numbers that are repeated, and of functions that only call a kernel', () => {
    expect(heard(() => add(x, 1))).toEqual([...heard(() => add(x, 1)).slice(0, -2), 'broadcastTo', 'add'])
    expect(heard(() => nonzeroMask(ids([0, 1])))).toEqual(['nonzeroMask'])
  })

  it('tells ops of one name apart by their definitions', () => {
    const own = op('exp', '...n -> ...n', {
      forward: (call, [given], y, { n }) => call(kernels.neg, given, y, n),
      vjp: () => [null],
    })
    const definitions: unknown[] = []
    traced(
      (_, __, ___, definition) => definitions.push(definition),
      () => exp(own(x)),
    )
    expect(definitions).toEqual([own.definition, exp.definition])
    expect(own.definition).not.toBe(exp.definition)
  })

  it('hears nothing once it is over, however it ended', () => {
    const names: string[] = []
    const listen = (name: string): unknown => names.push(name)
    traced(listen, () => exp(x))
    exp(x)
    expect(() =>
      traced(listen, () => {
        exp(x)
        throw new Error('on purpose')
      }),
    ).toThrow('on purpose')
    exp(x)
    expect(names).toEqual(['exp', 'exp'])
  })

  it('hears nothing of what another listens to meanwhile', () => {
    const inside: string[] = []
    const outside = heard(() => {
      exp(x)
      traced(
        (name) => inside.push(name),
        () => nonzeroMask(ids([1])),
      )
      exp(x)
    })
    expect(outside).toEqual(['exp', 'exp'])
    expect(inside).toEqual(['nonzeroMask'])
  })
})

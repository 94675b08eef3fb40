/** What the type checker alone sees: every line marked here must not compile, and `npm run types` fails if one does. */
/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- Wrong instances are what this is about. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import { add, dropout, gather, matmul, mix, op, scatterAdd, softmax, where } from '../../src/index.ts'
import { repeat, reshapeTo } from '../../src/autograd/index.ts'
import * as kernels from '../../src/kernels/table/index.ts'
import { ids, tensor, zeros } from '../../src/index.ts'
import type { Ids, Op, Tensor } from '../../src/index.ts'
import type { FreeOf, InputsAs, InputsOf, SizesOf } from '../../src/tensor/index.ts'
import { checkOp } from '../../src/testing.ts'

const x = zeros([2, 2])
const rows = ids([0, 1])

/** Compiled, never run. */
const unrun = (_: () => unknown): void => {
  expect(_).toBeTypeOf('function')
}

describe('the types of a signature', () => {
  it('are one string for each input', () => {
    expectTypeOf<InputsOf<'m k, k n -> m n'>>().toEqualTypeOf<['m k', 'k n']>()
    expectTypeOf<InputsOf<'...n -> ...n'>>().toEqualTypeOf<['...n']>()
  })

  it('are tensors, ids and lists, in order', () => {
    expectTypeOf<InputsAs<'v d, ...b<v -> ...b d', Tensor, Ids>>().toEqualTypeOf<readonly [Tensor, Ids]>()
    expectTypeOf<InputsAs<'b e, [b d]e -> b d', Tensor, Ids>>().toEqualTypeOf<readonly [Tensor, readonly Tensor[]]>()
  })

  it('are all its axes, as numbers', () => {
    expectTypeOf<keyof SizesOf<'m k, k n -> m n'>>().toEqualTypeOf<'m' | 'k' | 'n'>()
    expectTypeOf<keyof SizesOf<'b e, [b d]e -> b d'>>().toEqualTypeOf<'b' | 'e' | 'd'>()
    expectTypeOf<keyof SizesOf<'...b d, ...b<v -> v d'>>().toEqualTypeOf<'b' | 'd' | 'v'>()
    expectTypeOf<keyof SizesOf<'[o p+ i] -> o p i'>>().toEqualTypeOf<'o' | 'p' | 'i'>()
  })

  it('are the axes left to the caller: an extent, or a list of them', () => {
    expectTypeOf<FreeOf<'m k, k n -> m n'>>().toEqualTypeOf<Readonly<Record<never, never>>>()
    expectTypeOf<FreeOf<'o i -> o m i'>>().toEqualTypeOf<{ readonly m: number }>()
    expectTypeOf<FreeOf<'...n -> ...m'>>().toEqualTypeOf<{ readonly m: readonly number[] }>()
    expectTypeOf<FreeOf<'b d, b<v -> v d'>>().toEqualTypeOf<{ readonly v: number }>()
    expectTypeOf<FreeOf<'v d, b<v -> b d'>>().toEqualTypeOf<Readonly<Record<never, never>>>()
  })
})

describe('a call does not compile with', () => {
  it('an argument of the wrong kind', () => {
    // @ts-expect-error ids are no tensor
    unrun(() => matmul(x, rows))
    // @ts-expect-error a tensor is no ids
    unrun(() => gather(x, x))
    // @ts-expect-error a tensor is no list
    unrun(() => mix(x, x))
    // @ts-expect-error a number is no tensor, where nothing broadcasts
    unrun(() => softmax(1))
    unrun(() => add(x, 1))
    // @ts-expect-error nor are ids an operand
    unrun(() => add(x, rows))
  })

  it('too few or too many arguments', () => {
    // @ts-expect-error one is missing
    unrun(() => matmul(x))
    // @ts-expect-error one is too many
    unrun(() => matmul(x, x, x))
    // @ts-expect-error one is missing
    unrun(() => where(x, x))
    // @ts-expect-error softmax has no options
    unrun(() => softmax(x, { axis: 1 }))
  })

  it('a free axis missing, misspelt or of the wrong kind', () => {
    // @ts-expect-error m must be given
    unrun(() => repeat(x))
    // @ts-expect-error it is called m
    unrun(() => repeat(x, { n: 3 }))
    // @ts-expect-error one extent, not a list
    unrun(() => repeat(x, { m: [3] }))
    // @ts-expect-error a list, not one extent
    unrun(() => reshapeTo(x, { m: 4 }))
    // @ts-expect-error v must be given
    unrun(() => scatterAdd(x, rows))
    unrun(() => scatterAdd(x, rows, { v: 2 }))
  })

  it('an attribute misspelt or of the wrong kind; without any, it has its defaults', () => {
    unrun(() => dropout(x))
    unrun(() => dropout(x, { rate: 0.1 }))
    // @ts-expect-error it is called rate
    unrun(() => dropout(x, { keep: 0.1 }))
    // @ts-expect-error a rate is a number
    unrun(() => dropout(x, { rate: 'half' }))
  })
})

describe('a definition does not compile with', () => {
  it('a misspelt axis', () => {
    op('typo', 'm k -> m k', {
      // @ts-expect-error there is no axis n
      forward: (call, [a], y, { m, n }) => call(kernels.neg, a, y, m * n),
      vjp: (g) => [() => g],
    })
  })

  it('a gradient for ids, or too many or too few', () => {
    op('rows', 'v d, b<v -> b d', {
      // @ts-expect-error ids take no gradient
      vjp: (g) => [() => g, () => g],
    })
    op('two', '...n, ...n -> ...n', {
      // @ts-expect-error one is missing
      vjp: (g) => [() => g],
    })
    op('one', '...n -> ...n', {
      // @ts-expect-error one is too many
      vjp: (g) => [() => g, () => g],
    })
  })

  it('a list’s gradient that is no list', () => {
    op('list', '[n]e -> n', {
      // @ts-expect-error a thunk for every member
      vjp: (g) => [() => g],
    })
  })

  it('ids where a rule expects tensors', () => {
    op('rows', 'v d, b<v -> b d', {
      // @ts-expect-error names are ids
      vjp: (g, [, names]) => [() => add(g, names), null],
    })
  })
})

describe('checkOp', () => {
  it('takes any op, and any that broadcasts', () => {
    for (const any of [() => checkOp(matmul), () => checkOp(add), () => checkOp(mix), () => checkOp(dropout)])
      unrun(any)
    unrun(() => checkOp(op('mine', 'b n -> b', { vjp: (g, [a]) => [() => add(a, g)] })))
    // @ts-expect-error a function is no op
    unrun(() => checkOp((a: Tensor) => a))
  })
})

it('an op is a function that returns a tensor', () => {
  expectTypeOf(matmul).returns.toEqualTypeOf<Tensor>()
  expectTypeOf(matmul).toExtend<Op<'m k, k n -> m n', Record<never, never>>>()
  expect(matmul(tensor([[2]]), tensor([[3]])).item()).toBe(6)
})

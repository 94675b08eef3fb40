/** What the type checker alone sees of kernels: every line marked here must not compile, and `npm run types` fails if one does. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import { cpu, kernel, kernelOn, run } from '../../src/kernels/index.ts'
import type { ArgumentsOf, Backend, Floats } from '../../src/kernels/index.ts'
import * as table from '../../src/kernels/table/index.ts'

/** Compiled, never run. */
const unrun = (_: () => unknown): void => {
  expect(_).toBeTypeOf('function')
}

describe('the line of a kernel says what its loop is given', () => {
  type Arguments<S extends string> = ArgumentsOf<S, 'memory', 'ids'>

  it('memory in its order, then numbers', () => {
    expectTypeOf<Arguments<'a:m k, b:k n -> out:m n | m k n'>>().toEqualTypeOf<
      ['memory', 'memory', 'memory', number, number, number]
    >()
  })

  it('ids, what may be null, and lists', () => {
    expectTypeOf<Arguments<'!p:v d, rows?<v:count | d'>>().toEqualTypeOf<['memory', 'ids' | null, number]>()
    expectTypeOf<Arguments<'[xs:o p+]e -> out:o p+ | o p[] on?[]'>>().toEqualTypeOf<
      [readonly 'memory'[], 'memory', number, readonly number[], readonly boolean[]]
    >()
  })
})

describe('a kernel does not compile', () => {
  const line = 'x:n -> out:n | n'

  it('without a plain loop', () => {
    // @ts-expect-error a kernel has one
    unrun(() => kernel('none', line))
  })

  it('with a loop whose arguments are others', () => {
    // @ts-expect-error n is a number
    unrun(() => kernel('wrong', line, (_x: Floats, _out: Floats, n: string) => n))
    // @ts-expect-error there is no second number
    unrun(() => kernel('more', line, (_x: Floats, _out: Floats, n: number, m: number) => n + m))
    // @ts-expect-error out is not ids
    unrun(() => kernel('ids', line, (_x: Floats, out: Int32Array) => out))
  })
})

describe('a call does not compile', () => {
  const backend = cpu as Backend
  const x = backend.allocate(1)

  it('with too few numbers, or memory in a number’s place', () => {
    // @ts-expect-error n is missing
    unrun(() => run(backend, table.neg, x, x))
    // @ts-expect-error n is a number
    unrun(() => run(backend, table.neg, x, x, x))
    // @ts-expect-error experts are a list
    unrun(() => kernelOn(backend, table.mix)(x, x, x, 1, 1, 1))
  })
})

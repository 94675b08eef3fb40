/** What the arena takes for granted of every backend: arithmetic may write its result over an input. */
import { describe, expect, it } from 'vitest'
import { cpu, cpu64, formOf, kernelOn, wasm } from '../../src/kernels/index.ts'
import type { AnyKernel, Backend, Floats, Kernel } from '../../src/kernels/index.ts'
import * as table from '../../src/kernels/table/index.ts'
import { stream } from '../../src/tensor/index.ts'
import { callOf } from '../kernels/calls.ts'
import { everyVariant } from '../kernels/wasm/variants.ts'

const inPlace = Object.values<AnyKernel>(table).filter((kernel) => kernel.inPlace)

function buffer(backend: Backend, length: number, name: string): Floats {
  const random = stream(3).stream(name)
  const made = backend.allocate(length)
  backend.write(
    made,
    Array.from({ length }, (_, at) => random.normal(at)),
  )
  return backend.view(made)!
}

const backends = [
  cpu,
  cpu64,
  wasm({ bytes: 2 ** 22, variant: 'simd' }),
  ...everyVariant(),
] as unknown as readonly Backend[]

describe.each(backends.map((backend) => [backend.name, backend] as const))('on %s', (_, backend) => {
  it.each(inPlace.map((kernel) => [kernel.verb, kernel] as const))(
    '%s may write over each input of its axes',
    (verb, kernel) => {
      const run = kernelOn(backend, kernel as Kernel) as (...args: readonly unknown[]) => void
      const { buffers } = formOf(kernel)
      const out = buffers.length - 1
      const over = buffers.flatMap(({ axes }, at) => (at < out && axes.join() === buffers[out].axes.join() ? [at] : []))
      expect(over.length).toBeGreaterThan(0)
      for (const n of [1, 3, 4, 5, 16, 17, 33])
        for (const replaced of over) {
          const call = callOf(kernel, { a: n, b: 2, c: 3, d: 4, scalar: 0.25 })
          const operands = (): Floats[] => call.floats.map((length, at) => buffer(backend, length, `operand ${at}`))
          const written = (floats: readonly Floats[], where: Floats): number[] => {
            const kernels = { [verb]: run }
            call.run(kernels as never, { floats, ids: [], outs: [where], idOuts: [], spare: [] })
            return [...where]
          }
          const expected = written(operands(), buffer(backend, call.outs[0], 'out'))
          const same = operands()
          expect(written(same, same[replaced]), `${n} over operand ${replaced}`).toEqual(expected)
        }
    },
  )
})

it('exponentials are not among it: a backend may go over them twice', () => {
  for (const verb of ['exp', 'sigmoid', 'softplus', 'tanh', 'binaryCrossEntropy'] as const)
    expect(table[verb].inPlace).toBe(false)
})

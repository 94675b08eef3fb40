/** Calls made ready beforehand: by the kernel where it offers that, and as they are where it does not. */
import { describe, expect, it } from 'vitest'
import { cpu, kernelsOf, ownKernel, prepare, wasm } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import * as table from '../../src/kernels/table/index.ts'

describe('a prepared call', () => {
  it('is the call itself where a kernel offers nothing better', () => {
    const [x, y] = [Float32Array.of(1, 4), new Float32Array(2)]
    const room = (length: number): Int32Array => new Int32Array(length)
    const run = prepare(cpu, table.sqrt, [x, y, 2], room)
    run()
    expect([...y]).toEqual([1, 2])
    x.fill(9)
    run()
    expect([...y]).toEqual([3, 3])
  })

  it('takes what its buffers hold when it runs, and keeps a list of its own', () => {
    const backend = wasm({ bytes: 2 ** 23, variant: 'simd' })
    const ids = (length: number): Int32Array => backend.allocateIds(length)
    const make = (...numbers: number[]): Float32Array => {
      const buffer = backend.allocate(numbers.length)
      buffer.set(numbers)
      return buffer
    }
    const [weights, x, y, out, other] = [make(1, 10), make(1, 2), make(3, 4), make(0, 0), make(0, 0)]
    const run = prepare(backend, table.mix, [weights, [x, y], out, 1, 2, 2], ids)
    const turned = prepare(backend, table.mix, [weights, [y, x], other, 1, 2, 2], ids)
    kernelsOf(backend).mix(weights, [y, y], other, 1, 2, 2)
    run()
    expect([...out]).toEqual([31, 42])
    x.fill(5)
    run()
    turned()
    expect([...out]).toEqual([35, 45])
    expect([...other]).toEqual([53, 54])
  })

  it('is offered by no kernel whose numbers may change on their own', () => {
    const backend = wasm({ bytes: 2 ** 23, variant: 'simd' }) as Backend
    const offering = Object.values(table).filter((kernel) => 'prepared' in (ownKernel(backend, kernel) ?? {}))
    const verbs = offering.map(({ verb }) => verb)
    expect(verbs).toContain('dense')
    for (const verb of ['dropout', 'sgd', 'adagrad', 'adam', 'ftrl']) expect(verbs).not.toContain(verb)
  })
})

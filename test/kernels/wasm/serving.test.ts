/** The smaller binary has the kernels that programs are served with, to the bits of the whole one, and no others. */
import { describe, expect, it } from 'vitest'
import { FORWARD, ownKernel } from '../../../src/kernels/index.ts'
import type { AnyKernel, Backend } from '../../../src/kernels/index.ts'
import { compiler } from '../../../src/kernels/wasm/module.ts'
import { binary } from '../../../src/kernels/wasm/serving.generated.ts'
import { servingWasm } from '../../../src/kernels/wasm/serving.ts'
import { expectSameBits, onModule } from './bits.ts'
import { everyVariant } from './variants.ts'

const owns = (backend: object, kernel: AnyKernel): boolean => ownKernel(backend as Backend, kernel) !== undefined

describe.each(everyVariant(2 ** 27).map((backend) => [backend.name, backend] as const))('%s', (_, backend) => {
  const small = onModule(backend, compiler(binary)(backend.variant, false))
  const own = Object.values(FORWARD).filter((kernel) => owns(backend, kernel))

  it.each(own.map(({ verb }) => verb))('%s', (verb) => {
    expectSameBits(verb, backend, small)
  })

  it('has each of its kernels that programs are served with, and none that only training calls', () => {
    const serving = servingWasm({ bytes: 2 ** 24, variant: backend.variant })
    expect(own.length).toBeGreaterThan(30)
    expect(own.filter((kernel) => !owns(serving, kernel))).toEqual([])
    expect(Object.keys(small.exports)).not.toContain('adam')
    expect(serving.name).toBe(backend.name)
  })
})

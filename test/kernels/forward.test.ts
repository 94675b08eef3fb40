/** The kernels of a forward pass are those of the table, and whoever serves has a loop or a kernel for each. */
import { describe, expect, it } from 'vitest'
import { FORWARD, ownKernel, servingCpu, servingWasm, wasm } from '../../src/kernels/index.ts'
import type { AnyKernel, Backend } from '../../src/kernels/index.ts'
import * as table from '../../src/kernels/table/index.ts'

const declared = table as unknown as Readonly<Record<string, AnyKernel>>
const served = Object.entries(FORWARD)

describe('a kernel of a forward pass', () => {
  it.each(served)('%s has the line that the table has', (verb, { text }) => {
    expect(text).toBe(declared[verb].text)
  })

  it.each(served)('%s is the plain loop of the table, on the CPU', (verb, kernel) => {
    const loop = kernel.reference ?? ownKernel(servingCpu, kernel)
    expect(loop).toBeInstanceOf(Function)
    if (declared[verb].reference) expect(loop).toBe(declared[verb].reference)
  })
})

it('whatever no binary does has its loop at hand, and nothing else has', () => {
  for (const backend of [wasm({ bytes: 2 ** 20 }), servingWasm({ bytes: 2 ** 20 })])
    for (const [verb, kernel] of served)
      expect(ownKernel(backend as unknown as Backend, kernel) === undefined, `${verb} on ${backend.name}`).toBe(
        kernel.reference !== undefined,
      )
})

/**
 * Float64 that rounds as float32 does, up or down by chance: what a float32 backend could have computed as well. Where two
 * such runs part, float32 does not determine the numbers, and no backend can be blamed for its own.
 */
import { cpu64, formOf } from '../../src/kernels/index.ts'
import type { AnyKernel, Backend } from '../../src/kernels/index.ts'

type Kernel = (...args: readonly unknown[]) => void

const bits = new DataView(new ArrayBuffer(4))

/** The next float32 in the direction of `x`, which lies beside `near`. */
function beyond(near: number, x: number): number {
  if (near === 0) return x > 0 ? 2 ** -149 : -(2 ** -149)
  bits.setFloat32(0, near)
  bits.setInt32(0, bits.getInt32(0) + (x > near === near > 0 ? 1 : -1))
  return bits.getFloat32(0)
}

/** cpu64 whose every result is one of the two float32 numbers beside it, as `seed` has it. */
export function roundingByChance(seed: number): Backend<Float64Array, Int32Array> {
  let state = seed >>> 0
  const coin = (): boolean => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state > 0x7fffffff
  }
  const round = (values: Float64Array): void => {
    for (let at = 0; at < values.length; at++) {
      const near = Math.fround(values[at])
      if (near !== values[at] && Number.isFinite(near)) values[at] = coin() ? near : beyond(near, values[at])
    }
  }
  const own =
    (kernel: AnyKernel): Kernel =>
    (...args) => {
      ;(kernel.reference as Kernel)(...args)
      formOf(kernel).buffers.forEach(({ role }, index) => {
        const values = args[index]
        if (role !== 'read' && values instanceof Float64Array) round(values)
      })
    }
  return { ...(cpu64 as Backend<Float64Array, Int32Array>), name: 'cpu64, rounded by chance', own }
}

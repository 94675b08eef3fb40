/**
 * GPU.js in its modes that need no GPU: cpu and webasm. Loop bounds are constants, because it stops others at 1000
 * without a word; kernels are strings, because tools rewrite functions; the mode is checked, because it changes it in silence.
 */
import { isMissing } from '../measure/case.ts'
import type { Missing } from '../measure/case.ts'
import { load, versioned } from './load.ts'

export type Mode = 'cpu' | 'webasm'

interface Kernel {
  (...given: readonly unknown[]): readonly Float32Array[]
  readonly kernel: { readonly constructor: { readonly mode: string }; readonly fallbackReason?: string }
  destroy(): void
}

interface Gpu {
  createKernel(source: string, options: object): Kernel
  destroy(): Promise<void> | undefined
}

interface GpuJs {
  readonly GPU: new (options: { readonly mode: Mode }) => Gpu
}

export interface GpuKernel {
  /** One row of the output after the other. */
  readonly run: (...given: readonly Float32Array[]) => readonly Float32Array[]
  readonly ran: string
  readonly close: () => void
}

/** A kernel of one value per thread, of which there are columns (x) times rows (y); `given` are such inputs as it will run on, to build it and see its mode. */
export async function gpuKernel(
  mode: Mode,
  source: string,
  output: readonly [columns: number, rows: number],
  constants: Readonly<Record<string, number>>,
  given: readonly Float32Array[],
): Promise<GpuKernel | Missing> {
  const module = await load<GpuJs>('gpu.js')
  if (isMissing(module)) return module
  const gpu = new module.GPU({ mode })
  const kernel = gpu.createKernel(source, { output, constants, immutable: false, precision: 'single' })
  kernel(...given)
  const ran = kernel.kernel.constructor.mode
  const close = (): void => {
    kernel.destroy()
    void gpu.destroy()
  }
  if (ran !== mode) {
    close()
    return { missing: `asked for mode ${mode}, got ${ran}: ${kernel.kernel.fallbackReason ?? 'no reason given'}` }
  }
  return { run: (...values) => kernel(...values), ran: `${versioned('gpu.js')}, mode ${mode}`, close }
}

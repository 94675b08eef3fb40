/** Every backend that compiles steps, called alike: what answers at once and what answers by promise. */
import { gpujs } from '../../src/gpujs.ts'
import { cpu } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { offers, wasm } from '../../src/kernels/wasm/index.ts'
import type { Variant } from '../../src/kernels/wasm/index.ts'
import { wasmThreads } from '../../src/kernels/wasm/threads/index.ts'
import { compile } from '../../src/program/index.ts'
import { compileAsync } from '../../src/program/device/index.ts'

export interface Anywhere {
  readonly backend: Backend
  /** Compiles a step. */
  readonly on: <I, O>(step: (input: I) => O) => ((input: I) => O | Promise<O>) & { release(): void | Promise<void> }
  readonly close: () => unknown
}

const atHand = (backend: Backend, close: () => unknown = () => undefined): Anywhere => ({
  backend,
  on: (step) => compile(step, { backend }),
  close,
})

const device = async (mode: 'cpu' | 'webasm', resident: boolean): Promise<Anywhere> => {
  const backend = await gpujs({ mode })
  return { backend, on: (step) => compileAsync(step, { backend, resident }), close: () => backend.release() }
}

const variants: readonly Variant[] = (['simd', 'relaxed'] as const).filter(offers)

/** By name; each opens one of its own. */
export const EVERYWHERE: Readonly<Record<string, () => Anywhere | Promise<Anywhere>>> = {
  cpu: () => atHand(cpu),
  ...Object.fromEntries(
    variants.map((variant) => [`wasm, ${variant}`, () => atHand(wasm({ bytes: 2 ** 22, variant }))]),
  ),
  threads: async () => {
    const backend = await wasmThreads({ bytes: 2 ** 23, threads: 2, worthwhile: 0 })
    return atHand(backend, backend.release)
  },
  'gpujs, one launch': () => device('cpu', false),
  'gpujs, kernel by kernel': () => device('webasm', true),
}

/** plegrad/gpujs, contents: the GPU.js backend, programs on it, and the quickest backend for a step. Needs the peer gpu.js. */
import { callable, checkOptions, checkValue, either, flag, having, listOf, oneOf, real, whole } from './checks/index.ts'
import { MODES, MODULE, deviceOf, gpujs as bare } from './kernels/gpujs/index.ts'
import type { GpujsBackend, GpujsOptions, HeadlessGl, Library, Mode } from './kernels/gpujs/index.ts'
import { cpu, defaultWasm } from './kernels/index.ts'
import type { Backend } from './kernels/index.ts'
import { compiling, quickest as quickestOf } from './program/device/index.ts'
import type { Candidate, CompilesAsync, Quickest, TrialOptions } from './program/device/index.ts'

export { MODES } from './kernels/gpujs/index.ts'
export type { GpuBuffer, GpujsBackend, GpujsOptions, Library, Mode } from './kernels/gpujs/index.ts'
export { compileAsync } from './program/device/index.ts'
export type {
  AsyncCompiled,
  AsyncProgram,
  CompileAsyncOptions,
  CompilesAsync,
  Quickest,
  Timed,
  TrialOptions,
} from './program/device/index.ts'

/**
 * A backend on GPU.js in one mode. Its memory is out of reach: numbers come back by `read`. Programs are compiled by
 * `compileAsync`, and `fit` trains on it.
 *
 * @throws RangeError for a mode that there is not, or another option that is unknown or out of its range; Error where the peer gpu.js is not installed, or the host cannot run
 * the mode.
 */
export const gpujs = async (options: GpujsOptions): Promise<GpujsBackend & CompilesAsync> =>
  compiling(await bare(options))

/** What `quickest` takes. */
export interface QuickestOptions extends TrialOptions {
  /** What is tried after WebAssembly: modes of GPU.js, and other backends. Default webgpu, webgl2, webgl, headlessgl. */
  readonly candidates?: readonly (Mode | Backend)[]
  /** Lets a program that stands in for a GPU be one, for tests. Default false. */
  readonly software?: boolean
  /** GPU.js itself. Default `import('gpu.js')`, done only where there is a device to try. */
  readonly library?: Library
  /** The package `gl`, for mode headlessgl. */
  readonly gl?: HeadlessGl
}

declare const performance: { now(): number }
const here: object = globalThis

const given = (backend: Backend): Candidate => ({
  name: backend.name,
  open: () => Promise.resolve({ backend, release: () => Promise.resolve() }),
})

const opened = (mode: Mode, { software: allowed = false, library, gl }: QuickestOptions): Candidate => ({
  name: `gpujs-${mode}`,
  async open() {
    const { name: device = '', software, lack } = await deviceOf(mode, here, gl)
    if (lack !== undefined) throw new Error(lack)
    if (software && !allowed) throw new Error(`${device} is a program that stands in for a GPU`)
    const backend = await gpujs({ mode, ...(library && { library }) })
    return { backend, device, release: () => backend.release() }
  },
})

/** One after the other: two that measure at once would measure each other. */
let turn: Promise<unknown> = Promise.resolve()

/**
 * Tries `step` with this input on WebAssembly, or the CPU where there is none, and then on each candidate, and compiles it
 * for the quickest. All of them must give the first one's numbers. What the step changes is copied, so that trying changes
 * nothing; functions given to `eachRun` are left out, unless they fill tensors or can be undone.
 *
 * @throws RangeError where an option is unknown or out of its range, and what the step throws on the first backend; never
 * for lack of a GPU.
 */
export async function quickest<I, O>(
  step: (input: I) => O,
  input: I,
  options: QuickestOptions = {},
): Promise<Quickest<I, O>> {
  checkValue('quickest', 'the step', step, callable)
  checkOptions('quickest', options, {
    candidates: listOf(either(oneOf(...MODES), having('a backend', 'kernels', 'allocate'))),
    runs: whole(1),
    tolerance: real('[0, ∞)'),
    patience: real('(0, ∞)'),
    software: flag,
    library: MODULE,
    gl: MODULE,
    resident: flag,
    programs: whole(1),
  })
  const { candidates = ['webgpu', 'webgl2', 'webgl', 'headlessgl'] } = options
  const all = [
    given(defaultWasm() ?? cpu),
    ...candidates.map((each) => (typeof each === 'string' ? opened(each, options) : given(each))),
  ]
  const chosen = turn.then(() => quickestOf(step, input, all, options, () => performance.now()))
  turn = chosen.catch(() => undefined)
  return chosen
}

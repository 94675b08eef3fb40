/**
 * The GPU.js backend: every kernel as a function that GPU.js translates for WebGPU, WebGL, WebAssembly or plain
 * JavaScript. It refuses to run in another mode than it was asked for, unless it is allowed to, and says so then.
 */
import { checkOptions, flag, needed, oneOf, whole } from '../../checks/index.ts'
import type { LaunchingBackend } from '../launching.ts'
import { binary } from './binary.ts'
import { GpuBuffer } from './buffer.ts'
import type { GpuKernels } from './buffer.ts'
import { dense } from './dense.ts'
import { Device } from './device.ts'
import type { Launcher } from './launch.ts'
import { MODES, MODULE, classOf, lackOf, reasonOf } from './library.ts'
import type { Gpu, Library, Mode } from './library.ts'
import { ELEMENTS } from './limits.ts'
import { losses } from './losses.ts'
import { matmul } from './matmul.ts'
import { mix } from './mix.ts'
import { Plan } from './plan.ts'
import { random } from './random.ts'
import { reduce } from './reduce.ts'
import { rows } from './rows.ts'
import { shape } from './shape.ts'
import { softmax } from './softmax.ts'
import { unary } from './unary.ts'
import { update } from './update.ts'

export { deviceOf } from './hardware.ts'
export type { HeadlessGl } from './hardware.ts'
export { MODES, MODULE, classOf, lackOf } from './library.ts'
export type { Library, Mode } from './library.ts'
export type { GpuBuffer } from './buffer.ts'

/** What `gpujs` takes. */
export interface GpujsOptions {
  readonly mode: Mode
  /** GPU.js itself: its module, or the class in it. Default `import('gpu.js')`. */
  readonly library?: Library
  /**
   * How many kernels may be built at once; those used longest ago are given back. Default 1024. In mode webasm each has a
   * memory of its own, of which browsers give some hundred: where there are no more, there are fewer kernels.
   */
  readonly kernels?: number
  /** Lets GPU.js run a kernel on the CPU that the mode cannot run; `degraded` says which. Default false: an error. */
  readonly degrade?: boolean
}

/** A backend on GPU.js, in float32; ids are numbers there. */
export interface GpujsBackend extends LaunchingBackend<GpuBuffer> {
  readonly kernels: GpuKernels
  readonly mode: Mode
  readonly device: Device
  /** Kernels that run on the CPU instead, and why; empty unless `degrade` was given. */
  readonly degraded: ReadonlySet<string>
  /** How many kernels are built, and how many arrays are on the device. */
  counts(): { readonly kernels: number; readonly handles: number }
  owns(buffer: GpuBuffer): boolean
  /** Gives everything back. Nothing runs afterwards. */
  release(): Promise<void>
}

const kernelsOf = (launcher: Launcher): GpuKernels => ({
  ...matmul(launcher),
  ...mix(launcher),
  ...dense(launcher),
  ...softmax(launcher),
  ...unary(launcher),
  ...binary(launcher),
  ...shape(launcher),
  ...reduce(launcher),
  ...rows(launcher),
  ...losses(launcher),
  ...random(launcher),
  ...update(launcher),
})

/** Verbs that give back what they needed on their way. */
function kernelsOn(device: Device): GpuKernels {
  const verbs = Object.entries(kernelsOf(device.launcher)) as [string, (...args: unknown[]) => void][]
  return Object.fromEntries(
    verbs.map(([name, kernel]) => [
      name,
      (...args: unknown[]) => {
        device.verb(() => {
          kernel(...args)
        })
      },
    ]),
  ) as unknown as GpuKernels
}

function checkId(id: number): number {
  if (Math.abs(id) > ELEMENTS)
    throw new RangeError(`gpujs: expected ids of at most ${ELEMENTS} but got ${id}: because GPU.js has floats only`)
  return id
}

/**
 * A backend on GPU.js in one mode. Its memory is out of reach: numbers come back by `read`, and programs are made by
 * `compileAsync`.
 *
 * @throws RangeError for a mode that there is not, or another option that is unknown or out of its range; Error where the peer gpu.js is not installed, or the host cannot run
 * the mode.
 */
export async function gpujs(options: GpujsOptions): Promise<GpujsBackend> {
  checkOptions('gpujs', options, {
    mode: needed(oneOf(...MODES)),
    library: MODULE,
    kernels: whole(1),
    degrade: flag,
  })
  const { mode, library, kernels = 1024, degrade = false } = options
  const GpuJs = await classOf(library)
  const lack = await lackOf(mode, GpuJs)
  if (lack !== undefined)
    throw new Error(`gpujs: expected a host that runs mode ${mode} but it does not: because ${lack}`)
  let gpu: Gpu
  try {
    gpu = new GpuJs({ mode })
  } catch (error) {
    throw new Error(`gpujs: expected GPU.js in mode ${mode} but got none: because ${reasonOf(error)}`, { cause: error })
  }
  return backendOn(new Device(gpu, mode, { most: kernels, strict: !degrade }))
}

const refuseKernel = (verb: string): never => {
  throw new Error(`gpujs: expected a kernel that it has but got ${verb}: because plain loops cannot reach its memory`)
}

function backendOn(device: Device): GpujsBackend {
  const write = (buffer: GpuBuffer, values: Float32Array): void => {
    if (values.length !== buffer.length)
      throw new RangeError(`gpujs: expected ${buffer.length} numbers to write but got ${values.length}`)
    void device.queue(() => {
      buffer.put(values)
    })
  }
  return {
    name: `gpujs-${device.mode}`,
    dtype: 'float32',
    kernels: kernelsOn(device),
    // A plain loop would find no numbers in a buffer, and say nothing.
    own: ({ verb, reference }) => reference && (() => refuseKernel(verb)),
    mode: device.mode,
    device,
    degraded: device.shaders.degraded,
    allocate: (length) => device.buffer(length),
    allocateIds: (length) => device.buffer(length),
    write: (buffer, values) => {
      write(buffer, Float32Array.from(values))
    },
    writeIds: (buffer, values) => {
      write(buffer, Float32Array.from(values, checkId))
    },
    read: (buffer) => device.read(buffer),
    view: () => undefined,
    viewIds: () => undefined,
    adopt: () => undefined,
    owns: (buffer) => buffer instanceof GpuBuffer,
    releaseBuffer: (buffer) => {
      void device.queue(() => {
        buffer.put(undefined)
      })
    },
    settled: () => device.queue(() => undefined),
    record: (calls) => {
      const launches = device.record(calls)
      return {
        run: () => device.run(launches),
        fuse: (inputs, outputs) => new Plan(device, launches, inputs, outputs),
        release: () => {
          for (const launch of launches) if ('out' in launch) launch.out.put(undefined)
        },
      }
    },
    keep: (buffers) => {
      const kept = buffers.map((buffer) => buffer.keep())
      return {
        restore: () => {
          for (const { restore } of kept) restore()
        },
        drop: () => {
          for (const { drop } of kept) drop()
        },
      }
    },
    counts: () => ({ kernels: device.shaders.count, handles: device.census.handles }),
    release: () => device.destroy(),
  }
}

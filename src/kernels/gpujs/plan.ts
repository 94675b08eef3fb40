/**
 * Launches as one: GPU.js traces them once and from then on runs them together, with one upload before and one readback
 * after. It refuses to keep anything on the device between two runs, because GPU.js cannot.
 */
import type { FusedLaunch } from '../launching.ts'
import { GpuBuffer, valueIn } from './buffer.ts'
import type { Device } from './device.ts'
import type { Launch } from './launch.ts'
import { checkPresent, reasonOf } from './library.ts'
import type { GpuPipeline, Value } from './library.ts'

/** A number or coins that are asked for anew before each run; nothing where a function of the host's is only called. */
type Sample = () => Float32Array | number | undefined

/** What the host says before each run, in the order of the launches. */
const samplesOf = (launches: readonly Launch[]): readonly Sample[] =>
  launches.flatMap((launch): Sample[] => {
    if ('run' in launch)
      return [
        () => {
          launch.run()
          return undefined
        },
      ]
    if ('numbers' in launch) return typeof launch.numbers === 'function' ? [launch.numbers] : []
    return launch.inputs.filter((input) => typeof input === 'function')
  })

export class Plan implements FusedLaunch {
  readonly #device: Device
  readonly #inputs: readonly GpuBuffer[]
  readonly #all: readonly GpuBuffer[]
  /** Those that are not empty. */
  readonly #outputs: readonly GpuBuffer[]
  readonly #samples: readonly Sample[]
  readonly #pipeline: GpuPipeline
  how: FusedLaunch['how']

  constructor(
    device: Device,
    launches: readonly Launch[],
    inputs: readonly GpuBuffer[],
    outputs: readonly GpuBuffer[],
  ) {
    this.#device = device
    this.#inputs = inputs.filter(({ length }) => length > 0)
    this.#all = outputs
    this.#outputs = outputs.filter(({ length }) => length > 0)
    // GPU.js has no empty arrays: what would fill one is left out.
    const made = launches.filter((launch) => 'run' in launch || launch.out.length > 0)
    this.#samples = samplesOf(made)
    const trace = (...args: readonly Value[]): readonly Value[] => this.#trace(made, args)
    const silent = made.filter((launch) => 'run' in launch).length
    // GPU.js makes as many arguments as the function says that it has.
    Object.defineProperty(trace, 'length', { value: this.#inputs.length + this.#samples.length - silent })
    this.#pipeline = device.gpu.createPipeline(trace)
  }

  /** Calls every kernel on what stands for its arguments, and shows what stands for the outputs. */
  #trace(launches: readonly Launch[], args: readonly Value[]): readonly Value[] {
    const sampled = args.slice(this.#inputs.length)
    let next = 0
    const touched = new Set<GpuBuffer>()
    const show = (buffer: GpuBuffer, value: Value): void => {
      buffer.borrow(value)
      touched.add(buffer)
    }
    this.#inputs.forEach((buffer, index) => {
      show(buffer, args[index])
    })
    try {
      for (const launch of launches) {
        if ('run' in launch) continue
        if ('numbers' in launch) {
          const value = typeof launch.numbers === 'function' ? sampled[next++] : launch.numbers
          show(launch.out, value)
        } else {
          const values = launch.inputs.map((input) =>
            input instanceof GpuBuffer ? valueIn(input) : typeof input === 'function' ? sampled[next++] : input,
          )
          show(launch.out, this.#device.shaders.of(launch.shader)(...values) as Value)
        }
      }
      return this.#outputs.map(valueIn)
    } finally {
      // What stood for numbers means nothing outside of the trace.
      for (const buffer of touched) buffer.put(undefined)
    }
  }

  async run(inputs: readonly Float32Array[]): Promise<readonly Float32Array[]> {
    // What was written to its buffers before may still be in the queue when they are traced.
    await this.#device.queue(() => undefined)
    this.#device.shaders.anchor()
    const given = inputs.filter(({ length }) => length > 0)
    const sampled = this.#samples.map((sample) => sample()).filter((sample) => sample !== undefined)
    let results: readonly Float32Array[]
    try {
      results = await this.#pipeline(...given, ...sampled)
      checkPresent(this.#device.gpu)
    } catch (error) {
      throw new Error(
        `gpujs: expected a program that runs in mode ${this.#device.mode} but it did not: because ${reasonOf(error)}`,
        { cause: error },
      )
    }
    this.#device.shaders.checkAll()
    const { executorKind, fallbackReason } = this.#pipeline
    this.how = { kind: executorKind, because: fallbackReason ?? undefined }
    let next = 0
    return this.#all.map(({ length }) => (length > 0 ? results[next++] : new Float32Array()))
  }

  async release(): Promise<void> {
    await this.#device.shaders.forgetPlan(this.#pipeline)
  }
}

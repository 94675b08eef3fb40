/**
 * Runs kernels of GPU.js on boxes, one after the other: at once where the mode can, in a queue where it answers by
 * promise. It refuses to run what read from a kernel that failed, and says why when someone reads.
 */
import { now } from '../numberOrGetter.ts'
import { GpuBuffer, isHandle, numbersIn, valueIn } from './buffer.ts'
import type { Census } from './buffer.ts'
import type { HostCall, KernelCall, Launch, Launcher } from './launch.ts'
import type { Gpu, Mode, Value } from './library.ts'
import { Shaders } from './shaders.ts'
import type { Shader } from './shaders.ts'

const UPLOAD = `function (x) {
  return x[this.thread.x];
}`

type Eventually<T> = T | Promise<T>

const chain = <T, R>(value: Eventually<T>, next: (value: T) => Eventually<R>): Eventually<R> =>
  value instanceof Promise ? value.then(next) : next(value)

/** Values of which some may be promises, as a promise of all only if one is. */
const together = <T>(values: readonly Eventually<T>[]): Eventually<readonly T[]> =>
  values.some((value) => value instanceof Promise)
    ? Promise.all(values.map((value) => Promise.resolve(value)))
    : (values as readonly T[])

export class Device {
  readonly mode: Mode
  readonly gpu: Gpu
  readonly shaders: Shaders
  readonly census: Census = { handles: 0 }
  /** Whether arrays live elsewhere than the host's, so that it pays to send each only once. */
  readonly #apart: boolean
  readonly #queued: boolean
  #tail: Promise<void> = Promise.resolve()
  #recording: Launch[] | undefined
  readonly #between: GpuBuffer[] = []

  constructor(gpu: Gpu, mode: Mode, settings: { readonly most: number; readonly strict: boolean }) {
    this.gpu = gpu
    this.mode = mode
    this.shaders = new Shaders(gpu, settings)
    this.#apart = mode !== 'cpu' && mode !== 'webasm'
    this.#queued = mode === 'webgpu'
  }

  buffer(length: number): GpuBuffer {
    return new GpuBuffer(length, this.census)
  }

  /** For verbs. */
  readonly launcher: Launcher = {
    launch: (source, out, inputs, constants = {}) => {
      const lengths = inputs.map((input) => (input instanceof GpuBuffer ? input.length : 0))
      this.#take({ shader: { source, constants, length: out.length, lengths }, out, inputs })
    },
    host: (out, numbers) => {
      this.#take({ numbers, out })
    },
    between: (length) => {
      const buffer = this.buffer(length)
      this.#between.push(buffer)
      return buffer
    },
  }

  /** Runs a verb, or notes what it launches. What its kernels left to one another is given back then. */
  verb(run: () => void): void {
    run()
    const left = this.#between.splice(0)
    if (left.length === 0 || this.#recording) return
    void this.queue(() => {
      for (const buffer of left) buffer.put(undefined)
    })
  }

  /** The launches of `calls`, which are not made; `note` is for those of the host's own. */
  record(calls: (note: (run: () => void) => void) => void): readonly Launch[] {
    const before = this.#recording
    const recording: Launch[] = (this.#recording = [])
    try {
      calls((run) => recording.push({ run }))
    } finally {
      this.#recording = before
      this.#between.length = 0
    }
    return recording
  }

  #take(launch: KernelCall | HostCall): void {
    if (this.#recording) this.#recording.push(launch)
    // A queued device leaves what goes wrong with the output, for whoever reads it.
    else if (this.#queued) void this.queue(() => this.#make(launch)).catch((error: unknown) => launch.out.fail(error))
    else void this.#make(launch)
  }

  /** Does it after all that came before. */
  queue<T>(job: () => Eventually<T>): Promise<T> {
    if (!this.#queued)
      return new Promise((resolve) => {
        resolve(job())
      })
    const done = this.#tail.then(job)
    this.#tail = done.then(
      () => undefined,
      () => undefined,
    )
    return done
  }

  /** Makes all of them in turn; one that fails ends it. */
  async run(launches: readonly Launch[]): Promise<void> {
    await this.queue(async () => {
      for (const launch of launches) {
        const made = this.#make(launch)
        if (made instanceof Promise) await made
      }
    })
  }

  #make(launch: Launch): Eventually<void> {
    if ('run' in launch) {
      launch.run()
      return
    }
    const { out } = launch
    if (out.length === 0) return
    const put = (value: Value): void => {
      out.put(value)
    }
    if ('numbers' in launch) {
      put(typeof launch.numbers === 'function' ? launch.numbers() : launch.numbers)
      return
    }
    const sent = new Map<GpuBuffer, Eventually<Value>>()
    for (const input of launch.inputs)
      if (input instanceof GpuBuffer && !sent.has(input)) sent.set(input, this.#resident(input))
    const args = launch.inputs.map((input) => (input instanceof GpuBuffer ? sent.get(input)! : now(input)))
    return chain(together(args), (ready) => chain(this.shaders.call(launch.shader, ready), put))
  }

  /** The content of a box, sent to the device if it was still the host's. */
  #resident(buffer: GpuBuffer): Eventually<Value> {
    const value = valueIn(buffer)
    const { length } = buffer
    if (!this.#apart || isHandle(value) || length === 0) return value
    const shader: Shader = { source: UPLOAD, constants: {}, length, lengths: [length] }
    return chain(this.shaders.call(shader, [value]), (handle) => {
      buffer.put(handle)
      return handle
    })
  }

  /** A copy of the numbers, when all that came before is done. */
  async read(buffer: GpuBuffer): Promise<Float32Array> {
    // The copy is asked for in the queue's turn, and awaited outside of it: later calls need not wait.
    const { copy } = await this.queue(() => ({ copy: numbersIn(buffer, this.gpu) }))
    return copy
  }

  async destroy(): Promise<void> {
    await this.queue(() => undefined)
    this.shaders.destroy()
    await this.gpu.destroy()
  }
}

/**
 * Kernels that GPU.js has built, by what they are: source, constants and lengths. It keeps at most so many, and refuses
 * one that was silently built for another mode than asked.
 */
import { functionsOf } from './functions.ts'
import { checkPresent, reasonOf } from './library.ts'
import type { Gpu, GpuKernel, GpuPipeline, Value } from './library.ts'
import { ELEMENTS } from './limits.ts'

/** What a kernel may count with: numbers that are part of its program, so that loops over them are never cut short. */
export type Constants = Readonly<Record<string, number>>

/** What makes one kernel another. */
export interface Shader {
  readonly source: string
  readonly constants: Constants
  /** Elements of the output. */
  readonly length: number
  /** Elements of each array argument, 0 for a number. */
  readonly lengths: readonly number[]
}

/** The name of a kernel for errors: the arguments of its source and the sizes it was asked for. */
const show = ({ source, constants, length }: Shader): string =>
  `${source.slice(0, source.indexOf(')') + 1)} of ${length} with ${JSON.stringify(constants)}`

/** Modes that draw. */
const GL: ReadonlySet<string> = new Set(['webgl2', 'webgl', 'headlessgl'])

export class Shaders {
  /** In the order of last use. */
  readonly #built = new Map<string, GpuKernel>()
  readonly #gpu: Gpu
  #most: number
  /** What fell back to another mode and was let: the backend shows it. */
  readonly degraded = new Set<string>()
  readonly #strict: boolean
  /** Of WebGL: the kernel whose corners all others draw by, and whether it may be gone. */
  #anchor: GpuKernel | undefined
  #adrift = false

  constructor(gpu: Gpu, { most, strict }: { readonly most: number; readonly strict: boolean }) {
    this.#gpu = gpu
    this.#most = most
    this.#strict = strict
  }

  get count(): number {
    return this.#built.size
  }

  /** The kernel, built now if it was not yet. */
  of(shader: Shader): GpuKernel {
    const { source, constants, length, lengths } = shader
    const key = `${source} ${Object.values(constants).join()} ${length} ${lengths.join()}`
    const known = this.#built.get(key)
    this.#built.delete(key)
    const kernel = known ?? this.#build(shader)
    this.#built.set(key, kernel)
    if (this.#built.size > this.#most) this.#forget()
    return kernel
  }

  #forget(): void {
    const [[key, oldest]] = this.#built
    this.#built.delete(key)
    oldest.destroy()
    this.#adrift = true
  }

  /** Gives a plan's kernels back. */
  async forgetPlan(plan: GpuPipeline): Promise<void> {
    await plan.destroy()
    this.#adrift = true
  }

  /**
   * In WebGL all kernels draw by the corners of the one that was built last: when that is destroyed, nothing is drawn any
   * more, silently. So one is built anew after any was destroyed.
   */
  anchor(): void {
    if (!this.#adrift || !GL.has(this.#gpu.mode)) return
    this.#adrift = false
    const before = this.#anchor
    this.#anchor = this.#create('function () {\n  return 0;\n}', {}, 1)
    const made = this.#anchor()
    if ('delete' in made) made.delete()
    before?.destroy()
  }

  #create(source: string, constants: Constants, length: number): GpuKernel {
    return this.#gpu.createKernel(source, {
      output: [length],
      constants,
      functions: functionsOf(source),
      pipeline: true,
      immutable: true,
      precision: 'single',
      tactic: 'precision',
    })
  }

  #build({ source, constants, length, lengths }: Shader): GpuKernel {
    const longest = Math.max(length, ...lengths)
    if (longest > ELEMENTS)
      throw new RangeError(
        `gpujs: expected arrays of at most ${ELEMENTS} elements but got ${longest}: because GPU.js works out indices in ` +
          'floats, which count no further; split the work, or run it on WASM',
      )
    return this.#create(source, constants, length)
  }

  /** Calls a kernel; whatever is wrong with it is an error that says which one it is. */
  call(shader: Shader, args: readonly (Value | number)[]): Value | Promise<Value> {
    const broken = (error: unknown): never => {
      throw new Error(
        `gpujs: expected a kernel that runs in mode ${this.#gpu.mode} but ${show(shader)} did not: because ${reasonOf(error)}`,
        { cause: error },
      )
    }
    try {
      checkPresent(this.#gpu)
      this.anchor()
      const made = this.#attempt(shader, args)
      return made instanceof Promise ? made.catch(broken) : made
    } catch (error) {
      return broken(error)
    }
  }

  /** In mode webasm each kernel has a memory of its own, of which browsers give few: where one gives no more, half go. */
  #attempt(shader: Shader, args: readonly (Value | number)[]): Value | Promise<Value> {
    for (;;) {
      const kernel = this.of(shader)
      try {
        const made = kernel(...args)
        this.check(shader, kernel)
        return made
      } catch (error) {
        const half = this.#built.size >> 1
        if (half === 0 || !reasonOf(error).includes('allocate memory')) throw error
        while (this.#built.size > half) this.#forget()
        this.#most = Math.max(half, 1)
      }
    }
  }

  /** That a kernel is of the mode that was asked for. */
  check(shader: Shader, { kernel }: GpuKernel): void {
    if (kernel.constructor !== this.#gpu.Kernel) this.#fellBack(show(shader), kernel)
  }

  /** That all kernels are, those included that GPU.js made for a plan. */
  checkAll(): void {
    for (const kernel of this.#gpu.kernels)
      if (kernel.constructor !== this.#gpu.Kernel) this.#fellBack('a kernel of a program', kernel)
  }

  #fellBack(which: string, { fallbackReason }: { readonly fallbackReason?: string | null }): void {
    const reason = fallbackReason ?? 'GPU.js gives no reason'
    if (this.#strict)
      throw new Error(
        `gpujs: expected ${which} in mode ${this.#gpu.mode} but it fell back: because ${reason}; allow it by ` +
          'gpujs({ degrade: true })',
      )
    this.degraded.add(`${which}: ${reason}`)
  }

  destroy(): void {
    this.#anchor?.destroy()
    for (const kernel of this.#built.values()) kernel.destroy()
    this.#built.clear()
  }
}

/** Backends, hosts and a clock for tests: numbers are the CPU's, times are whatever is said. */
import { cpu } from '../../../../src/kernels/index.ts'
import type { Backend } from '../../../../src/kernels/index.ts'
import type { Opened, Surroundings } from '../../../../src/kernels/gpujs/auto/choose.ts'
import type { Host } from '../../../../src/kernels/gpujs/auto/hardware.ts'
import type { Line } from '../../../../src/kernels/gpujs/auto/line.ts'
import { TRIALS } from '../../../../src/kernels/gpujs/auto/trials.ts'

/** A clock that goes on when it is told to. */
export interface Hands {
  now: number
}

export interface Pretence extends Line {
  /** Milliseconds from asking for numbers to having them. */
  readonly answer?: number
  /** What its kernels give is this much too large. */
  readonly off?: number
  /** What a kernel of this verb throws. */
  readonly breaks?: { readonly verb: string; readonly error: Error }
}

type Numbers = Float32Array & { done?: boolean }

/** A backend that is as fast as it says. A call is computed once: the same one again only takes its time. */
export function pretended(name: string, hands: Hands, pretence: Pretence): Opened & { released: number } {
  const { fixed, perMillion, answer = 0, off = 0, breaks } = pretence
  const kernels = Object.entries(cpu.kernels).map(([verb, kernel]) => {
    const call = (...args: readonly unknown[]): void => {
      if (breaks?.verb === verb) throw breaks.error
      const sizes = args.filter((argument) => typeof argument === 'number')
      hands.now += fixed + (perMillion * (TRIALS[verb]?.operations(sizes) || 0)) / 1e6
      const out = args.filter((argument) => ArrayBuffer.isView(argument)).pop() as Numbers
      if (out.done) return
      ;(kernel as (...args: readonly unknown[]) => void)(...args)
      if (off !== 0) for (let j = 0; j < out.length; j++) out[j] += off
      out.done = true
    }
    return [verb, call] as const
  })
  const backend = {
    ...(cpu as Backend),
    name,
    kernels: Object.fromEntries(kernels) as unknown as Backend['kernels'],
    read: (buffer: unknown) => {
      hands.now += answer
      return Promise.resolve(buffer as Float32Array)
    },
    released: 0,
    release: () => {
      backend.released++
      return Promise.resolve()
    },
  }
  return backend
}

/** A host whose WebGPU has this adapter. */
export const withAdapter = (info: object | null): Host => ({
  navigator: { gpu: { requestAdapter: () => Promise.resolve(info && { info }) } },
})

export const NVIDIA = { vendor: 'nvidia', architecture: 'hopper', device: '', description: '' }

/** A canvas whose contexts, of some kinds, name this renderer. `given` counts contexts that were given back. */
export function withRenderer(renderer: string, kinds: readonly string[], given = { back: 0 }): Host {
  const extensions: Readonly<Record<string, object>> = {
    WEBGL_debug_renderer_info: { UNMASKED_RENDERER_WEBGL: 37446 },
    WEBGL_lose_context: { loseContext: () => given.back++ },
  }
  const context = {
    RENDERER: 7937,
    getParameter: (name: number) => (name === 37446 ? renderer : 'masked'),
    getExtension: (name: string) => extensions[name] ?? null,
  }
  class Canvas {
    getContext(kind: string): typeof context | null {
      return kinds.includes(kind) ? context : null
    }
  }
  return { OffscreenCanvas: Canvas }
}

/** A machine with a fast GPU and a slower WASM, of which a test replaces what it is about. */
export function machine(replaced: Partial<Surroundings> = {}): Surroundings & {
  readonly hands: Hands
  /** Modes that were asked for, each a time that GPU.js would be loaded. */
  readonly asked: string[]
  readonly opened: (Opened & { released: number })[]
} {
  const hands = { now: 0 }
  const asked: string[] = []
  const opened: (Opened & { released: number })[] = []
  return {
    host: withAdapter(NVIDIA),
    clock: () => hands.now,
    memory: { thresholds: new Map(), otherwise: new Map() },
    wasm: pretended('wasm-pretended', hands, { fixed: 0.001, perMillion: 0.03 }),
    ...replaced,
    open: async (mode) => {
      asked.push(mode)
      const backend = replaced.open
        ? await replaced.open(mode)
        : pretended(`gpujs-${mode}`, hands, { fixed: 0.02, perMillion: 0.0005, answer: 0.2 })
      opened.push(backend as Opened & { released: number })
      return backend
    },
    hands,
    asked,
    opened,
  }
}

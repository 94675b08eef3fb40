/** The backend on threads as its users have it: what it asks of the host, that it lets go, and that it is one backend. */
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { kernelsOf, wasm, wasmThreads } from '../../../../src/kernels/index.ts'
import type { Backend, ThreadedBackend } from '../../../../src/kernels/index.ts'
import { PLE, saveState } from '../../../../src/models/index.ts'
import { adam, fit } from '../../../../src/training/index.ts'
import { collect, heapBytes } from '../../../heapBytes.ts'
import { FEATURES, KINDS, TASKS, TYPES, feed } from '../../../models/feed.ts'
import { allowRelaxed } from '../variants.ts'
import { everyone } from './everyone.ts'

allowRelaxed()

const opened: ThreadedBackend[] = []
async function threaded(options: Parameters<typeof wasmThreads>[0]): Promise<ThreadedBackend> {
  const backend = await wasmThreads({ bytes: 2 ** 26, ...options })
  opened.push(backend)
  return backend
}
afterEach(() => {
  vi.unstubAllGlobals()
  for (const { release } of opened.splice(0)) release()
})

describe.each([
  ['binary tasks and a regression', TYPES],
  ['tasks of classes, of labels and of counts', KINDS],
])('training a PLE of %s, compiled', (_, taskTypes) => {
  const data = feed(185, 1, FEATURES, taskTypes)

  async function trained(backend: Backend, epochs = 10): Promise<Record<string, readonly number[]>> {
    const model = new PLE({
      ...{ features: FEATURES, taskNames: TASKS, taskTypes, initStd: 0.1, dnnUseBn: true, dnnDropout: 0.2 },
      ...{ expertDnnHiddenUnits: [24, 16], gateDnnHiddenUnits: [8], towerDnnHiddenUnits: [9], sharedExpertNum: 2 },
    })
    const { steps } = await fit(model, { data, backend, batchSize: 37, epochs, optimizer: adam() })
    expect(steps).toBe(5 * epochs)
    return Object.fromEntries(Object.entries(saveState(model)).map(([name, values]) => [name, Array.from(values)]))
  }

  it('for 50 steps on 1, 2 and 3 threads comes to the same parameters, bit by bit', async () => {
    const expected = await trained(wasm({ bytes: 2 ** 26 }))
    for (const threads of [1, 2, 3]) expect(await trained(await threaded({ threads, worthwhile: 0 }))).toEqual(expected)
  })

  it('comes to the same where each of three threads takes part in every call', async () => {
    const { backend, release } = await everyone({ threads: 3 })
    expect(await trained(backend, 1)).toEqual(await trained(wasm({ bytes: 2 ** 26 }), 1))
    release()
  })
})

describe('the backend', () => {
  it('says how many threads it has, and is the backend of one thread in all else', async () => {
    const backend = await threaded({ threads: 2, variant: 'simd' })
    expect(backend.name).toBe('wasm-simd on 2 threads')
    expect(backend.threads).toBe(2)
    const alone = wasm({ bytes: 2 ** 26, variant: 'simd' })
    expect(Object.keys(backend.kernels)).toEqual(Object.keys(alone.kernels))
  })

  it('has as many threads as the host runs at once, if nobody says', async () => {
    const { threads } = await threaded({})
    expect(threads).toBeGreaterThanOrEqual(1)
    expect(threads).toBeLessThanOrEqual(8)
  })

  it('refuses calls that are shared out once it was released', async () => {
    const backend = await threaded({ threads: 2, worthwhile: 0 })
    const x = backend.allocate(100).fill(1)
    backend.release()
    expect(() => {
      kernelsOf(backend).neg(x, x, 100)
    }).toThrow('wasmThreads: expected 2 threads but got fewer: because they were released')
    expect(x).toEqual(backend.allocate(100).fill(1))
  })

  it.each([0, -1, 1.5, NaN])('refuses %s threads', async (threads) => {
    await expect(wasmThreads({ threads })).rejects.toThrow(
      new RangeError(`wasmThreads: expected threads to be an integer of at least 1 but got ${threads}`),
    )
  })

  it.each<readonly [object, string]>([
    [
      { thread: 2 },
      "expected options among threads, patience, worthwhile, bytes, variant, wide but got 'thread', did you mean 'threads'?",
    ],
    [{ shared: true }, "expected options among threads, patience, worthwhile, bytes, variant, wide but got 'shared'"],
    [{ patience: 0 }, 'expected patience to be a number in (0, ∞] but got 0'],
    [{ worthwhile: -1 }, 'expected worthwhile to be a number in [0, ∞] but got -1'],
    [{ variant: 'avx' }, "expected variant to be 'simd' or 'relaxed' but got 'avx'"],
  ])('refuses %j', async (options, message) => {
    await expect(wasmThreads(options)).rejects.toThrow(new RangeError(`wasmThreads: ${message}`))
  })

  it('refuses a page that is not isolated, and says how to isolate it', async () => {
    vi.stubGlobal('crossOriginIsolated', false)
    await expect(wasmThreads()).rejects.toThrow(
      /^wasmThreads: expected a page that is cross-origin isolated but got .* Cross-Origin-Opener-Policy: same-origin/,
    )
  })

  it('refuses a host without threads', async () => {
    const { process } = globalThis
    vi.stubGlobal('process', undefined)
    const made = wasmThreads()
    vi.stubGlobal('process', process)
    await expect(made).rejects.toThrow('wasmThreads: expected a host with threads but got one without')
  })
})

describe('threads that nobody has a use for any more', () => {
  it('end with a script that forgets to close them', async () => {
    const script = `
      import { kernelsOf, wasmThreads } from './src/kernels/index.ts'
      const backend = await wasmThreads({ threads: 3, bytes: 2 ** 26, worthwhile: 0 })
      const x = backend.allocate(1000).fill(-2)
      kernelsOf(backend).square(x, x, 1000)
      console.log(x[999])`
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script]
    const ended = await new Promise((resolve) => {
      execFile(process.execPath, args, { timeout: 60_000 }, (error, stdout, stderr) =>
        resolve({ error, stdout, stderr }),
      )
    })
    expect(ended).toEqual({ error: null, stdout: '4\n', stderr: '' })
  })

  it('end when their backend is collected, and not before', async () => {
    const alive = new Set<number>()
    const count = (worker: Worker): void => {
      const { threadId } = worker
      alive.add(threadId)
      worker.once('exit', () => alive.delete(threadId))
    }
    process.on('worker', count)
    const kernelsOnly = async () => kernelsOf(await wasmThreads({ threads: 3, bytes: 2 ** 26, worthwhile: 0 }))
    const held = [await kernelsOnly()]
    process.off('worker', count)
    /** Until all threads have ended, or so many: a busy machine may need more than an idle one. */
    async function turns(most: number): Promise<void> {
      for (let turn = 0; turn < most && alive.size > 0; turn++) {
        collect()
        await sleep(10)
      }
    }
    await turns(50)
    expect(alive.size).toBe(2)
    const x = new Float32Array(100)
    // Whoever has the kernels can still call them.
    expect(() => {
      held[0].gather(x, new Int32Array(0), x, 0, 1)
    }).not.toThrow()
    held.pop()
    await turns(5000)
    expect(alive.size).toBe(0)
  })
})

describe('a call', () => {
  it('allocates nothing on the thread of its caller', async () => {
    const backend = await threaded({ threads: 2, worthwhile: 0 })
    const kernels = kernelsOf(backend)
    const [a, b, c, d] = Array.from({ length: 4 }, () => backend.allocate(64 * 64).fill(0.5))
    const experts = [a, b, c]
    const moments = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, correction1: 0.5, correction2: 0.5 }
    const options = { learningRate: 0.1, decay: 0, ...moments }
    const calls = {
      add: () => kernels.add(a, b, d, 64 * 64),
      matmul: () => kernels.matmul(a, b, d, 64, 64, 64),
      mix: () => kernels.mix(a, experts, d, 64, 3, 64),
      scaleShift: () => kernels.scaleShift(a, d, 64 * 64, 1.5, 0.25),
      adam: () => kernels.adam(d, a, b, c, null, 64, 64, 0, options),
    }
    const run = (call: () => void, times: number): void => {
      for (let time = 0; time < times; time++) call()
    }
    const bytesOf = (call: () => void): number => {
      const runs = (): void => {
        run(call, 500)
      }
      return heapBytes(runs, 5) / 500
    }
    for (let round = 0; round < 2; round++) for (const call of Object.values(calls)) run(call, 2000)
    const measured = Object.entries(calls).map(([name, call]) => [name, bytesOf(call)] as const)
    // A fraction in a box of its own would be 16.
    expect(measured.filter(([, bytes]) => bytes > 12)).toEqual([])
  })
})

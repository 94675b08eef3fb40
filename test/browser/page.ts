/** What a page checks in a browser, isolated or not, minified as users would: it says what it found, and decides nothing. */
import { PLE, adam, cpu, fit, saveState, wasm } from '../../src/index.ts'
import { wasmThreads } from '../../src/threads.ts'
import { kernelsOf } from '../../src/kernels/index.ts'
import type { Backend, History } from '../../src/index.ts'
import { everyone } from '../kernels/wasm/threads/everyone.ts'
import { FEATURES, TASKS, TYPES, feed } from '../models/feed.ts'
import { expectTrue, tell } from './finding.ts'

interface Trained {
  readonly history: History
  readonly bits: string
}

/** Trains a small PLE for 30 steps, compiled, on a backend or on what training picks. */
async function trained(backend?: Backend): Promise<Trained> {
  const model = new PLE({
    ...{ features: FEATURES, taskNames: TASKS, taskTypes: TYPES, initStd: 0.1, dnnUseBn: true, dnnDropout: 0.2 },
    ...{ expertDnnHiddenUnits: [24, 16], towerDnnHiddenUnits: [9] },
  })
  const options = { data: feed(180), batchSize: 60, epochs: 10, optimizer: adam() }
  const history = await fit(model, backend ? { ...options, backend } : options)
  const bits = Object.values(saveState(model)).map((values) => new Int32Array(Float32Array.from(values).buffer).join())
  return { history, bits: bits.join('\n') }
}

const lossesOf = ({ history }: Trained): number[] => history.epochs.flatMap(({ losses }) => Object.values(losses))

/** What is said by an error that must come. */
function errorOf(run: () => void): string {
  try {
    run()
  } catch (error) {
    return String(error)
  }
  throw new Error('expected an error but got none')
}

const always: Readonly<Record<string, () => Promise<string>>> = {
  'WebAssembly is what training picks': async () => {
    const { history } = await trained()
    expectTrue(history.backend.startsWith('wasm-'), `a WASM backend but got ${history.backend}`)
    return history.backend
  },
  'a PLE learns the same as on the CPU': async () => {
    const [ours, reference] = [lossesOf(await trained(wasm({ bytes: 2 ** 26 }))), lossesOf(await trained(cpu))]
    const apart = Math.max(...ours.map((loss, at) => Math.abs(loss / reference[at] - 1)))
    expectTrue(apart <= 1e-4, `losses within 1e-4 of the CPU's but got ${apart}`)
    return `${ours.length} losses, at most ${apart.toExponential(1)} apart`
  },
}

const isolated: Readonly<Record<string, () => Promise<string>>> = {
  'threads come to the bits of one': async () => {
    const alone = wasm({ bytes: 2 ** 26 })
    const { bits } = await trained(alone)
    const names: string[] = []
    for (const threads of [1, 2, 3]) {
      const backend = await wasmThreads({ bytes: 2 ** 26, threads, worthwhile: 0 })
      const own = await trained(backend)
      backend.release()
      expectTrue(own.bits === bits, `the parameters of ${alone.name} on ${backend.name}`)
      names.push(own.history.backend)
    }
    return names.join(', ')
  },
  'threads come to the bits of one where each takes part in every call': async () => {
    const { backend, release: close } = await everyone({ threads: 3 })
    const { bits } = await trained(backend)
    close()
    expectTrue(bits === (await trained(wasm({ bytes: 2 ** 26 }))).bits, 'the parameters of one thread')
    return ''
  },
  'a thread that fails is an error of that call alone': async () => {
    const { backend, release: close } = await everyone({ threads: 2 })
    const { buffer } = backend.memory
    const outside = new Float32Array(buffer, buffer.byteLength - 3 * 2 ** 20, 0)
    const said = errorOf(() => kernelsOf(backend).relu(outside, outside, 2 ** 20))
    kernelsOf(backend).relu(backend.allocate(100), backend.allocate(100), 100)
    close()
    return said
  },
  'a thread that hangs is an error': async () => {
    const { args, call, begun, numberOf, release: close } = await everyone({ threads: 2, patience: 5000 })
    const hanging = numberOf('repeat')
    // Rows of no numbers, more often than anybody could wait for.
    args[0].set([0, 0, 2 ** 31 - 1, 2 ** 31 - 1, 0])
    const said = errorOf(() => call(hanging, 2, (part) => part === 0 && begun(hanging, 2)))
    close()
    return said
  },
  'threads that were closed refuse calls': async () => {
    const backend = await wasmThreads({ bytes: 2 ** 26, threads: 2, worthwhile: 0 })
    const x = backend.allocate(100).fill(1)
    kernelsOf(backend).neg(x, x, 100)
    backend.release()
    return errorOf(() => kernelsOf(backend).neg(x, x, 100))
  },
}

const notIsolated: Readonly<Record<string, () => Promise<string>>> = {
  'threads are refused, in words that help': async () => {
    try {
      await wasmThreads({ bytes: 2 ** 26, threads: 2 })
    } catch (error) {
      expectTrue(String(error).includes('Cross-Origin-Opener-Policy'), `the headers that help but got ${String(error)}`)
      return String(error)
    }
    throw new Error('expected an error but got none')
  },
}

await tell({ ...always, ...(crossOriginIsolated ? isolated : notIsolated) })

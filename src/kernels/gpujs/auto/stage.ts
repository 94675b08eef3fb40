/** Sets a trial up on a backend, so that it can be called any number of times. It refuses to take the time. */
import type { Backend, Floats } from '../../backend.ts'
import { TRANSFER, TRIALS } from './trials.ts'
import type { Sizes } from './trial.ts'

/** As many numbers as are drawn; the same ones follow, which takes less time. */
const DRAWN = 4099

/** Numbers between ¼ and ¾, in no order, so that any verb takes them. */
function someFloats(length: number, salt: number): Float32Array {
  const numbers = new Float32Array(length)
  const drawn = Math.min(DRAWN, length)
  for (let j = 0; j < drawn; j++) numbers[j] = 0.25 + (((j + 1) * 0.618034 + salt * 0.414214) % 1) / 2
  for (let done = drawn; done < length; done *= 2) numbers.copyWithin(done, 0, done)
  return numbers
}

function someIds(length: number, bound: number): Int32Array {
  const ids = new Int32Array(length)
  for (let j = 0; j < length; j++) ids[j] = (j * 7919) % bound
  return ids
}

export interface Staged {
  /** Makes so many calls, and resolves when the last is done. */
  run(calls: number): Promise<void>
  /** What a call gave. */
  answer(): Promise<Floats>
  release(): void
}

type AnyKernels = Readonly<Record<string, (...args: readonly unknown[]) => void>>

export function stage(backend: Backend, verb: string, sizes: Sizes): Staged {
  const { floats, ids, out, idsOut, arranged, options = [] } = TRIALS[verb]
  const kernels = backend.kernels as unknown as AnyKernels
  const numbers = floats(sizes).map(someFloats)
  const inputs = numbers.map((values) => {
    const buffer = backend.allocate(values.length)
    backend.write(buffer, values)
    return buffer
  })
  const picked = (ids?.(sizes) ?? []).map((length) => {
    const buffer = backend.allocateIds(length)
    backend.writeIds(buffer, someIds(length, sizes[0]))
    return buffer
  })
  const made = out ? [idsOut ? backend.allocateIds(out(sizes)) : backend.allocate(out(sizes))] : []
  const result = made[0] ?? inputs[0]
  const last = backend.allocate(1)
  const release = (): void => {
    for (const buffer of [...inputs, ...picked, ...made, last]) backend.releaseBuffer?.(buffer)
  }
  const answer = (): Promise<Floats> => backend.read(result)

  if (verb === TRANSFER) {
    const run = async (calls: number): Promise<void> => {
      for (let call = 0; call < calls; call++) {
        backend.write(inputs[0], numbers[0])
        kernels.slice(inputs[0], result, 1, numbers[0].length, numbers[0].length, 1, 0)
        await backend.read(result)
      }
    }
    return { run, answer, release }
  }
  const args: readonly unknown[] = [...(arranged?.(inputs) ?? inputs), ...picked, ...made, ...sizes, ...options]
  const run = async (calls: number): Promise<void> => {
    for (let call = 0; call < calls; call++) kernels[verb](...args)
    // One number that comes of the last call: who has it knows that all are done.
    kernels.slice(result, last, 1, result.length, 1, 1, 0)
    await backend.read(last)
  }
  return { run, answer, release }
}

/** A verb on a backend, to be called and timed in both ways, whether its memory is the host's or a device's. */
import type { Backend } from '../../src/index.ts'
import { kernelsOf } from '../../src/kernels/index.ts'
import type { Verb } from '../kernels/verb.ts'
import type { Timing } from './rung.ts'

/** So many calls; a promise where it takes a device to finish them. */
export type Calls = (times: number) => Promise<void> | void

export interface Contender extends Readonly<Record<Timing, Calls>> {
  /** Whether its memory is out of the host's sight, so that only an answer shows that calls are done. */
  readonly apart: boolean
  /** What the last call gave. */
  readonly read: () => Promise<ArrayLike<number>>
  readonly close: () => void
}

export function contend({ floats, length, call }: Verb, backend: Backend): Contender {
  const kernels = kernelsOf(backend)
  const filled = (values: Float32Array): { readonly length: number } => {
    const buffer = backend.allocate(values.length)
    backend.write(buffer, values)
    return buffer
  }
  /** Where the caller's own arrays will do there is nothing to send, nor to bring back. */
  const adopts = backend.adopt(floats[0]) !== undefined
  const inputs = floats.map((values) => backend.adopt(values) ?? filled(values))
  const out = backend.allocate(length)
  const [none, first, one] = [backend.allocateIds(0), backend.allocateIds(1), backend.allocate(1)]
  backend.writeIds(first, [0])
  const launch = (): void => {
    call(kernels, inputs, none, out)
  }
  const send = (): void => {
    inputs.forEach((buffer, at) => {
      backend.write(buffer, floats[at])
    })
  }
  /** The smallest answer that has to wait for all that came before. */
  const drain = async (): Promise<void> => {
    kernels.gather(out, first, one, 1, 1)
    await backend.read(one)
  }
  const atHand = backend.view(out) !== undefined
  let kept: ArrayLike<number> | undefined
  return {
    apart: !atHand,
    resident: (times) => {
      for (let time = 0; time < times; time++) launch()
      return atHand ? undefined : drain()
    },
    roundTrip: atHand
      ? (times) => {
          for (let time = 0; time < times; time++) {
            if (!adopts) send()
            launch()
            if (!adopts) kept = backend.view(out)?.slice()
          }
        }
      : async (times) => {
          for (let time = 0; time < times; time++) {
            send()
            launch()
            kept = await backend.read(out)
          }
        },
    read: async () => {
      const last = kept ?? backend.read(out)
      kept = undefined
      return last
    },
    close: () => {
      for (const buffer of [...(adopts ? [] : inputs), out, none, first, one]) backend.releaseBuffer?.(buffer)
    },
  }
}

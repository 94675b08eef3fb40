/**
 * The two ways to run a program on a device: all of it as one launch, with what it reads sent there and what it changes
 * sent back, or kernel by kernel on what is there. Each refuses to change anything when it fails.
 */
import { kernelOn } from '../../kernels/index.ts'
import type { Backend, Buffer, Floats, FusedLaunch, Kernel, Launches, LaunchingBackend } from '../../kernels/index.ts'
import { fetchAll } from './copies.ts'
import type { DeviceMemory } from './memory.ts'
import { isHost } from '../slot.ts'
import type { Argument, Call, Listing, Slot } from '../slot.ts'
import { fill, onBuffers } from '../slotMemory.ts'

/** Runs what a program does, between inputs and outputs that are at hand. */
export interface Runner {
  readonly run: () => Promise<void>
  readonly release: () => Promise<void>
  readonly how: FusedLaunch['how']
}

type HostFunction = (...numbers: readonly Floats[]) => void
type Run = (...all: readonly Argument[]) => void

/** Whether a call is a function of the host's that reads or fills: it needs numbers in the middle of a program. */
export const looks = (call: Call): boolean => isHost(call) && call.args.slice(1).flat().length > 0

/** Numbers at hand as a device takes them: ids are floats there. */
const floatsOf = (numbers: Floats | Int32Array): Float32Array =>
  numbers instanceof Float32Array ? numbers : Float32Array.from(numbers)

/** Calls written down, of which none looks at numbers. */
const launching = (calls: readonly Call[], { bufferOf }: DeviceMemory, backend: LaunchingBackend): Launches =>
  backend.record((between) => {
    for (const call of calls) {
      const { kernel, args } = call
      if (isHost(call)) between(args[0] as () => void)
      else (kernelOn(backend as Backend, kernel as Kernel) as Run)(...(onBuffers(args, bufferOf) as Argument[]))
    }
  })

/** Everything in one launch: numbers go there, and come back. */
export function fused(
  { calls, outputs: given }: Listing,
  inputs: readonly Slot[],
  memory: DeviceMemory,
  backend: LaunchingBackend,
): Runner {
  const { bufferOf, handOf, copies, changing } = memory
  const outputs = [...new Set(given)]
  const launch = launching(calls, memory, backend).fuse(
    [...inputs.map(bufferOf), ...copies.map(({ buffer }) => buffer)],
    [...outputs.map(bufferOf), ...changing.map(({ buffer }) => buffer)],
  )
  return {
    async run() {
      // Another program may have left them on the device.
      await fetchAll(copies)
      const results = await launch.run([
        ...inputs.map((slot) => floatsOf(handOf(slot))),
        ...copies.map(({ atHome }) => atHome()),
      ])
      outputs.forEach((slot, index) => {
        handOf(slot).set(results[index])
      })
      changing.forEach(({ replace }, index) => {
        replace(results[outputs.length + index])
      })
    },
    release: () => launch.release(),
    get how() {
      return launch.how
    },
  }
}

/** Kernel by kernel on what is on the device, with functions of the host's where they come. */
export function stepwise(
  { calls, outputs: given }: Listing,
  inputs: readonly Slot[],
  memory: DeviceMemory,
  backend: LaunchingBackend,
  because: string,
): Runner {
  const { bufferOf, handOf, copies, changing, changed } = memory
  const buffersOf = (argument: Argument): readonly Buffer[] => onBuffers(argument, bufferOf) as Buffer[]
  const host = async ({ args: [run, looked, filled] }: Call): Promise<void> => {
    const numbers = await Promise.all(buffersOf(looked).map((buffer) => backend.read(buffer)))
    const fills = buffersOf(filled).map((buffer) => [buffer, new Float32Array(buffer.length)] as const)
    ;(run as HostFunction)(...numbers, ...fills.map(([, values]) => values))
    for (const [buffer, values] of fills) backend.write(buffer, values)
  }
  const parts: (() => Promise<void>)[] = []
  const launches: Launches[] = []
  let from = 0
  for (const to of [...calls.keys(), calls.length]) {
    const stop = calls.at(to)
    if (stop && !looks(stop)) continue
    if (to > from) {
      const launch = launching(calls.slice(from, to), memory, backend)
      launches.push(launch)
      parts.push(() => launch.run())
    }
    if (stop) parts.push(() => host(stop))
    from = to + 1
  }
  const outputs = [...new Set(given)]
  return {
    async run() {
      for (const { bring } of copies) bring()
      for (const slot of inputs) fill(backend, slot.kind, bufferOf(slot), handOf(slot))
      const kept = backend.keep(changed)
      try {
        for (const part of parts) await part()
        const results = await Promise.all(outputs.map((slot) => backend.read(bufferOf(slot))))
        outputs.forEach((slot, index) => {
          handOf(slot).set(results[index])
        })
      } catch (error) {
        kept.restore()
        throw error
      }
      kept.drop()
      for (const copy of changing) copy.changed()
    },
    release: async () => {
      await Promise.resolve()
      for (const launch of launches) launch.release()
    },
    how: { kind: 'kernel by kernel', because },
  }
}

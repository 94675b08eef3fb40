/**
 * The two ways to run a program on a device: all of it as one launch, with what it reads sent there and what it changes
 * sent back, or kernel by kernel on what is there. Each refuses to change anything when it fails.
 */
import type { Buffer, Floats, FusedLaunch, LaunchingBackend } from '../../kernels/index.ts'
import type { DeviceMemory } from './memory.ts'
import { fetchAll } from './residence.ts'
import { Slot } from '../slot.ts'
import type { Argument, Call, Listing } from '../slot.ts'

/** Runs what a program does, between inputs and outputs that are at hand. */
export interface Runner {
  readonly run: () => Promise<void>
  readonly release: () => Promise<void>
  readonly how: FusedLaunch['how']
}

type HostFunction = (...numbers: readonly Floats[]) => void

const isHost = ({ verb }: Call): boolean => verb === 'host'
/** Whether a call is a function of the host's that reads or fills: it needs numbers in the middle of a program. */
export const looks = (call: Call): boolean => isHost(call) && call.args.slice(1).flat().length > 0

const kernelCall = ({ bufferOf }: DeviceMemory, { kernels }: LaunchingBackend, { verb, args }: Call): void => {
  const given = (argument: Argument): Argument =>
    argument instanceof Slot ? bufferOf(argument) : Array.isArray(argument) ? argument.map(given) : argument
  const run = (kernels as unknown as Readonly<Record<string, (...all: readonly unknown[]) => void>>)[verb]
  run(...args.map(given))
}

/** Numbers at hand as a device takes them: ids are floats there. */
const floatsOf = (numbers: Floats | Int32Array): Float32Array =>
  numbers instanceof Float32Array ? numbers : Float32Array.from(numbers)

/** Everything in one launch: numbers go there, and come back. */
export function fused(
  listing: Listing,
  inputs: readonly Slot[],
  memory: DeviceMemory,
  backend: LaunchingBackend,
): Runner {
  const { bufferOf, handOf, stays, changing } = memory
  const launches = backend.record((between) => {
    for (const call of listing.calls)
      if (isHost(call)) between(call.args[0] as () => void)
      else kernelCall(memory, backend, call)
  })
  const outputs = [...new Set(listing.outputs)]
  const launch = launches.fuse(
    [...inputs.map(bufferOf), ...stays.map(({ buffer }) => buffer)],
    [...outputs.map(bufferOf), ...changing.map(({ buffer }) => buffer)],
  )
  return {
    async run() {
      // Another program may have left them on the device.
      await fetchAll(stays)
      const given = [...inputs.map((slot) => floatsOf(handOf(slot))), ...stays.map(({ atHome }) => atHome())]
      const results = await launch.run(given)
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
  listing: Listing,
  inputs: readonly Slot[],
  memory: DeviceMemory,
  backend: LaunchingBackend,
  because: string,
): Runner {
  const { bufferOf, handOf, stays, changing, changed } = memory
  const buffersOf = (argument: Argument): readonly Buffer[] => (argument as readonly Slot[]).map(bufferOf)
  const host = async ({ args: [run, looked, filled] }: Call): Promise<void> => {
    const numbers = await Promise.all(buffersOf(looked).map((buffer) => backend.read(buffer)))
    const fills = buffersOf(filled).map((buffer) => [buffer, new Float32Array(buffer.length)] as const)
    ;(run as HostFunction)(...numbers, ...fills.map(([, values]) => values))
    for (const [buffer, values] of fills) backend.write(buffer, values)
  }
  const parts: (() => Promise<void>)[] = []
  const releases: (() => void)[] = []
  let pending: Call[] = []
  const submit = (): void => {
    const calls = pending
    pending = []
    if (calls.length === 0) return
    const launches = backend.record((between) => {
      for (const call of calls)
        if (isHost(call)) between(call.args[0] as () => void)
        else kernelCall(memory, backend, call)
    })
    parts.push(() => launches.run())
    releases.push(() => {
      launches.release()
    })
  }
  for (const call of listing.calls) {
    if (!looks(call)) {
      pending.push(call)
      continue
    }
    submit()
    parts.push(() => host(call))
  }
  submit()
  const outputs = [...new Set(listing.outputs)]
  return {
    async run() {
      for (const { bring } of stays) bring()
      for (const slot of inputs)
        if (slot.kind === 'ids') backend.writeIds(bufferOf(slot), handOf(slot))
        else backend.write(bufferOf(slot), handOf(slot))
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
      for (const stay of changing) stay.changed()
    },
    release: async () => {
      await Promise.resolve()
      for (const release of releases) release()
    },
    how: { kind: 'kernel by kernel', because },
  }
}

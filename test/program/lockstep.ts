/** Holds every call of a program to the reference: the same kernel in plain loops, on copies of the same numbers. */
import { cpuKernels, formOf } from '../../src/kernels/index.ts'
import type { Floats } from '../../src/kernels/index.ts'
import { finalOf } from '../../src/program/explain.ts'
import type { Program } from '../../src/program/index.ts'
import { naming, showCall } from '../../src/program/names.ts'
import { Slot, isHost, updates, writes } from '../../src/program/slot.ts'
import { fusedKernels } from './fusedCpu.ts'

type Kernel = (...args: readonly unknown[]) => void
type Numbers = Floats | Int32Array

/** Below this a number counts as that large: sums of terms that cancel are exact in units of the terms. */
const FLOOR = 1e-2

const differs = (expected: Numbers, actual: Numbers, tolerance: number): number => {
  for (let at = 0; at < expected.length; at++) {
    const allowed = tolerance * Math.max(FLOOR, Math.abs(expected[at]))
    if (!Object.is(expected[at], actual[at]) && !(Math.abs(expected[at] - actual[at]) <= allowed)) return at
  }
  return -1
}

/**
 * Runs a program once, call by call, and returns a line for each whose result is not that of the reference. A function of
 * the host's is called as ever.
 */
export function lockstep(program: Program, tolerance: number): readonly string[] {
  const kernels = { ...cpuKernels, ...fusedKernels } as unknown as Readonly<Record<string, Kernel>>
  const listing = finalOf(program)
  const name = naming([listing])
  return listing.calls.flatMap((call, index) => {
    const copies = new Map<Slot, Numbers>()
    const copied = (argument: unknown): unknown => {
      if (Array.isArray(argument)) return argument.map(copied)
      if (!(argument instanceof Slot)) return argument
      const copy = copies.get(argument) ?? (program.bufferOf(argument) as Numbers).slice()
      copies.set(argument, copy)
      return copy
    }
    if (!isHost(call)) kernels[call.kernel.verb](...call.args.map(copied))
    program.steps[index]()
    const { buffers } = formOf(call.kernel)
    const results = [...writes(call), ...updates(call)].filter(
      (slot) => !buffers.some(({ scratch }, at) => scratch && call.args[at] === slot),
    )
    return results.flatMap((slot) => {
      const [expected, actual] = [copies.get(slot)!, program.bufferOf(slot) as Numbers]
      const at = differs(expected, actual, tolerance)
      return at < 0 ? [] : [`${showCall(call, name)}: ${expected[at]} at ${at} of ${name(slot)} but got ${actual[at]}`]
    })
  })
}

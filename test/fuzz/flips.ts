/** Which relus are open at each step of a training, op by op or in a compiled program: where two runs part, one tells why. */
import { cpuKernels } from '../../src/kernels/index.ts'
import type { Backend, Floats } from '../../src/kernels/index.ts'
import { finalOf } from '../../src/program/explain.ts'
import type { Program } from '../../src/program/index.ts'
import { Slot } from '../../src/program/slot.ts'

/** Of each relu of a step, in order, what went in. */
export type Inputs = readonly Float64Array[]

export interface Watched {
  readonly backend: Backend
  /** What relus were given since it was asked last. */
  readonly take: () => Inputs
}

/** A backend of plain loops that notes what its relus are given. */
export function watched(backend: Backend): Watched {
  let inputs: Float64Array[] = []
  const relu = (x: Floats, out: Floats, n: number): void => {
    inputs.push(Float64Array.from(x.subarray(0, n)))
    cpuKernels.relu(x, out, n)
  }
  return {
    backend: { ...backend, kernels: { ...backend.kernels, relu } },
    take: () => {
      const taken = inputs
      inputs = []
      return taken
    },
  }
}

/** Runs a program once, call by call, and tells what its relus were given. */
export function runWatched(program: Program): Inputs {
  return finalOf(program).calls.flatMap(({ kernel, args }, index) => {
    const [x] = args
    const given = kernel.verb === 'relu' && x instanceof Slot ? [Float64Array.from(program.bufferOf(x) as Floats)] : []
    program.steps[index]()
    return given
  })
}

export interface Flip {
  readonly relu: number
  readonly at: number
  readonly inputs: readonly [number, number]
}

/** The relus that are open in one run and shut in another. */
export const flips = (a: Inputs, b: Inputs): readonly Flip[] =>
  a.flatMap((xs, relu) =>
    [...xs].flatMap((x, at) => (x > 0 === b[relu][at] > 0 ? [] : [{ relu, at, inputs: [x, b[relu][at]] as const }])),
  )

/**
 * Compiles a step: a function of tensors and ids that may read and change parameters, but refuses to look at numbers. It
 * is recorded once for each signature of inputs, and its program runs from then on.
 */
import { callable, checkOptions, checkValue, having, whole } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { cpu, cpu64 } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'
import { Ids } from '../tensor/index.ts'
import { cache } from './cache.ts'
import { build } from './program.ts'
import type { Program } from './program.ts'
import { leavesOf } from './tree.ts'

/** What every compiler of steps takes. */
export interface Keeps {
  /**
   * How many programs are kept of those that calls made, one for each signature: beyond that, the one that ran longest
   * ago gives its memory back. Default 64.
   */
  readonly programs?: number
}

/** What `compile` takes. */
export interface CompileOptions extends Keeps {
  /** Where the program runs. Default: cpu64 for float64 inputs, else cpu. Its memory must be at hand. */
  readonly backend?: Backend
}

/** A compiled step: a program for every shape of its inputs. */
export interface Compiled<I, O> {
  /** Runs the step on these inputs. What it returns is overwritten by the next call: copy what you keep. */
  (input: I): O
  /** The program for inputs like these, recorded now if it was not yet. It is the caller's, and kept until it is released. */
  program(input: I): Program<I, O>
  /** Releases all programs. */
  release(): void
}

export const KEEPS: Checks<Keeps> = { programs: whole(1) }
export const KEPT = 64

/** A step, and a backend to run it on. */
export const STEP = callable
export const BACKEND = having('a backend', 'kernels', 'allocate')

const isFloat64 = (tree: unknown): boolean => leavesOf(tree).some(({ backend }) => backend.dtype === 'float64')

/** Whether two views have a byte in common. */
const overlap = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength

/**
 * Copies the numbers of one tree into the buffers of another of the same signature, as if all were read before the first
 * is written: a step may be given its own inputs in another order.
 */
export function write(input: unknown, target: unknown): void {
  const targets = leavesOf(target)
  const places = targets.map(({ values }) => values)
  const memories = new Set(places.map(({ buffer }) => buffer))
  const sources = leavesOf(input).map(({ values }, index) =>
    memories.has(values.buffer) && places.some((place, other) => other < index && overlap(place, values))
      ? values.slice()
      : values,
  )
  targets.forEach((leaf, index) => {
    const { backend, buffer } = leaf
    if (leaf instanceof Ids) backend.writeIds(buffer, sources[index])
    else backend.write(buffer, sources[index])
  })
}

/**
 * A function that does what `step` does, as a program for each signature of inputs: shapes, kinds and plain values. The
 * step itself runs once for each, while it is recorded: what it does beside ops is done then and not again, unless it is
 * given to `eachRun`. Ids that are larger than any before are recorded anew, for they may not fit; and so is what was let
 * go of.
 *
 * @throws RangeError where an option is unknown or out of its range. On the first call: Error where the step asks for
 * numbers or the backend has no memory at hand; TypeError where it meets tensors of another dtype; RangeError where memory
 * is short. Nothing has changed then.
 */
export function compile<I, O>(step: (input: I) => O, options: CompileOptions = {}): Compiled<I, O> {
  checkValue('compile', 'the step', step, STEP)
  checkOptions('compile', options, { ...KEEPS, backend: BACKEND })
  const { backend, programs = KEPT } = options
  const kept = cache<I, Program<I, O>>(
    programs,
    (example) => build(step, example, backend ?? (isFloat64(example) ? cpu64 : cpu), programs),
    (program) => {
      program.release()
    },
  )
  const run = (input: I): O => {
    const made = kept.of(input, false)
    write(input, made.inputs)
    made.run()
    return made.outputs
  }
  return Object.assign(run, {
    program: (input: I) => kept.of(input, true),
    release: () => {
      for (const program of kept.clear()) program.release()
    },
  })
}

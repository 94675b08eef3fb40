/**
 * Compiles a step: a function of tensors and ids that may read and change parameters, but refuses to look at numbers. It
 * is recorded once for each signature of inputs, and its program runs from then on.
 */
import { cpu, cpu64 } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'
import { Ids } from '../tensor/index.ts'
import { build } from './program.ts'
import type { Program } from './program.ts'
import { leavesOf, mapTree, signatureOf } from './tree.ts'

export interface CompileOptions {
  /** Where the program runs. Default: cpu64 for float64 inputs, else cpu. Its memory must be at hand. */
  readonly backend?: Backend
}

export interface Compiled<I, O> {
  /** Runs the step on these inputs. What it returns is overwritten by the next call: copy what you keep. */
  (input: I): O
  /** The program for inputs like these, recorded now if it was not yet. */
  program(input: I): Program<I, O>
  /** Releases all programs. */
  release(): void
}

/** `known` if its ids may be as large as those of `input`; else `input`, with room for those of both. */
export function widened<I>(input: I, known: I): I {
  const before = leavesOf(known).map((leaf) => (leaf instanceof Ids ? leaf.bound : 0))
  if (leavesOf(input).every((leaf, index) => !(leaf instanceof Ids) || leaf.bound <= before[index])) return known
  let index = 0
  return mapTree(input, (leaf) => {
    const bound = before[index++]
    return leaf instanceof Ids ? new Ids(leaf.shape, leaf.buffer, Math.max(leaf.bound, bound), leaf.backend) : leaf
  })
}

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
 * given to `eachRun`. Ids that are larger than any before are recorded anew, for they may not fit.
 *
 * @throws Error, on the first call, where the step asks for numbers or the backend has no memory at hand; TypeError where
 * it meets tensors of another dtype; RangeError where memory is short. Nothing has changed then.
 */
export function compile<I, O>(step: (input: I) => O, options: CompileOptions = {}): Compiled<I, O> {
  const programs = new Map<string, Program<I, O>>()
  const program = (input: I): Program<I, O> => {
    const signature = signatureOf(input)
    const known = programs.get(signature)
    const example = known ? widened(input, known.inputs) : input
    if (known && example === known.inputs) return known
    const made = build(step, example, options.backend ?? (isFloat64(input) ? cpu64 : cpu))
    known?.release()
    programs.set(signature, made)
    return made
  }
  const run = (input: I): O => {
    const made = program(input)
    write(input, made.inputs)
    made.run()
    return made.outputs
  }
  const release = (): void => {
    for (const made of programs.values()) made.release()
    programs.clear()
  }
  return Object.assign(run, { program, release })
}

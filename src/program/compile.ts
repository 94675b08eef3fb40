/**
 * Compiles a step: it runs once on a recording backend, and what was recorded is made better, laid out and run from then
 * on. A step is a function of tensors and ids; it may read and change parameters, but refuses to look at numbers.
 */
import { cpu, cpu64, recordOn } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'
import { Ids, Tensor } from '../tensor/index.ts'
import { link } from './link.ts'
import { PASSES } from './passes/index.ts'
import { record } from './record.ts'
import { Slot } from './slot.ts'
import type { Listing, Verb } from './slot.ts'
import { leavesOf, mapTree, signatureOf } from './tree.ts'

/** The listing after one pass; the first stage is the recording itself. */
export interface Stage {
  readonly name: string
  readonly does: string
  readonly listing: Listing
}

export interface Program<I = unknown, O = unknown> {
  readonly backend: Backend
  /** Of the shape of what the step takes, in the program's memory: write to them, then run. */
  readonly inputs: I
  /** What the step gave, in the program's memory: each run writes it anew. */
  readonly outputs: O
  /** Does all calls once. Allocates nothing. Throws what a function of the host's throws, with later calls not done. */
  run(): void
  /** Gives memory back and lets parameters move out. A program that was released does not run. */
  release(): void
  /** Recorded, and after every pass; the last one is what runs. */
  readonly stages: readonly Stage[]
  /** Where each slot is. */
  readonly bufferOf: (slot: Slot) => unknown
  /** One function for each call of the last stage. */
  readonly steps: readonly (() => void)[]
  /** Elements that all intermediate results share. */
  readonly arena: { readonly floats: number; readonly ids: number }
}

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

/** The outputs' slots, where they are of this recording. */
const slotsOf = (tree: unknown): Slot[] =>
  leavesOf(tree).flatMap(({ buffer }) => (buffer instanceof Slot ? [buffer] : []))

function build<I, O>(step: (input: I) => O, example: I, backend: Backend): Program<I, O> {
  const { recorder, calls } = record(backend)
  const inputs: Slot[] = []
  const symbolic = mapTree(example, (leaf, path) => {
    const kind = leaf instanceof Ids ? 'ids' : 'floats'
    const slot = new Slot(kind, leaf.shape, leaf.size, { at: 'input', path })
    inputs.push(slot)
    return leaf instanceof Ids
      ? new Ids(leaf.shape, slot, leaf.bound, recorder)
      : new Tensor(leaf.shape, slot, recorder)
  })
  const given = recordOn(recorder, () => step(symbolic))
  const offered = (verb: Verb): boolean => backend.kernels[verb] !== undefined
  const stages: Stage[] = [
    { name: 'recorded', does: 'what the step called', listing: { calls, outputs: slotsOf(given) } },
  ]
  const results = new Map(stages[0].listing.outputs.map((slot) => [slot, slot]))
  for (const { name, does, run } of PASSES) {
    const before = stages[stages.length - 1].listing
    const listing = run(before, offered)
    // A pass may find that an output is the same as another: then it is read from there.
    for (const [slot, now] of results) results.set(slot, listing.outputs[before.outputs.indexOf(now)])
    stages.push({ name, does, listing })
  }
  const { listing } = stages[stages.length - 1]
  const linked = link(listing, inputs, backend)
  const real = (slot: Slot) => linked.bufferOf(results.get(slot) ?? slot)
  const settled = <T>(tree: T): T =>
    mapTree(tree, (leaf) => {
      if (!(leaf.buffer instanceof Slot)) return leaf
      const buffer = real(leaf.buffer)
      return leaf instanceof Ids
        ? new Ids(leaf.shape, buffer, leaf.bound, backend)
        : new Tensor(leaf.shape, buffer, backend)
    })
  let released = false
  const { steps, refresh } = linked
  return {
    backend,
    inputs: settled(symbolic),
    outputs: settled(given),
    run() {
      if (released) throw new Error('program: expected one that is alive but it was released')
      for (let index = 0; index < refresh.length; index++) refresh[index]()
      for (let index = 0; index < steps.length; index++) steps[index]()
    },
    release() {
      if (!released) linked.release()
      released = true
    },
    stages,
    bufferOf: real,
    steps,
    arena: linked.arena,
  }
}

/** `known` if its ids may be as large as those of `input`; else `input`, with room for those of both. */
function widened<I>(input: I, known: I): I {
  const before = leavesOf(known).map((leaf) => (leaf instanceof Ids ? leaf.bound : 0))
  if (leavesOf(input).every((leaf, index) => !(leaf instanceof Ids) || leaf.bound <= before[index])) return known
  let index = 0
  return mapTree(input, (leaf) => {
    const bound = before[index++]
    return leaf instanceof Ids ? new Ids(leaf.shape, leaf.buffer, Math.max(leaf.bound, bound), leaf.backend) : leaf
  })
}

const isFloat64 = (tree: unknown): boolean => leavesOf(tree).some(({ backend }) => backend.dtype === 'float64')

/**
 * A function that does what `step` does, as a program for each signature of inputs: shapes, kinds and plain values. The
 * step itself runs once for each, while it is recorded: what it does beside ops is done then and not again, unless it is
 * given to `eachRun`.
 *
 * @throws Error, on the first call, where the step asks for numbers or the backend has no memory at hand; RangeError where
 * memory is short. Nothing has changed then.
 */
export function compile<I, O>(step: (input: I) => O, options: CompileOptions = {}): Compiled<I, O> {
  const programs = new Map<string, Program<I, O>>()
  const program = (input: I): Program<I, O> => {
    const signature = signatureOf(input)
    const known = programs.get(signature)
    // Larger ids than any before were never held against the tables: the step says whether they fit.
    const example = known ? widened(input, known.inputs) : input
    if (known && example === known.inputs) return known
    const made = build(step, example, options.backend ?? (isFloat64(input) ? cpu64 : cpu))
    known?.release()
    programs.set(signature, made)
    return made
  }
  const run = (input: I): O => {
    const made = program(input)
    const targets = leavesOf(made.inputs)
    leavesOf(input).forEach((leaf, index) => {
      const { backend, buffer } = targets[index]
      if (leaf instanceof Ids) backend.writeIds(buffer, leaf.values)
      else backend.write(buffer, leaf.values)
    })
    made.run()
    return made.outputs
  }
  const release = (): void => {
    for (const made of programs.values()) made.release()
    programs.clear()
  }
  return Object.assign(run, { program, release })
}

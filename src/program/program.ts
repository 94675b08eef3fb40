/**
 * Makes a program of a step: it runs once on a recording backend, and what was recorded is made better, laid out and
 * linked. From then on a run is one kernel call after the other, and nothing else.
 */
import { cpu, cpu64, ownKernel, recordOn, recordWithin, run } from '../kernels/index.ts'
import type { AnyKernel, Backend, Buffer } from '../kernels/index.ts'
import * as kernels from '../kernels/table/index.ts'
import { Ids, Tensor, claimMemory, memoryOf, nextMoment } from '../tensor/index.ts'
import type { Memory } from '../tensor/index.ts'
import { checkGuarded, guard } from './guard.ts'
import { link } from './link.ts'
import { PASSES } from './passes/index.ts'
import { record } from './record.ts'
import { Slot, updates } from './slot.ts'
import type { Call, Listing } from './slot.ts'
import { leavesOf, mapTree } from './tree.ts'

/** The listing after one pass; the first stage is the recording itself. */
export interface Stage {
  readonly name: string
  readonly does: string
  readonly listing: Listing
}

/** One step, recorded for inputs of one shape and laid out in memory. */
export interface Program<I = unknown, O = unknown> {
  readonly backend: Backend
  /** Of the shape of what the step takes, in the program's memory: write to them, then run. */
  readonly inputs: I
  /** What the step gave, in the program's memory: each run writes it anew. */
  readonly outputs: O
  /**
   * Does all calls once. Allocates nothing. Throws a RangeError before the first call where an id is beyond its table, and
   * what a function of the host's throws, with later calls not done.
   */
  run(): void
  /**
   * Gives memory back and lets parameters move out, and so do inputs and outputs with the numbers that they have: what was
   * taken of their `values` before is nobody's then. A program that was released does not run.
   */
  release(): void
  /** Whether it was not released. */
  readonly alive: boolean
  /** How many programs its step keeps, see `CompileOptions`. */
  readonly keeps: number
  /** Recorded, and after every pass; the last one is what runs. */
  readonly stages: readonly Stage[]
  /** Where each slot is. */
  readonly bufferOf: (slot: Slot) => unknown
  /** One function for each call of the last stage. */
  readonly steps: readonly (() => void)[]
  /** Elements that all intermediate results share. */
  readonly arena: { readonly floats: number; readonly ids: number }
}

/** The tree with each leaf where `bufferOf` finds it, if it does. */
export const placed = <T>(
  tree: T,
  on: Backend,
  bufferOf: (leaf: Tensor | Ids, path: string) => Buffer | undefined,
): T =>
  mapTree(tree, (leaf, path) => {
    const buffer = bufferOf(leaf, path)
    if (!buffer) return leaf
    return leaf instanceof Ids ? new Ids(leaf.shape, buffer, leaf.bound, on) : new Tensor(leaf.shape, buffer, on)
  })

/** The outputs' slots, where they are of this recording. */
export const slotsOf = (tree: unknown): Slot[] =>
  leavesOf(tree).flatMap(({ buffer }) => (buffer instanceof Slot ? [buffer] : []))

/**
 * The tree with a copy in the place of each tensor that lies where the next run, or its caller, writes: inputs, and what
 * was there before the recording. The copies are taken when all else is done.
 */
const apart = <T>(given: T, recorder: Backend): T =>
  mapTree(given, (leaf) => {
    const { buffer, shape, size } = leaf
    if (!(buffer instanceof Slot) || buffer.place.at === 'arena' || buffer.place.at === 'constant') return leaf
    recordWithin('copy', shape)
    if (leaf instanceof Ids) {
      const copy = recorder.allocateIds(size)
      run(recorder, kernels.joinIds, buffer, buffer, copy, size, 0)
      return new Ids(shape, copy, leaf.bound, recorder)
    }
    const copy = recorder.allocate(size)
    run(recorder, kernels.repeat, buffer, copy, 1, 1, size)
    return new Tensor(shape, copy, recorder)
  })

/** The recording, and what each pass makes of the listing before. */
function improved(recorded: Listing, backend: Backend): readonly Stage[] {
  const offered = (kernel: AnyKernel): boolean => ownKernel(backend, kernel) !== undefined
  const stages: Stage[] = [{ name: 'recorded', does: 'what the step called', listing: recorded }]
  for (const { name, does, run } of PASSES)
    stages.push({ name, does, listing: run(stages[stages.length - 1].listing, offered) })
  return stages
}

/** A step once recorded and made better, without memory yet. */
export interface Draft<I, O> {
  readonly inputs: readonly Slot[]
  /** What the step takes and gives, slots in the place of memory. */
  readonly symbolic: I
  readonly given: O
  readonly stages: readonly Stage[]
  readonly listing: Listing
  /** The slot that has an output's numbers: a pass may have found that it is the same as another. */
  readonly final: (slot: Slot) => Slot
}

/** What is made of the calls of a recording before any pass. */
export type Revision = (calls: readonly Call[], outputs: readonly Slot[]) => readonly Call[]

export const AS_IT_IS: Revision = (calls) => calls

/** Records `step` on tensors and ids like those of the example, for `backend`. */
export function draft<I, O>(step: (input: I) => O, example: I, backend: Backend, revise: Revision): Draft<I, O> {
  const { recorder, calls } = record(backend)
  const inputs: Slot[] = []
  const symbolic = placed(example, recorder, (leaf, path) => {
    const slot = new Slot(leaf instanceof Ids ? 'ids' : 'floats', leaf.shape, leaf.size, { at: 'input', path })
    inputs.push(slot)
    return slot
  })
  const given = recordOn(recorder, () => apart(step(symbolic), recorder))
  const outputs = slotsOf(given)
  const stages = improved({ calls: revise(calls, outputs), outputs }, backend)
  const { listing } = stages[stages.length - 1]
  const finals = new Map(outputs.map((slot, index) => [slot, listing.outputs[index]]))
  return { inputs, symbolic, given, stages, listing, final: (slot) => finals.get(slot) ?? slot }
}

/** Memory from outside that the calls of a listing change. */
export const changedBy = ({ calls }: Listing, on?: Backend): readonly Memory[] =>
  [...new Set(calls.flatMap(updates))].flatMap(({ place }) =>
    place.at === 'captured' && (!on || place.held.backend === on) ? (memoryOf(place.held.buffer) ?? []) : [],
  )

/** Has tensors and ids that lie in memory which is given back keep their numbers, on the CPU. */
function leave(leaves: readonly (Tensor | Ids)[], { dtype }: Backend, memory: Memory): void {
  for (const leaf of leaves) {
    Object.assign(leaf, { buffer: leaf.values.slice(), backend: dtype === 'float64' ? cpu64 : cpu })
    claimMemory(leaf.buffer, memory)
  }
}

/** Records `step` and finds it memory on `backend`. */
export function build<I, O>(
  step: (input: I) => O,
  example: I,
  backend: Backend,
  keeps: number,
  revise = AS_IT_IS,
): Program<I, O> {
  const { inputs, symbolic, given, stages, listing, final } = draft(step, example, backend, revise)
  const linked = link(listing, inputs, backend)
  const { steps, refresh, arena } = linked
  const bufferOf = (slot: Slot): Buffer => linked.bufferOf(final(slot))
  const inMemory = ({ buffer }: Tensor | Ids): Buffer | undefined =>
    buffer instanceof Slot ? bufferOf(buffer) : undefined
  const guarded = guard(listing, (slot) => backend.viewIds(linked.bufferOf(slot)))
  const placing = { inputs: placed(symbolic, backend, inMemory), outputs: placed(given, backend, inMemory) }
  const others = new Set(leavesOf(given))
  const own = leavesOf(placing).filter((leaf) => !others.has(leaf))
  const memory: Memory = { changed: 0 }
  for (const { buffer } of own) claimMemory(buffer, memory)
  const memories = [memory, ...changedBy(listing)]
  let alive = true
  return {
    backend,
    ...placing,
    run() {
      if (!alive) throw new Error('program: expected one that is alive but it was released')
      for (let index = 0; index < refresh.length; index++) refresh[index]()
      checkGuarded(guarded)
      const now = nextMoment()
      for (let index = 0; index < memories.length; index++) memories[index].changed = now
      for (let index = 0; index < steps.length; index++) steps[index]()
    },
    release() {
      if (!alive) return
      alive = false
      // Where a host finds out by itself what is unused, nobody else gets this memory before it is.
      if (backend.releaseBuffer) leave(own, backend, memory)
      linked.release()
    },
    get alive() {
      return alive
    },
    keeps,
    stages,
    bufferOf,
    steps,
    arena,
  }
}

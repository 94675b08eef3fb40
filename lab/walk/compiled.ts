/**
 * What `compile` makes of a walk: its result and all gradients as one program, pass by pass, and which memory each number of it
 * has for how long. It runs the program once, to hold it to the tape; what it makes is let go of.
 */
import { gradients } from '../../src/autograd/index.ts'
import { cpu, wasm } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { aligned, layOut, livesOf } from '../../src/program/arena.ts'
import { changed, finalOf, floatBytes, namesIn } from '../../src/program/explain.ts'
import { compile, explain } from '../../src/program/index.ts'
import type { Program } from '../../src/program/index.ts'
import { showCall } from '../../src/program/names.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import type { Target } from './link.ts'
import type { Tape } from './tape.ts'

/** The program after one pass; the first is the recording. */
export interface Pass {
  readonly name: string
  readonly does: string
  /** All that would run now, a line each. */
  readonly calls: readonly string[]
  /** Lines that were taken out and put in; undefined where nothing was. */
  readonly change: ReturnType<typeof changed>
}

/** A result's place in memory, in bytes, from the call that fills it to the last that needs it, both from 1. */
export interface Stretch {
  readonly name: string
  readonly start: number
  readonly bytes: number
  readonly from: number
  readonly to: number
}

export interface Compiled {
  readonly backend: string
  readonly passes: readonly Pass[]
  readonly stretches: readonly Stretch[]
  /** Bytes: of the memory that all results share, of the most that is needed at one call, and of each result in its own. */
  readonly arena: number
  readonly most: number
  readonly apart: number
  /** What one run gives as the result, and how far its gradients are from the tape's, as a part of the largest of them. */
  readonly result: number
  readonly apartFromTape: number
  /** As `explain` says it. */
  readonly text: string
}

const BACKENDS: Readonly<Record<Target, () => Backend>> = {
  cpu: () => cpu,
  // Plain SIMD, which rounds alike everywhere.
  wasm: () => wasm({ variant: 'simd', bytes: 2 ** 24 }),
}

function passesOf(program: Program): readonly Pass[] {
  const { stages } = program
  const name = namesIn(program)
  return stages.map((stage, at) => ({
    name: at === 0 ? 'the recording' : stage.name,
    does: at === 0 ? 'every kernel that the ops and their rules called' : stage.does,
    calls: stage.listing.calls.map((call) => showCall(call, name)),
    change: at === 0 ? undefined : changed(stages[at - 1], stage, name),
  }))
}

/** Where every number lies; ids lie beyond the floats. */
function stretchesOf(program: Program): readonly Stretch[] {
  const listing = finalOf(program)
  const name = namesIn(program)
  const width = floatBytes(program)
  return (['floats', 'ids'] as const).flatMap((kind) => {
    const { offsets } = layOut(listing, kind)
    const [base, each] = kind === 'floats' ? [0, width] : [program.arena.floats * width, 4]
    return [...livesOf(listing, kind).values()].map(({ slot, from, to }) => ({
      name: name(slot),
      start: base + offsets.get(slot)! * each,
      bytes: aligned(slot.length) * each,
      from: from + 1,
      to: Math.min(to + 1, listing.calls.length),
    }))
  })
}

/** The most bytes at one call: of results in one place once. */
function mostOf(stretches: readonly Stretch[], calls: number): number {
  const at = (call: number): number => {
    const there = stretches.filter(({ from, to }) => from <= call && call <= to)
    const places = new Map(there.map(({ start, bytes }) => [start, bytes]))
    return [...places.values()].reduce((total, bytes) => total + bytes, 0)
  }
  return Math.max(0, ...Array.from({ length: calls }, (_, call) => at(call + 1)))
}

/** How far the gradients of a run are from those of the tape. */
function distance(gradientsOf: readonly Tensor[], { inputs, entries, cotangents }: Tape): number {
  const [far, large] = inputs.reduce(
    ([far, large], { name }, at) => {
      const entry = entries.find((each) => each.op === undefined && each.name === name)
      const expected = entry && cotangents[entry.index].values
      return [...gradientsOf[at].values].reduce(
        ([far, large], value, index) => [
          Math.max(far, Math.abs(value - (expected?.[index] ?? 0))),
          Math.max(large, Math.abs(expected?.[index] ?? 0)),
        ],
        [far, large],
      )
    },
    [0, 0],
  )
  return large === 0 ? far : far / large
}

/** Compiles what is walked, and its gradients by all that the program draws. @throws Error where the browser lacks the target. */
export function compiledOf(tape: Tape, target: Target): Compiled {
  const backend = BACKENDS[target]()
  const names = tape.inputs.map(({ name }) => name)
  const given = Object.fromEntries(
    tape.inputs.map(({ name, tensor: { values, shape } }) => [name, tensor([...values], shape, backend)]),
  )
  const step = compile(
    (inputs: Readonly<Record<string, Tensor>>) => {
      const list = names.map((name) => inputs[name])
      const result = tape.resultOf(list, backend)
      return [result, ...gradients(result, list)]
    },
    { backend },
  )
  const program = step.program(given)
  const [result, ...found] = step(given)
  const stretches = stretchesOf(program)
  const { floats, ids } = program.arena
  const compiled = {
    backend: backend.name,
    passes: passesOf(program),
    stretches,
    arena: floats * floatBytes(program) + ids * 4,
    most: mostOf(stretches, finalOf(program).calls.length),
    apart: stretches.reduce((total, { bytes }) => total + bytes, 0),
    result: result.item(),
    apartFromTape: distance(found, tape),
    text: explain(program),
  }
  program.release()
  step.release()
  return compiled
}

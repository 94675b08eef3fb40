/** A pass at work on a step that compile records: the listings before and after it as text, and that both are right. */
import { expect } from 'vitest'
import type { Backend } from '../../../src/kernels/index.ts'
import { compile } from '../../../src/program/index.ts'
import { naming, showListing } from '../../../src/program/names.ts'
import type { Paths } from '../../../src/program/names.ts'
import type { Pass } from '../../../src/program/slot.ts'
import { leavesOf } from '../../../src/program/tree.ts'
import { Parameter, stream, tensor } from '../../../src/tensor/index.ts'
import { fusedCpu } from '../fusedCpu.ts'

export interface Across {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

export interface AcrossOptions {
  readonly backend?: Backend
  /** Parameters that the step may move. */
  readonly parameters?: Paths
}

/** Numbers that no two tensors share, of a shape. */
export const drawn = (name: string, ...shape: readonly number[]) => {
  const random = stream(5).stream(name)
  const size = shape.reduce((total, extent) => total * extent, 1)
  return tensor(
    Float32Array.from({ length: size }, (_, at) => random.normal(at)),
    shape,
  )
}

export const parameter = (name: string, ...shape: readonly number[]): Parameter => new Parameter(drawn(name, ...shape))

const numbersOf = (tree: unknown): number[][] => leavesOf(tree).map(({ values }) => [...values])

/** What the pass does to `step`; its program is run, and must leave the numbers that eager execution leaves. */
export function across<I>(
  pass: Pass,
  step: (input: I) => unknown,
  example: I,
  { backend = fusedCpu, parameters = {} }: AcrossOptions = {},
): Across {
  const all = Object.values(parameters)
  const before = all.map(({ values }) => values.slice())
  const eager = numbersOf([step(example), ...all])
  all.forEach((moved, index) => moved.assign(before[index]))
  const compiled = compile(step, { backend })
  const ran = numbersOf([compiled(example), ...all])
  expect(ran).toEqual(eager.map((values) => values.map((value) => expect.closeTo(value, 4) as number)))

  const { stages } = compiled.program(example)
  const at = stages.findIndex(({ name }) => name === pass.name)
  const listings = [stages[at - 1].listing, stages[at].listing]
  const name = naming(listings, parameters)
  const [old, now] = listings.map((listing) => showListing(listing, name).split('\n'))
  compiled.release()
  return { before: old, after: now }
}

/** That the pass leaves the step as it is. */
export function expectUntouched({ before, after }: Across): void {
  expect(after).toEqual(before)
}

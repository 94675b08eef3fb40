/** A program as a list of work, for whoever has to choose where it runs. It refuses to choose. */
import type { Buffer } from '../../kernels/index.ts'
import { costOf } from '../cost.ts'
import type { Program } from '../program.ts'
import { writes } from '../slot.ts'
import type { Verb } from '../slot.ts'
import { leavesOf } from '../tree.ts'

/** A call, by its operations or, where it computes nothing, by the numbers that it moves. */
export interface WorkRow {
  readonly verb: Verb | 'host' | 'transfer'
  readonly flops: number
}

const total = (buffers: readonly Pick<Buffer, 'length'>[]): number =>
  buffers.reduce((sum, { length }) => sum + length, 0)

/** What one run of a program does: its calls, and the transfer of what it takes and gives. */
export function workOf({
  stages,
  inputs,
  outputs,
}: Pick<Program, 'stages' | 'inputs' | 'outputs'>): readonly WorkRow[] {
  const { calls } = stages[stages.length - 1].listing
  const sizes = [...leavesOf(inputs), ...leavesOf(outputs)].map((leaf) => ({ length: leaf.size }))
  return [
    ...calls.map((call) => ({ verb: call.verb, flops: costOf(call, 4).flops || total(writes(call)) })),
    { verb: 'transfer', flops: total(sizes) },
  ]
}

/** Programs as lists of work, in the same units in which verbs are timed. */
import { expect, it } from 'vitest'
import { TRIALS, timedAs } from '../../../src/kernels/gpujs/auto/trials.ts'
import { auto, workOf } from '../../../src/gpujs.ts'
import { add, compile, cpu, matmul, relu, softmax, tensor } from '../../../src/index.ts'
import { costOf } from '../../../src/program/cost.ts'
import { Slot } from '../../../src/program/slot.ts'
import type { Verb } from '../../../src/program/slot.ts'

it('has a row for each call, and one for what goes in and comes out', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ])
  const w = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ])
  const step = compile(({ x }: { x: typeof w }) => softmax(matmul(x, w)), { backend: cpu })
  const rows = workOf(step.program({ x }))
  expect(rows).toEqual([
    { verb: 'matmul', flops: 24 },
    { verb: 'softmax', flops: 20 },
    { verb: 'transfer', flops: 10 },
  ])
})

it('is work that auto knows, fused calls among it', async () => {
  const [x, w, c] = [tensor([[1, 2]]), tensor([[1, 2], [3, 4]]), tensor([1, 2])] // prettier-ignore
  const step = compile((input: typeof x) => relu(add(matmul(input, w), c)))
  const backend = await auto({ work: workOf(step.program(x)) })
  expect(backend.why).toContain('operations')
})

it.each(Object.entries(TRIALS).filter(([verb]) => verb !== 'transfer'))(
  'counts the operations of %s as its trials do',
  (verb, { ladder: [, sizes], operations, floats, ids, out, arranged, options = [] }) => {
    const given = floats(sizes).map((length) => new Slot('floats', [length], length))
    const picked = (ids?.(sizes) ?? []).map((length) => new Slot('ids', [length], length))
    const made = out ? [new Slot('floats', [out(sizes)], out(sizes))] : []
    const args = [...(arranged?.(given) ?? given), ...picked, ...made, ...sizes, ...options]
    expect(timedAs(verb)).toBe(verb)
    const { flops } = costOf({ verb: verb as Verb, args, op: verb }, 4)
    if (flops > 0) expect(operations(sizes)).toBe(flops)
    else expect(operations(sizes)).toBe(made[0].length)
  },
)

/** The law of large inputs: what grows no faster than a power does not overflow, nor do its gradients. */
import { cpu64 } from '../../kernels/index.ts'
import { tensorsOf, apply } from '../anyOp.ts'
import { gradients, sum } from '../../autograd/index.ts'
import { PROBE, law } from '../law.ts'
import type { Law } from '../law.ts'

/** Where every exponential overflows, but no power of modest degree does, not even in float32. */
const LARGE = 1e4

/** More than the cube of the probe, and far less than its exponential. */
const MODEST = 1e9

/**
 * Outputs that are modest at inputs of ±300, where even a naive formula tells how fast the op grows, are finite at
 * inputs of ±10 000, on every backend; where all are, so are the gradients. Nothing has to be declared: exp is not
 * modest, softmax, logSumExp and losses from logits are.
 */
export const staysFinite: Law = law('large inputs stay finite', async ({ op, options, on }, _, { backends }) => {
  const modest = Array.from(apply(op, on(cpu64, { magnitude: PROBE }), options).values, (y) => Math.abs(y) <= MODEST)
  for (const backend of [cpu64, ...backends]) {
    const y = await apply(op, on(backend, { magnitude: LARGE }), options).read()
    const bad = y.findIndex((value: number, index: number) => modest[index] && !Number.isFinite(value))
    if (bad >= 0) throw new Error(`output ${bad} is ${y[bad]} on ${backend.name} with inputs of magnitude ${LARGE}`)
  }
  if (!modest.every(Boolean)) return
  const args = on(cpu64, { magnitude: LARGE })
  gradients(sum(apply(op, args, options)), tensorsOf(args)).forEach(({ values }, index) => {
    const bad = values.findIndex((value: number) => !Number.isFinite(value))
    if (bad >= 0)
      throw new Error(`gradient ${bad} of tensor ${index} is ${values[bad]} with inputs of magnitude ${LARGE}`)
  })
})

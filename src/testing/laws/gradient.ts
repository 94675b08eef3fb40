/** Laws of differentiation: gradients agree with finite differences, and a fused op with its meaning, both ways. */
import { cpu64 } from '../../kernels/index.ts'
import { stream, tensor } from '../../tensor/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { gradientErrors, gradients } from '../../autograd/index.ts'
import { apply, meaning, replaced, tensorsOf } from '../anyOp.ts'
import { ANYWHERE, numbers } from '../arbitraries.ts'
import { PROBE, difference, largest, law, note } from '../law.ts'
import type { Law } from '../law.ts'
import { poisoned } from '../poisoned.ts'

/** Whatever a rule reads before it is written is not a number here, and so not a gradient either. */
const reference = poisoned(cpu64)

/** How often the numbers of a case at a kink are drawn again. */
const ATTEMPTS = 5

/** How far a fused op may be from its meaning, relative to the largest value. */
const ROUNDING = 1e-10

/** Over an empty axis the largest value is −Infinity, which has no differences. */
const isInfiniteByNature = (y: Tensor, inputs: readonly Tensor[]): boolean =>
  inputs.some(({ size }) => size === 0) && y.values.some((value: number) => Math.abs(value) === Infinity)

const agreesAtOrder = (order: number): Law =>
  law(`gradient of order ${order}`, (drawn, tally) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const args = drawn.on(reference, { attempt })
      const inputs = tensorsOf(args)
      const f = (...moved: Tensor[]): Tensor => apply(drawn.op, replaced(args, moved), drawn.options)
      if (isInfiniteByNature(f(...inputs), inputs)) return
      const errors = gradientErrors(f, inputs, { name: drawn.op.op, orders: [order], seed: drawn.seed })
      const [{ kinks, worst }] = errors.orders
      if (errors.element) throw new Error(errors.message)
      if (kinks === 0) {
        note(tally, worst)
        return
      }
      tally.redrawn++
    }
    throw new Error(`all of ${ATTEMPTS} draws lie at a kink; give the op a domain that keeps away from it`)
  })

/** The rule is right: ⟨vjp(g), v⟩ is the slope of ⟨g, op⟩ along v. */
export const gradientAgrees: Law = agreesAtOrder(1)

/** The rule is itself differentiable, and rightly so. */
export const secondGradientAgrees: Law = agreesAtOrder(2)

/** A fused op equals the plain expression that it stands for, in value and in every gradient, on large inputs too. */
export const equalsItsMeaning: Law = law('fused equals plain', (drawn, tally) => {
  const compare = (what: string, got: Tensor, expected: Tensor): void => {
    // A plain expression need not survive large inputs: that is often why there is a fused one.
    const meant = expected.values.map((value: number, index: number) =>
      Number.isFinite(value) ? value : got.values[index],
    )
    const error = difference(got.values, meant) / largest(meant)
    if (!(error <= ROUNDING)) throw new Error(`${what} differs from the plain expression by ${error}`)
    note(tally, error)
  }
  for (const magnitude of [0, PROBE]) {
    const args = drawn.on(reference, { magnitude })
    const inputs = tensorsOf(args)
    const y = apply(drawn.op, args, drawn.options)
    const plain = meaning(drawn.op, args, drawn.options)
    if (!plain) return
    compare('the value', y, plain)
    const g = tensor(numbers(y.size, ANYWHERE, stream(drawn.seed).stream('g')), y.shape, reference)
    const expected = gradients(plain, inputs, { seed: g })
    gradients(y, inputs, { seed: g }).forEach((gradient, index) => {
      compare(`the gradient of tensor ${index}`, gradient, expected[index])
    })
  }
})

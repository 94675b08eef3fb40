/** NumPy's broadcasting, in the one place where it lives: operands are repeated to one shape before the op sees them. */
import { checkValue, show } from '../../checks/index.ts'
import { Tensor, fromValues, showShape } from '../../tensor/index.ts'
import type { InputsAs, Shape } from '../../tensor/index.ts'
import { OPERAND } from '../composite.ts'
import type { Op } from '../op.ts'
import { broadcastTo } from './shape.ts'

/**
 * The shape that all of `shapes` broadcast to: axes are matched from the last, and an extent of 1 stretches.
 * @throws RangeError naming the axis at which two extents differ and neither is 1.
 */
export function broadcastShape(who: string, shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1)
    const extent = extents.find((candidate) => candidate !== 1) ?? 1
    if (extents.some((other) => other !== 1 && other !== extent))
      throw new RangeError(
        `${who}: expected shapes that broadcast but got ${shapes.map(showShape).join(', ')}: ` +
          `because axis ${axis - rank} is ${[...new Set(extents)].join(' and ')}`,
      )
    return extent
  })
}

/** What an element-wise op takes; a number stands for a tensor full of it. */
export type Operand = Tensor | number

/** An element-wise op whose operands broadcast. */
export interface Broadcasting<S extends string> extends Pick<
  Op<S, Record<never, never>>,
  'op' | 'signature' | 'text' | 'definition'
> {
  (...operands: InputsAs<S, Operand, never>): Tensor
}

/** Lets an element-wise op broadcast. At least one operand must be a tensor, which tells the backend. */
export function broadcasting<S extends string>(elementwise: Op<S, Record<never, never>>): Broadcasting<S> {
  const { op, signature, text, definition } = elementwise
  const plain = elementwise as unknown as (...operands: readonly Tensor[]) => Tensor
  const arity = signature.inputs.length
  const call = (...operands: readonly Operand[]): Tensor => {
    if (operands.length !== arity)
      throw new RangeError(`${op}: expected ${arity} operands but got ${operands.map(show).join(', ') || 'none'}`)
    operands.forEach((operand, index) => {
      checkValue(op, `operand ${index}`, operand, OPERAND)
    })
    const first = operands.find((operand) => operand instanceof Tensor)
    if (!first) throw new TypeError(`${op}: expected at least one tensor but got ${operands.join(', ')}`)
    const tensors = operands.map((operand) =>
      typeof operand === 'number' ? fromValues([operand], [], first.backend) : operand,
    )
    const shape = broadcastShape(
      op,
      tensors.map((operand) => operand.shape),
    )
    return plain(...tensors.map((operand) => broadcastTo(operand, shape)))
  }
  return Object.assign(call, { op, signature, text, definition })
}

/**
 * Reverse-mode differentiation by one sweep over the tensors between a loss and what it is differentiated by,
 * youngest first. It changes nothing, collects nothing, and touches nothing that does not lie between the two.
 */
import { checkOptions, checkValue, flag } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { watching } from '../kernels/index.ts'
import type { Held } from '../kernels/index.ts'
import { detach, isParameter, memoryOf, ones, showShape, zeros } from '../tensor/index.ts'
import type { Cotangent, SparseRows, Tensor } from '../tensor/index.ts'
import { ROWS, TENSOR, TENSORS } from './composite.ts'
import { addAlike } from './ops/linear.ts'
import { toDense } from './ops/toDense.ts'

/** What `gradients` takes. */
export interface GradientOptions {
  /** The gradient of some outer function by `loss`, of its shape. Default: 1, for a loss of one value. */
  readonly seed?: Tensor
  /** Keeps the history of the gradients, so that they can be differentiated again. Default false. */
  readonly differentiable?: boolean
  /** Leaves the gradient of a table that was only gathered from as the rows it touches. Default false. */
  readonly sparse?: boolean
}

const GRADIENTS: Checks<GradientOptions> = { seed: TENSOR, differentiable: flag, sparse: flag }

/** One `T` for each of a list: a tuple for a tuple, so that `const [byW] = gradients(loss, [w])` is known to be there. */
type Each<W extends readonly Tensor[], T> = { -readonly [K in keyof W]: T }

/** The tensors between `loss` and `wrt`, youngest first: those that can be reached from one and reach the other. */
function between(loss: Tensor, wrt: ReadonlySet<Tensor>): Tensor[] {
  const oldest = Math.min(...[...wrt].map(({ birth }) => birth))
  const reached = new Set([loss])
  // A Set is visited in order of insertion, growing as we go: no recursion, so no depth overflows the stack.
  for (const { origin } of reached)
    for (const input of origin?.inputs ?? []) if (input.birth >= oldest) reached.add(input)
  const oldestFirst = [...reached].sort((a, b) => a.birth - b.birth)
  const leads = new Set<Tensor>()
  for (const tensor of oldestFirst)
    if (wrt.has(tensor) || tensor.origin?.inputs.some((input) => leads.has(input))) leads.add(tensor)
  return [...leads].sort((a, b) => b.birth - a.birth)
}

/** Those of `wrt` that `loss` was computed from, in their order. */
export function usedBy<T extends Tensor>(loss: Tensor, wrt: readonly T[]): readonly T[] {
  const path = new Set(between(loss, new Set(wrt)))
  return wrt.filter((tensor) => path.has(tensor))
}

/** Throws where a rule reads what its op was given, and that has changed since. */
function checkUnchanged(held: Held, made: Tensor): void {
  const memory = memoryOf(held.buffer)
  if (!memory || memory.changed < made.birth || !made.origin) return
  const index = made.origin.inputs.findIndex((input) => input === held)
  if (index < 0) return
  const input = made.origin.inputs[index]
  throw new Error(
    `gradients: expected the numbers that ${made.origin.op} was computed from but input ${index}, ` +
      `${isParameter(input) ? 'a parameter' : 'in memory of a parameter or a program'} of shape ` +
      `${showShape(input.shape)}, has changed since: because an optimizer, a load or a run wrote to it; ask for gradients ` +
      'before that, or compute the loss anew',
  )
}

const isSparse = (gradient: Cotangent): gradient is SparseRows => ROWS.fits(gradient)

/** The sum of two gradients of one parameter: row-sparse if both are. */
export const addCotangents = (a: Cotangent, b: Cotangent): Cotangent =>
  isSparse(a) && isSparse(b) ? a.joined(b) : addAlike(toDense(a), toDense(b))

/**
 * The gradients of `loss` by each tensor of `wrt`, of their shapes; zeros where there is no path.
 * With `sparse`, a table's gradient may be a `RowSparse` instead, whose cost depends on the batch and not on the table.
 * @throws RangeError if `loss` has more than one value and no seed is given, or if the seed is of another shape; Error
 * where a rule needs numbers of a parameter that have changed since.
 */
export function gradients<const W extends readonly Tensor[]>(
  loss: Tensor,
  wrt: W,
  options: GradientOptions & { sparse: true },
): Each<W, Cotangent>
export function gradients<const W extends readonly Tensor[]>(
  loss: Tensor,
  wrt: W,
  options?: GradientOptions & { sparse?: false },
): Each<W, Tensor>
export function gradients(loss: Tensor, wrt: readonly Tensor[], options: GradientOptions = {}): Cotangent[] {
  checkValue('gradients', 'loss', loss, TENSOR)
  checkValue('gradients', 'wrt', wrt, TENSORS)
  checkOptions('gradients', options, GRADIENTS)
  const { seed, differentiable = false, sparse = false } = options
  if (seed ? showShape(seed.shape) !== showShape(loss.shape) : loss.size !== 1)
    throw new RangeError(
      `gradients: expected ${seed ? `a seed of shape ${showShape(loss.shape)}` : 'a loss of one value, or a seed'} ` +
        `but got ${seed ? showShape(seed.shape) : `a loss of shape ${showShape(loss.shape)}`}`,
    )
  const wanted = new Set(wrt)
  const path = between(loss, wanted)
  const onPath = new Set(path)
  const arrived = new Map<Tensor, Cotangent>([[loss, seed ?? ones(loss.shape, loss.backend)]])

  const sweep = (tensor: Tensor): void => {
    const cotangent = arrived.get(tensor)
    if (!cotangent || !tensor.origin) return
    if (!wanted.has(tensor)) arrived.delete(tensor)
    const dense = toDense(cotangent)
    const thunks = tensor.origin.pullback(differentiable ? dense : detach(dense), tensor)
    tensor.origin.inputs.forEach((input, index) => {
      const thunk = onPath.has(input) ? thunks[index] : null
      if (!thunk) return
      const before = arrived.get(input)
      arrived.set(input, before ? addCotangents(before, thunk()) : thunk())
    })
  }
  let at = loss
  watching(
    (held) => {
      checkUnchanged(held, at)
    },
    () => {
      for (at of path) sweep(at)
    },
  )
  return wrt.map((tensor) => {
    const cotangent = onPath.has(tensor) ? arrived.get(tensor) : undefined
    if (!cotangent) return zeros(tensor.shape, tensor.backend)
    if (sparse && isSparse(cotangent)) return differentiable ? cotangent : cotangent.detached()
    return differentiable ? toDense(cotangent) : detach(toDense(cotangent))
  })
}

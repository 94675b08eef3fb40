/** Moving values about without changing them: ops on canonical axes, met by reshaping. */
import { integer, isWhole, listOf, whole } from '../../checks/index.ts'
import type { Check } from '../../checks/index.ts'
import { showShape, sizeOf } from '../../tensor/index.ts'
import type { Shape, Tensor } from '../../tensor/index.ts'
import { TENSOR, composite } from '../composite.ts'
import { repeat, reshapeTo, swap } from './linear.ts'

const SHAPED: Readonly<Record<string, Check>> = { x: TENSOR, shape: listOf(whole(0)) }

/** The same values under another shape. Throws a RangeError if the sizes differ. */
export const reshape = composite('reshape', SHAPED, (x: Tensor, shape: Shape): Tensor => reshapeTo(x, { m: shape }))

/** The axes as a sorted list of distinct numbers from 0. Throws a RangeError where one is not an axis of the shape. */
export function axesOf(who: string, shape: Shape, axes: number | readonly number[] | undefined): readonly number[] {
  const list = axes === undefined ? shape.map((_, axis) => axis) : typeof axes === 'number' ? [axes] : axes
  const resolved = list.map((axis) => (axis < 0 ? axis + shape.length : axis))
  resolved.forEach((axis, index) => {
    if (!isWhole(axis, 0, shape.length - 1) || resolved.indexOf(axis) !== index)
      throw new RangeError(
        `${who}: expected distinct axes from ${-shape.length} to ${shape.length - 1} of ${showShape(shape)} but got ${list.join(', ')}`,
      )
  })
  return resolved.sort((a, b) => a - b)
}

/** The (outer, middle, inner) sizes around axes [first, end). */
export const around = (shape: Shape, first: number, end: number): [number, number, number] => [
  sizeOf(shape.slice(0, first)),
  sizeOf(shape.slice(first, end)),
  sizeOf(shape.slice(end)),
]

/** Repeats axes of extent 1, and adds leading ones, up to `shape`. Throws a RangeError where they do not stretch. */
export const broadcastTo = composite('broadcastTo', SHAPED, (x: Tensor, shape: Shape): Tensor => {
  if (showShape(x.shape) === showShape(shape)) return x
  let from = [...Array.from({ length: Math.max(0, shape.length - x.shape.length) }, () => 1), ...x.shape]
  if (from.length !== shape.length || from.some((extent, axis) => extent !== 1 && extent !== shape[axis]))
    throw new RangeError(
      `broadcastTo: expected ${showShape(x.shape)} to stretch to ${showShape(shape)} but it does not`,
    )
  let result = x
  for (let end = shape.length; end > 0; end--) {
    let first = end
    while (first > 0 && from[first - 1] === 1 && shape[first - 1] !== 1) first--
    if (first === end) continue
    const [o, , i] = around(from, first, end)
    result = repeat(reshape(result, [o, i]), { m: sizeOf(shape.slice(first, end)) })
    from = from.map((extent, axis) => (axis >= first && axis < end ? shape[axis] : extent))
    end = first + 1
  }
  return reshape(result, shape)
})

/** The axes in another order: axis `order[k]` becomes axis k. Throws a RangeError if it is no permutation. */
export const permute = composite(
  'permute',
  { x: TENSOR, order: listOf(integer) },
  (x: Tensor, order: readonly number[]): Tensor => {
    const target = order.map((axis) => axesOf('permute', x.shape, axis)[0])
    if (target.length !== x.shape.length || new Set(target).size !== target.length)
      throw new RangeError(`permute: expected an order of the ${x.shape.length} axes but got ${order.join(', ')}`)
    const current = x.shape.map((_, axis) => axis)
    let result = x
    // Brings the axis due at `place` there, past the block of axes in between: one swap of neighbours each.
    target.forEach((axis, place) => {
      const at = current.indexOf(axis)
      if (at === place) return
      const extents = current.map((original) => x.shape[original])
      const [o, p] = around(extents, place, at)
      const moved = swap(reshape(result, [o, p, extents[at], sizeOf(extents.slice(at + 1))]))
      current.splice(at, 1)
      current.splice(place, 0, axis)
      result = reshape(
        moved,
        current.map((original) => x.shape[original]),
      )
    })
    return result
  },
)

/** The last two axes exchanged. */
export const transpose = composite('transpose', { x: TENSOR }, (x: Tensor): Tensor => {
  const axes = x.shape.map((_, axis) => axis)
  return permute(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()])
})

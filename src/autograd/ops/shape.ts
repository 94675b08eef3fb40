/** Moving values about without changing them: each verb is one op on canonical axes, met by reshaping. */
import { showShape, sizeOf } from '../../tensor/index.ts'
import type { Shape, Tensor } from '../../tensor/index.ts'
import { op } from '../op.ts'
import { axesOf, sumMiddle } from './reduce.ts'

/** The same values under another shape, sharing memory: g under the old one */
export const reshapeTo = op('reshape', '...n -> ...m', {
  refuse: ({ n, m }) => (n === m ? undefined : `expected a shape of ${n} values but got one of ${m}`),
  draw: (_, { n }) => ({ m: [n, 1] }),
  vjp: (g, [x]) => [() => reshape(g, x.shape)],
})

/** (o i) → (o m i), m times the same: Σ over m */
export const repeat = op('repeat', 'o i -> o m i', {
  forward: (kernels, [x], y, { o, m, i }) => kernels.repeat(x, y, o, m, i),
  vjp: (g) => [() => sumMiddle(g)],
})

/** (o p q i) → (o q p i): swapped back */
export const swap = op('swap', 'o p q i -> o q p i', {
  forward: (kernels, [x], y, { o, p, q, i }) => kernels.swap(x, y, o, p, q, i),
  vjp: (g) => [() => swap(g)],
})

/** (o p i) → (o q i), q of p from `start`: padded with zeros */
export const sliceMiddle = op('slice', 'o p i -> o q i', {
  attributes: { start: 0 },
  refuse: ({ start, p, q }) =>
    start >= 0 && start + q <= p ? undefined : `expected a part of ${p} but got ${start} to ${start + q}`,
  draw: ({ integer }, { p }) => {
    const start = integer(0, p)
    return { start, q: integer(0, p - start) }
  },
  forward: (kernels, [x], y, { o, p, q, i, start }) => kernels.slice(x, y, o, p, q, i, start),
  vjp: (g, _, __, { start, p }) => [() => padMiddle(g, { start, p })],
})

/** (o q i) → (o p i), zeros but for q from `start`: the slice */
export const padMiddle = op('pad', 'o q i -> o p i', {
  attributes: { start: 0 },
  refuse: ({ start, p, q }) =>
    start >= 0 && start + q <= p ? undefined : `expected room for ${start} to ${start + q} but got ${p}`,
  draw: ({ integer }, { q }) => {
    const start = integer(0, 3)
    return { start, p: start + q + integer(0, 3) }
  },
  forward: (kernels, [x], y, { o, q, p, i, start }) => kernels.pad(x, y, o, q, p, i, start),
  vjp: (g, _, __, { start, q }) => [() => sliceMiddle(g, { start, q })],
})

/** [(o pₑ i)] → (o Σp i), side by side: the slices */
export const concatMiddle = op('concat', '[o p+ i] -> o p i', {
  forward: (kernels, [xs], y, { o, i }) =>
    kernels.concat(
      xs,
      y,
      o,
      xs.map(({ length }) => length / (o * i) || 0),
      i,
    ),
  vjp: (g, [xs]) => {
    let end = 0
    const starts = xs.map(({ shape }) => (end += shape[1]) - shape[1])
    return [xs.map((x, index) => () => sliceMiddle(g, { start: starts[index], q: x.shape[1] }))]
  },
})

/** The same values under another shape. Throws a RangeError if the sizes differ. */
export const reshape = (x: Tensor, shape: Shape): Tensor => reshapeTo(x, { m: shape })

/** The (outer, middle, inner) sizes around axes [first, end). */
const around = (shape: Shape, first: number, end: number): [number, number, number] => [
  sizeOf(shape.slice(0, first)),
  sizeOf(shape.slice(first, end)),
  sizeOf(shape.slice(end)),
]

const withExtent = (shape: Shape, axis: number, extent: number): Shape =>
  shape.map((old, index) => (index === axis ? extent : old))

/** Repeats axes of extent 1, and adds leading ones, up to `shape`. Throws a RangeError where they do not stretch. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
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
}

/** The axes in another order: axis `order[k]` becomes axis k. Throws a RangeError if it is no permutation. */
export function permute(x: Tensor, order: readonly number[]): Tensor {
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
}

/** The last two axes exchanged. */
export const transpose = (x: Tensor): Tensor => {
  const axes = x.shape.map((_, axis) => axis)
  return permute(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()])
}

/** Values `start` to `end` (by default the last) of one axis; negative positions count from its end. */
export function slice(
  x: Tensor,
  { axis, start = 0, end }: { readonly axis: number; readonly start?: number; readonly end?: number },
): Tensor {
  const [at] = axesOf('slice', x.shape, axis)
  const extent = x.shape[at]
  const resolve = (position: number): number => (position < 0 ? position + extent : position)
  const [from, to] = [resolve(start), resolve(end ?? extent)]
  if (!(from >= 0 && from <= to && to <= extent))
    throw new RangeError(`slice: expected a part of the ${extent} of axis ${axis} but got ${start} to ${end ?? extent}`)
  const q = to - from
  return reshape(sliceMiddle(reshape(x, around(x.shape, at, at + 1)), { start: from, q }), withExtent(x.shape, at, q))
}

/** Zeros around one axis: its values come to lie at `start` of `extent`. */
export function pad(
  x: Tensor,
  { axis, start, extent }: { readonly axis: number; readonly start: number; readonly extent: number },
): Tensor {
  const [at] = axesOf('pad', x.shape, axis)
  const padded = padMiddle(reshape(x, around(x.shape, at, at + 1)), { start, p: extent })
  return reshape(padded, withExtent(x.shape, at, extent))
}

/** Tensors side by side along one axis; the other axes must be equal. */
export function concat(xs: readonly Tensor[], { axis }: { readonly axis: number }): Tensor {
  if (xs.length === 0) throw new RangeError('concat: expected at least one tensor but got none')
  const [at] = axesOf('concat', xs[0].shape, axis)
  const rest = (shape: Shape): string => showShape(withExtent(shape, at, -1))
  const odd = xs.find(({ shape }) => rest(shape) !== rest(xs[0].shape))
  if (odd)
    throw new RangeError(
      `concat: expected shapes equal but for axis ${axis} but got ${showShape(xs[0].shape)} and ${showShape(odd.shape)}`,
    )
  const joined = concatMiddle(xs.map((x) => reshape(x, around(x.shape, at, at + 1))))
  return reshape(joined, withExtent(xs[0].shape, at, joined.shape[1]))
}

/** Tensors of one shape along a new axis, which is `axis` of the result. */
export function stack(xs: readonly Tensor[], { axis = 0 }: { readonly axis?: number } = {}): Tensor {
  if (xs.length === 0) throw new RangeError('stack: expected at least one tensor but got none')
  const { shape } = xs[0]
  const odd = xs.find((x) => showShape(x.shape) !== showShape(shape))
  if (odd)
    throw new RangeError(`stack: expected tensors of one shape but got ${showShape(shape)} and ${showShape(odd.shape)}`)
  const [at] = axesOf('stack', [...shape, 1], axis)
  const inserted = [...shape.slice(0, at), 1, ...shape.slice(at)]
  return concat(
    xs.map((x) => reshape(x, inserted)),
    { axis: at },
  )
}

/** The parts of one axis, of the given widths. Throws a RangeError if they do not add up to its extent. */
export function split(
  x: Tensor,
  { axis, widths }: { readonly axis: number; readonly widths: readonly number[] },
): Tensor[] {
  const [at] = axesOf('split', x.shape, axis)
  const total = widths.reduce((sum, width) => sum + width, 0)
  if (total !== x.shape[at])
    throw new RangeError(
      `split: expected widths that add up to ${x.shape[at]} but got ${widths.join(' + ')} = ${total}`,
    )
  let end = 0
  return widths.map((width) => slice(x, { axis: at, start: end, end: (end += width) }))
}

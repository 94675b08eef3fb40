/** Parts of an axis, cut out of it and put together: each verb is one op on (o p i), met by reshaping. */
import { integer, isWhole, listOf, needed, whole } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { showShape } from '../../tensor/index.ts'
import type { Shape, Tensor } from '../../tensor/index.ts'
import * as kernels from '../../kernels/table/index.ts'
import { TENSOR, TENSORS, composite } from '../composite.ts'
import { op } from '../op.ts'
import { around, axesOf, reshape } from './shape.ts'

/** (o p i) → (o q i), q of p from `start`: padded with zeros */
export const sliceMiddle = op('slice', 'o p i -> o q i', {
  attributes: { start: 0 },
  refuse: ({ start, p, q }) =>
    isWhole(start, 0, p - q) ? undefined : `expected a part of ${p} but got ${start} to ${start + q}`,
  draw: ({ integer }, { p }) => {
    const start = integer(0, p)
    return { start, q: integer(0, p - start) }
  },
  forward: (call, [x], y, { o, p, q, i, start }) => call(kernels.slice, x, y, o, p, q, i, start),
  vjp: (g, _, __, { start, p }) => [() => padMiddle(g, { start, p })],
})

/** (o q i) → (o p i), zeros but for q from `start`: the slice */
export const padMiddle = op('pad', 'o q i -> o p i', {
  attributes: { start: 0 },
  refuse: ({ start, p, q }) =>
    isWhole(start, 0, p - q) ? undefined : `expected room for ${start} to ${start + q} but got ${p}`,
  draw: ({ integer }, { q }) => {
    const start = integer(0, 3)
    return { start, p: start + q + integer(0, 3) }
  },
  forward: (call, [x], y, { o, q, p, i, start }) => call(kernels.pad, x, y, o, q, p, i, start),
  vjp: (g, _, __, { start, q }) => [() => sliceMiddle(g, { start, q })],
})

/** [(o pₑ i)] → (o Σp i), side by side: the slices */
export const concatMiddle = op('concat', '[o p+ i] -> o p i', {
  forward: (call, [xs], y, { o, i }) =>
    call(
      kernels.concat,
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

/** What `slice` takes. */
export interface SliceOptions {
  readonly axis: number
  /** The first position; negative ones count from the end of the axis. Default 0. */
  readonly start?: number
  /** The first position beyond. Default: the extent of the axis. */
  readonly end?: number
}

/** What `pad` takes. */
export interface PadOptions {
  readonly axis: number
  /** Where the values come to lie. */
  readonly start: number
  /** Of the axis, zeros included. */
  readonly extent: number
}

/** What `split` takes. */
export interface SplitOptions {
  readonly axis: number
  /** Of the parts, which add up to the extent of the axis. */
  readonly widths: readonly number[]
}

const AXIS = { axis: needed(integer) }
const SLICE: Checks<SliceOptions> = { ...AXIS, start: integer, end: integer }
const PAD: Checks<PadOptions> = { ...AXIS, start: needed(whole(0)), extent: needed(whole(0)) }
const SPLIT: Checks<SplitOptions> = { ...AXIS, widths: needed(listOf(whole(0))) }

const withExtent = (shape: Shape, axis: number, extent: number): Shape =>
  shape.map((old, index) => (index === axis ? extent : old))

/** Values `start` to `end` (by default the last) of one axis; negative positions count from its end. */
export const slice = composite(
  'slice',
  { x: TENSOR },
  (x: Tensor, { axis, start = 0, end }: SliceOptions): Tensor => {
    const [at] = axesOf('slice', x.shape, axis)
    const extent = x.shape[at]
    const resolve = (position: number): number => (position < 0 ? position + extent : position)
    const [from, to] = [resolve(start), resolve(end ?? extent)]
    if (!(from >= 0 && from <= to && to <= extent))
      throw new RangeError(
        `slice: expected a part of the ${extent} of axis ${axis} but got ${start} to ${end ?? extent}`,
      )
    const q = to - from
    return reshape(sliceMiddle(reshape(x, around(x.shape, at, at + 1)), { start: from, q }), withExtent(x.shape, at, q))
  },
  SLICE,
)

/** Zeros around one axis: its values come to lie at `start` of `extent`. */
export const pad = composite(
  'pad',
  { x: TENSOR },
  (x: Tensor, { axis, start, extent }: PadOptions): Tensor => {
    const [at] = axesOf('pad', x.shape, axis)
    const padded = padMiddle(reshape(x, around(x.shape, at, at + 1)), { start, p: extent })
    return reshape(padded, withExtent(x.shape, at, extent))
  },
  PAD,
)

/** Tensors side by side along one axis; the other axes must be equal. */
export const concat = composite(
  'concat',
  { xs: TENSORS },
  (xs: readonly Tensor[], { axis }: { readonly axis: number }): Tensor => {
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
  },
  AXIS,
)

/** Tensors of one shape along a new axis, which is `axis` of the result. */
export const stack = composite(
  'stack',
  { xs: TENSORS },
  (xs: readonly Tensor[], { axis = 0 }: { readonly axis?: number } = {}): Tensor => {
    if (xs.length === 0) throw new RangeError('stack: expected at least one tensor but got none')
    const { shape } = xs[0]
    const odd = xs.find((x) => showShape(x.shape) !== showShape(shape))
    if (odd)
      throw new RangeError(
        `stack: expected tensors of one shape but got ${showShape(shape)} and ${showShape(odd.shape)}`,
      )
    const [at] = axesOf('stack', [...shape, 1], axis)
    const inserted = [...shape.slice(0, at), 1, ...shape.slice(at)]
    return concat(
      xs.map((x) => reshape(x, inserted)),
      { axis: at },
    )
  },
  { axis: integer },
)

/** The parts of one axis, of the given widths. Throws a RangeError if they do not add up to its extent. */
export const split = composite(
  'split',
  { x: TENSOR },
  (x: Tensor, { axis, widths }: SplitOptions): Tensor[] => {
    const [at] = axesOf('split', x.shape, axis)
    const total = widths.reduce((sum, width) => sum + width, 0)
    if (total !== x.shape[at])
      throw new RangeError(
        `split: expected widths that add up to ${x.shape[at]} but got ${widths.join(' + ')} = ${total}`,
      )
    let end = 0
    return widths.map((width) => slice(x, { axis: at, start: end, end: (end += width) }))
  },
  SPLIT,
)

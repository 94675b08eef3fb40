/**
 * How long an axis is where the batch may have any size: times · batch + plus, found from its lengths at several sizes. It
 * refuses what is not of this form, such as the square of the batch.
 */
export interface Extent {
  readonly times: number
  readonly plus: number
}

export const fixed = (plus: number): Extent => ({ times: 0, plus })

/** The batch itself. */
export const BATCH: Extent = { times: 1, plus: 0 }

export const isFixed = ({ times }: Extent): boolean => times === 0

export const alike = (a: Extent, b: Extent): boolean => a.times === b.times && a.plus === b.plus

/** `3`, `batch`, `2*batch`, `batch+1`: as ONNX names an axis. */
export const showExtent = ({ times, plus }: Extent): string =>
  times === 0
    ? String(plus)
    : `${times === 1 ? '' : `${times}*`}batch${plus === 0 ? '' : plus > 0 ? `+${plus}` : String(plus)}`

/** The extent that has these lengths at these sizes of the batch, at least two of them; undefined where there is none. */
export function extentOf(lengths: readonly number[], batches: readonly number[]): Extent | undefined {
  const times = (lengths[1] - lengths[0]) / (batches[1] - batches[0])
  const found = { times, plus: lengths[0] - times * batches[0] }
  const holds = lengths.every((length, at) => found.times * batches[at] + found.plus === length)
  return holds && Number.isInteger(times) ? found : undefined
}

/** The shape that ONNX makes of operands of these shapes, or undefined where it cannot be told or they do not go together. */
export function broadcast(shapes: readonly (readonly Extent[])[]): readonly Extent[] | undefined {
  const rank = Math.max(...shapes.map(({ length }) => length))
  const axes = Array.from({ length: rank }, (_, axis) => {
    const extents = shapes
      .map((shape) => shape[axis - rank + shape.length] ?? fixed(1))
      .filter((extent) => !alike(extent, fixed(1)))
    const [first = fixed(1)] = extents
    return extents.every((extent) => alike(extent, first)) ? first : undefined
  })
  return axes.includes(undefined) ? undefined : (axes as readonly Extent[])
}

export const alikeShapes = (a: readonly Extent[], b: readonly Extent[]): boolean =>
  a.length === b.length && a.every((extent, axis) => alike(extent, b[axis]))

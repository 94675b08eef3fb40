/** Reductions over any axes: each is one op on (o m i), whose middle axis goes, met by reshaping. */
import { either, flag, integer, listOf } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { bufferOn, recordWithin, run, standIn } from '../../kernels/index.ts'
import * as kernels from '../../kernels/table/index.ts'
import { Ids, detach, sizeOf } from '../../tensor/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { TENSOR, composite } from '../composite.ts'
import { op } from '../op.ts'
import { add, div, equal, mul, sub, where } from './binary.ts'
import { repeat, sumMiddle } from './linear.ts'
import { axesOf, reshape } from './shape.ts'
import { scaleShift, exp, square } from './unary.ts'

/** Where x is the extreme y of its axis, divided evenly among ties. */
const share = (x: Tensor, y: Tensor, g: Tensor, m: number): Tensor => {
  const hit = equal(x, repeat(y, { m }))
  return mul(hit, repeat(div(g, sumMiddle(hit)), { m }))
}

/** The largest over m: g, shared evenly by the elements that attain it */
export const maxMiddle = op('max', 'o m i -> o i', {
  forward: (call, [x], y, { o, m, i }) => call(kernels.max, x, y, o, m, i),
  vjp: (g, [x], y, { m }) => [() => share(x, y, g, m)],
})

/** The smallest over m: g, shared evenly by the elements that attain it */
export const minMiddle = op('min', 'o m i -> o i', {
  forward: (call, [x], y, { o, m, i }) => call(kernels.min, x, y, o, m, i),
  vjp: (g, [x], y, { m }) => [() => share(x, y, g, m)],
})

/**
 * y = ln Σeˣ over m: g·e^(x − y), divided by the sum of these weights, for y may have lost the digits that make it 1; over
 * −Infinity alone, whose weights have none, 0
 */
export const logSumExpMiddle = op('logSumExp', 'o m i -> o i', {
  forward: (call, [x], y, { o, m, i }) => call(kernels.logSumExp, x, y, o, m, i),
  vjp: (g, [x], y, { m }) => [
    () => {
      const nothing = equal(y, -Infinity)
      const weights = exp(sub(x, repeat(where(nothing, 0, detach(y)), { m })))
      return mul(weights, repeat(div(g, add(sumMiddle(weights), nothing)), { m }))
    },
  ],
})

/** What reductions take. */
export interface ReduceOptions {
  /** The axis or axes that go; negative ones count from the last. Default: all. */
  readonly axis?: number | readonly number[]
  /** Leaves each reduced axis with extent 1. Default false. */
  readonly keepDims?: boolean
}

export const REDUCE: Checks<ReduceOptions> = { axis: either(integer, listOf(integer)), keepDims: flag }

type Reduce = (x: Tensor, options?: ReduceOptions) => Tensor

const reduction = <T>(who: string, reduce: (x: Tensor, options?: ReduceOptions) => T) =>
  composite(who, { x: TENSOR }, reduce, REDUCE)

const over = (who: string, middle: (x: Tensor) => Tensor): Reduce =>
  reduction(who, (x, { axis, keepDims = false } = {}) => {
    const gone = axesOf(who, x.shape, axis)
    const kept = x.shape.map((extent, index) => (gone.includes(index) ? 1 : extent))
    let result = x
    // From the last axis to the first, neighbours in one step: the extents before a run are still those of x.
    for (let end = gone.length - 1; end >= 0; end--) {
      let first = end
      while (first > 0 && gone[first - 1] === gone[first] - 1) first--
      const before = x.shape.slice(0, gone[first])
      const run = x.shape.slice(gone[first], gone[end] + 1)
      const after = kept.slice(gone[end] + 1)
      result = middle(reshape(result, [sizeOf(before), sizeOf(run), sizeOf(after)]))
      end = first
    }
    return reshape(result, keepDims ? kept : x.shape.filter((_, index) => !gone.includes(index)))
  })

/** Σ over the axes. An empty axis sums to 0. */
export const sum = over('sum', sumMiddle)

/** The largest over the axes; −Infinity over an empty one. */
export const max = over('max', maxMiddle)

/** The smallest over the axes; Infinity over an empty one. */
export const min = over('min', minMiddle)

/** ln Σeˣ over the axes, without overflow; −Infinity over an empty one. */
export const logSumExp = over('logSumExp', logSumExpMiddle)

/** The mean over the axes; NaN over an empty one. */
export const mean: Reduce = reduction('mean', (x, options) => {
  const total = sum(x, options)
  // 0/0 where there is no mean to make is no number to multiply by.
  return scaleShift(total, { factor: total.size / x.size || 0 })
})

/** The mean and the biased variance E(x − E x)² over the axes. */
export const moments = reduction('moments', (x, options): { mean: Tensor; variance: Tensor } => {
  const centre = mean(x, { ...options, keepDims: true })
  const variance = mean(square(sub(x, centre)), options)
  return { mean: reshape(centre, variance.shape), variance }
})

/** The first index of the largest value along one axis: ids, so no gradient. */
export const argmax = composite(
  'argmax',
  { x: TENSOR },
  (x: Tensor, { axis = -1 }: { readonly axis?: number } = {}): Ids => {
    const [at] = axesOf('argmax', x.shape, axis)
    const [o, m, i] = [sizeOf(x.shape.slice(0, at)), x.shape[at], sizeOf(x.shape.slice(at + 1))]
    const shape = x.shape.filter((_, index) => index !== at)
    const backend = standIn(x.backend)
    recordWithin('argmax')
    const buffer = backend.allocateIds(o * i)
    run(backend, kernels.argmax, bufferOn(backend, x), buffer, o, m, i)
    return new Ids(shape, buffer, m, backend)
  },
  { axis: integer },
)

/**
 * Joins what gates pass back to one expert, and the mask of its relu, to one pass over memory: the gradient of an expert
 * is the sum of its listeners' gradients, each weighed by what the listener gave it.
 */
import * as kernels from '../../kernels/table/index.ts'
import { as, callOf } from '../slot.ts'
import type { Call, Named, Pass } from '../slot.ts'
import { joining } from './pattern.ts'
import type { Made, OnlyMaker } from './pattern.ts'

/** Calls of mixScale that are added up, left to right, and all that goes with them. */
interface Terms {
  readonly scales: readonly Made<typeof kernels.mixScale>[]
  readonly taken: readonly Call[]
}

/** What a tree of additions adds up; nothing if it is more than mixtures. */
function terms(slot: unknown, only: OnlyMaker): Terms | undefined {
  const scale = only(slot, kernels.mixScale)
  if (scale) return { scales: [scale], taken: [scale.call] }
  const add = only(slot, kernels.add)
  const sum = add && sumOf(add, only)
  return sum && { scales: sum.scales, taken: [add.call, ...sum.taken] }
}

function sumOf({ a, b }: Named<typeof kernels.add>, only: OnlyMaker): Terms | undefined {
  const [left, right] = [terms(a, only), terms(b, only)]
  return left && right && { scales: [...left.scales, ...right.scales], taken: [...left.taken, ...right.taken] }
}

export const fuseMixtures: Pass = {
  name: 'fuse mixtures',
  does: 'joins the gradients that gates pass to one expert, and its mask, to one call',
  run: (listing, offered) => {
    if (!offered(kernels.mixScaleSum)) return listing
    return joining(listing, (call, only) => {
      const [add, mask] = [as(call, kernels.add), as(call, kernels.reluGradient)]
      const out = add?.out ?? mask?.out
      const found = add ? sumOf(add, only) : mask && terms(mask.g, only)
      if (!out || !found) return undefined
      const { scales, taken } = found
      const [{ b, d }] = scales
      // The same memory may be looked at as (b d) and as another (b d).
      if (scales.some((scale) => scale.b !== b || scale.d !== d)) return undefined
      const args = {
        weights: scales.map(({ weights }) => weights),
        xs: scales.map(({ x }) => x),
        y: mask?.y ?? null,
        out,
        b,
        e: scales.map(({ e }) => e),
        d,
        index: scales.map(({ index }) => index),
      }
      return { calls: [callOf(kernels.mixScaleSum, args, call.op)], taken }
    })
  },
}

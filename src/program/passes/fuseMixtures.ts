/**
 * Joins what gates pass back to one expert, and the mask of its relu, to one pass over memory: the gradient of an expert
 * is the sum of its listeners' gradients, each weighed by what the listener gave it.
 */
import type { Call, Pass } from '../slot.ts'
import { joining } from './pattern.ts'
import type { OnlyMaker } from './pattern.ts'

/** Calls of mixScale that are added up, left to right, and all that goes with them. */
interface Terms {
  readonly scales: readonly Call[]
  readonly taken: readonly Call[]
}

/** What a tree of additions adds up; nothing if it is more than mixtures. */
function terms(slot: unknown, only: OnlyMaker): Terms | undefined {
  const scale = only(slot, 'mixScale')
  if (scale) return { scales: [scale], taken: [scale] }
  const add = only(slot, 'add')
  const sum = add && sumOf(add.args[0], add.args[1], only)
  return sum && { scales: sum.scales, taken: [add, ...sum.taken] }
}

function sumOf(first: unknown, second: unknown, only: OnlyMaker): Terms | undefined {
  const [left, right] = [terms(first, only), terms(second, only)]
  return left && right && { scales: [...left.scales, ...right.scales], taken: [...left.taken, ...right.taken] }
}

/** Whether all of them are of one shape: the same memory may be looked at as (b d) and as another (b d). */
const alike = (scales: readonly Call[]): boolean =>
  scales.every(({ args }) => args[3] === scales[0].args[3] && args[5] === scales[0].args[5])

function fused(scales: readonly Call[], y: unknown, out: unknown, op: string): Call {
  const column = (index: number): readonly unknown[] => scales.map(({ args }) => args[index])
  const [, , , b, , d] = scales[0].args
  return { verb: 'mixScaleSum', args: [column(0), column(1), y, out, b, column(4), d, column(6)], op }
}

export const fuseMixtures: Pass = {
  name: 'fuse mixtures',
  does: 'joins the gradients that gates pass to one expert, and its mask, to one call',
  run: (listing, offered) => {
    if (!offered('mixScaleSum')) return listing
    return joining(listing, (call, only) => {
      const masked = call.verb === 'reluGradient'
      if (!masked && call.verb !== 'add') return undefined
      const [first, second, out] = call.args
      const found = masked ? terms(first, only) : sumOf(first, second, only)
      if (!found || !alike(found.scales)) return undefined
      return { calls: [fused(found.scales, masked ? second : null, out, call.op)], taken: found.taken }
    })
  },
}

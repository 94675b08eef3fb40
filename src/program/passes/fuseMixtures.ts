/**
 * Joins what gates pass back to one expert, and the mask of its relu, to one pass over memory: the gradient of an expert
 * is the sum of its listeners' gradients, each weighed by what the listener gave it.
 */
import type { Call, Pass } from '../slot.ts'
import { joining } from './pattern.ts'
import type { OnlyMaker } from './pattern.ts'

/** The calls of mixScale that a tree of additions adds up, left to right, and the additions; nothing if it adds others. */
function terms(slot: unknown, only: OnlyMaker): { scales: readonly Call[]; taken: readonly Call[] } | undefined {
  const scale = only(slot, 'mixScale')
  if (scale) return { scales: [scale], taken: [scale] }
  const add = only(slot, 'add')
  if (!add) return undefined
  const [left, right] = [terms(add.args[0], only), terms(add.args[1], only)]
  return left && right && { scales: [...left.scales, ...right.scales], taken: [add, ...left.taken, ...right.taken] }
}

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
      const [first, second, out] = call.args
      if (call.verb === 'reluGradient') {
        const found = terms(first, only)
        return found && { calls: [fused(found.scales, second, out, call.op)], taken: found.taken }
      }
      if (call.verb !== 'add') return undefined
      const [left, right] = [terms(first, only), terms(second, only)]
      if (!left || !right) return undefined
      const scales = [...left.scales, ...right.scales]
      return { calls: [fused(scales, null, out, call.op)], taken: [...left.taken, ...right.taken] }
    })
  },
}

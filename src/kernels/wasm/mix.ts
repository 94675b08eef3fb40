/** A gate's mixture and its gradients. */
import type { Exports, Own } from './exports.ts'
import { checkLength, note } from './list.ts'

/** `list` lies in the memory of the binary. */
export function mix(e: Exports, list: Int32Array): Pick<Own, 'mix' | 'mixDot' | 'mixScale' | 'mixScaleSum'> {
  const at = list.byteOffset
  return {
    mix: (weights, experts, out, b, count, d) => {
      checkLength('mix', count)
      for (let x = 0; x < count; x++) note(list, x, weights.byteOffset + 4 * x, count, experts[x].byteOffset)
      e.mix(at, count, 0, out.byteOffset, b, d)
    },
    mixScale: (weights, x, out, b, count, d, index) => {
      note(list, 0, weights.byteOffset + 4 * index, count, x.byteOffset)
      e.mix(at, 1, 0, out.byteOffset, b, d)
    },
    mixScaleSum: (weights, xs, y, out, b, es, d, indices) => {
      checkLength('mixScaleSum', xs.length)
      for (let x = 0; x < xs.length; x++) note(list, x, weights[x].byteOffset + 4 * indices[x], es[x], xs[x].byteOffset)
      e.mix(at, xs.length, y === null ? 0 : y.byteOffset, out.byteOffset, b, d)
    },
    mixDot: (x, experts, out, b, count, d) => {
      checkLength('mixDot', count)
      for (let each = 0; each < count; each++) list[each] = experts[each].byteOffset
      e.mixDot(x.byteOffset, at, out.byteOffset, b, count, d)
    },
  }
}

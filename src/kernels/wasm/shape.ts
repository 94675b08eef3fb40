/** Moving values about: mostly rows copied from one stride to another. */
import type { Exports, Own } from './exports.ts'

export const shape = (e: Exports): Pick<Own, 'slice' | 'pad' | 'concat'> => ({
  slice: (x, out, o, p, q, i, start) => {
    e.copyRows(x.byteOffset + 4 * start * i, p * i, out.byteOffset, q * i, o, q * i)
  },
  pad: (x, out, o, q, p, i, start) => {
    e.fill(0, out.byteOffset, o * p * i)
    e.copyRows(x.byteOffset, q * i, out.byteOffset + 4 * start * i, p * i, o, q * i)
  },
  concat: (xs, out, o, widths, i) => {
    let total = 0
    for (let x = 0; x < xs.length; x++) total += widths[x] * i
    let to = out.byteOffset
    for (let x = 0; x < xs.length; x++) {
      e.copyRows(xs[x].byteOffset, widths[x] * i, to, total, o, widths[x] * i)
      to += 4 * widths[x] * i
    }
  },
})

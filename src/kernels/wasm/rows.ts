/** Rows picked by integer ids. */
import type { Exports, Own } from './exports.ts'
import { checkLength, note } from './list.ts'

/** `list` lies in the memory of the binary. */
export const rows = (
  e: Exports,
  list: Int32Array,
): Pick<Own, 'gather' | 'gatherEach' | 'gatherRounded' | 'joinIds'> => ({
  gather: (table, ids, out, b, d) => {
    e.gather(table.byteOffset, ids.byteOffset, out.byteOffset, b, d, d)
  },
  gatherEach: (tables, ids, out, b, ds) => {
    checkLength('gatherEach', tables.length)
    let total = 0
    for (let x = 0; x < tables.length; x++) {
      note(list, x, tables[x].byteOffset, ids[x]?.byteOffset ?? 0, ds[x])
      total += ds[x]
    }
    e.gatherEach(list.byteOffset, tables.length, out.byteOffset, b, total)
  },
  gatherRounded: (tables, ids, out, b, ds, _, bits) => {
    checkLength('gatherRounded', tables.length)
    let total = 0
    for (let x = 0; x < tables.length; x++) {
      note(list, x, tables[x].byteOffset, ids[x].byteOffset, ds[x])
      total += ds[x]
    }
    e.gatherRounded(list.byteOffset, tables.length, out.byteOffset, b, total, bits)
  },
  joinIds: (a, b, out, m, n) => {
    e.copyRows(a.byteOffset, 0, out.byteOffset, 0, 1, m)
    e.copyRows(b.byteOffset, 0, out.byteOffset + 4 * m, 0, 1, n)
  },
})

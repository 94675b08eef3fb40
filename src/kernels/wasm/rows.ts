/** Rows picked and rows added by integer ids. Not here: what is rare, which the reference does on the same memory. */
import type { Floats } from '../backend.ts'
import type { FusedKernels } from '../fused.ts'
import type { RowKernels } from '../kernels.ts'
import type { Exports } from './exports.ts'
import { checkLength, note } from './list.ts'
import { three, two } from './wrap.ts'

type Ids = Int32Array
type Rows = Omit<RowKernels<Floats, Ids>, 'segmentMax' | 'presentIds'> & Pick<FusedKernels<Floats, Ids>, 'gatherEach'>

/** `list` lies in the memory of the binary. */
export const rows = (e: Exports, list: Int32Array): Rows => ({
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
  scatterAdd: three(e.scatterAdd),
  mergeRows: (added, ids, merged, leaders, table, b, d, stride, start, size) => {
    // A list to take the names from would be allocated at every call.
    const to = merged.byteOffset
    e.mergeRows(added.byteOffset, ids.byteOffset, to, leaders.byteOffset, table.byteOffset, b, d, stride, start, size)
  },
  nonzeroMask: two(e.nonzeroMask),
  joinIds: (a, b, out, m, n) => {
    e.copyRows(a.byteOffset, 0, out.byteOffset, 0, 1, m)
    e.copyRows(b.byteOffset, 0, out.byteOffset + 4 * m, 0, 1, n)
  },
})

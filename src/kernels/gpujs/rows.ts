/**
 * Rows picked and rows added by id. A thread of GPU.js writes its own element and no other, so that nothing can be
 * scattered: whoever adds rows up walks all ids for each row that comes out. Ids are floats here, exact to 2²⁴.
 */
import type * as cpu from '../cpu/rows.ts'
import type { KernelsOf } from './buffer.ts'
import type { Launcher } from './launch.ts'

/** out[row, j] = table[ids[row], j], 0 of an id below 0 */
const GATHER = `function (table, ids) {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.d);
  if (ids[row] < 0) {
    return 0;
  }
  return table[ids[row] * this.constants.d + this.thread.x - row * this.constants.d];
}`

/** out[id, j] = Σ of rows[row, j] over the rows of that id */
const SCATTER_ADD = `function (rows, ids) {
  const id = Math.floor((this.thread.x + 0.5) / this.constants.d);
  const j = this.thread.x - id * this.constants.d;
  let total = 0;
  for (let row = 0; row < this.constants.b; row++) {
    if (ids[row] == id) {
      total += rows[row * this.constants.d + j];
    }
  }
  return total;
}`

/** out[id, j] = max of rows[row, j] over the rows of that id, 0 where there are none; NaN is larger than all */
const SEGMENT_MAX = `function (rows, ids) {
  const id = Math.floor((this.thread.x + 0.5) / this.constants.d);
  const j = this.thread.x - id * this.constants.d;
  let largest = 0;
  let found = 0;
  for (let row = 0; row < this.constants.b; row++) {
    if (ids[row] == id) {
      const value = rows[row * this.constants.d + j];
      if (found == 0 || (largest == largest && !(value <= largest))) {
        largest = value;
      }
      found = 1;
    }
  }
  return largest;
}`

/** The id, where no row before has it, else −1 */
const LEADERS = `function (ids) {
  let leader = ids[this.thread.x];
  for (let row = 0; row < this.constants.b; row++) {
    if (row < this.thread.x && ids[row] == ids[this.thread.x]) {
      leader = -1;
    }
  }
  return leader;
}`

/** The sum of all rows of the leader's id, 0 for the others */
const MERGED = `function (rows, ids, leaders) {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.d);
  const j = this.thread.x - row * this.constants.d + this.constants.start;
  const leader = leaders[row];
  let total = 0;
  if (leader >= 0) {
    for (let other = 0; other < this.constants.b; other++) {
      if (ids[other] == leader) {
        total += rows[other * this.constants.stride + j];
      }
    }
  }
  return total;
}`

const PRESENCE = `function (ids) {
  return ids[this.thread.x] == 0 ? 0 : 1;
}`

const PRESENT_IDS = `function (ids) {
  return ids[this.thread.x] == 0 ? -1 : ids[this.thread.x];
}`

const JOIN = `function (a, b) {
  if (this.thread.x < this.constants.m) {
    return a[this.thread.x];
  }
  return b[this.thread.x - this.constants.m];
}`

export const rows = ({ launch, host }: Launcher): KernelsOf<typeof cpu> => ({
  gather: (table, ids, out, _b, d) => {
    launch(GATHER, out, [table, ids], { d })
  },
  scatterAdd: (given, ids, out, b, _v, d) => {
    launch(SCATTER_ADD, out, [given, ids], { b, d })
  },
  segmentMax: (given, ids, out, b, _v, d) => {
    launch(SEGMENT_MAX, out, [given, ids], { b, d })
  },
  mergeRows: (given, ids, merged, leaders, table, b, d, stride, start, size) => {
    launch(LEADERS, leaders, [ids], { b })
    launch(MERGED, merged, [given, ids, leaders], { b, d, stride, start })
    // Room to work in, which this way of merging has no use for.
    host(table, new Float32Array(size))
  },
  nonzeroMask: (ids, out) => {
    launch(PRESENCE, out, [ids])
  },
  presentIds: (ids, out) => {
    launch(PRESENT_IDS, out, [ids])
  },
  joinIds: (a, b, out, m) => {
    launch(JOIN, out, [a, b], { m })
  },
})

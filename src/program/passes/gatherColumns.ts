/** Gathers the rows of many tables straight into one matrix, and merges row gradients straight out of one. */
import type { Call, Pass, Slot } from '../slot.ts'
import { joining } from './pattern.ts'
import type { Joined, OnlyMaker } from './pattern.ts'

/** concat(gather(…), gather(…), …) of rows as one gatherEach */
function columns(call: Call, only: OnlyMaker): Joined | undefined {
  const [xs, out, rows, widths, inner] = call.args as readonly [Slot[], Slot, number, number[], number]
  if (inner !== 1) return undefined
  const gathers = xs.map((x) => {
    const gather = only(x, 'gather')
    return gather?.args[3] === rows ? gather : undefined
  })
  const taken = gathers.filter((gather) => gather !== undefined)
  if (taken.length < 2) return undefined
  const tables = gathers.map((gather, index) => gather?.args[0] ?? xs[index])
  const ids = gathers.map((gather) => gather?.args[1] ?? null)
  return { calls: [{ verb: 'gatherEach', args: [tables, ids, out, rows, widths], op: call.op }], taken }
}

/** mergeRows(slice(g), …) of columns of g as mergeRows that steps over g */
function stepped(call: Call, only: OnlyMaker): Joined | undefined {
  const [rows, ids, merged, leaders, table, b, d, , , size] = call.args
  const slice = only(rows, 'slice')
  if (!slice) return undefined
  const [x, , o, p, q, i, start] = slice.args as readonly [Slot, Slot, number, number, number, number, number]
  if (o !== b || q * i !== d) return undefined
  const args = [x, ids, merged, leaders, table, b, d, p * i, start * i, size]
  return { calls: [{ verb: 'mergeRows', args, op: call.op }], taken: [slice] }
}

export const gatherColumns: Pass = {
  name: 'gather columns',
  does: 'gathers many tables into one matrix, and merges row gradients out of one, without a copy between',
  run: (listing, offered) =>
    joining(listing, (call, only) => {
      if (call.verb === 'concat' && offered('gatherEach')) return columns(call, only)
      return call.verb === 'mergeRows' ? stepped(call, only) : undefined
    }),
}

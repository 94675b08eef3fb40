/** Gathers the rows of many tables straight into one matrix, and merges row gradients straight out of one. */
import * as kernels from '../../kernels/table/index.ts'
import { as, callOf } from '../slot.ts'
import type { Call, Pass } from '../slot.ts'
import { joining } from './pattern.ts'
import type { Joined, OnlyMaker } from './pattern.ts'

/** concat(gather(…), gather(…), …) of rows as one gatherEach */
function columns(call: Call, only: OnlyMaker): Joined | undefined {
  const concat = as(call, kernels.concat)
  if (concat?.i !== 1) return undefined
  const { xs, out, o: b, p: d } = concat
  const gathers = xs.map((x) => {
    const gather = only(x, kernels.gather)
    return gather?.b === b ? gather : undefined
  })
  const taken = gathers.flatMap((gather) => gather?.call ?? [])
  if (taken.length < 2) return undefined
  const tables = gathers.map((gather, index) => gather?.table ?? xs[index])
  const ids = gathers.map((gather) => gather?.ids ?? null)
  return { calls: [callOf(kernels.gatherEach, { tables, ids, out, b, d }, call.op)], taken }
}

/** mergeRows(slice(g), …) of columns of g as mergeRows that steps over g */
function stepped(call: Call, only: OnlyMaker): Joined | undefined {
  const merge = as(call, kernels.mergeRows)
  if (!merge) return undefined
  const slice = only(merge.rows, kernels.slice)
  if (slice?.o !== merge.b || slice.q * slice.i !== merge.d) return undefined
  const { x: rows, p, i, start } = slice
  const args = { ...merge, rows, stride: p * i, start: start * i }
  return { calls: [callOf(kernels.mergeRows, args, call.op)], taken: [slice.call] }
}

export const gatherColumns: Pass = {
  name: 'gather columns',
  does: 'gathers many tables into one matrix, and merges row gradients out of one, without a copy between',
  run: (listing, offered) =>
    joining(
      listing,
      (call, only) => (offered(kernels.gatherEach) ? columns(call, only) : undefined) ?? stepped(call, only),
    ),
}

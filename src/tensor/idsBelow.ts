/**
 * That ids lie below an extent, whoever wrote to them since they were made: looked at now where they are at hand, and on
 * every run of a program where a step is being recorded. It refuses to look at what is on a device, which nobody writes to.
 */
import { recordBelow } from '../kernels/index.ts'
import type { Ids } from './ids.ts'

/** An id out of its range, as an error. */
export const strayId = (who: string, which: string, values: Int32Array, at: number, least: number, below: number) =>
  new RangeError(`${who}: expected ids${which} in [${least}, ${below}) but got ${values[at]} at position ${at}`)

/** Throws a RangeError unless ids are in [least, extent); `least` is −1 where an id below 0 is nobody's. */
export function idsBelow(who: string, which: string, ids: Ids, extent: number, least = 0): void {
  if (recordBelow(ids, extent, least)) return
  const values = ids.backend.viewIds(ids.buffer)
  if (!values) return
  for (let at = 0; at < values.length; at++)
    if (values[at] < least || values[at] >= extent) throw strayId(who, which, values, at, least, extent)
}

/**
 * Ids from outside, looked at before each run: kernels trust them, and one beyond its table would read and write what
 * belongs to others. It allocates nothing, and refuses before the first call.
 */
import { strayId } from '../tensor/index.ts'
import { reads } from './slot.ts'
import type { Listing, Slot } from './slot.ts'

/** All ids of one memory, which is read as a whole: a program of one row has many ids, each in an array of its own. */
export interface Guarded {
  readonly words: Int32Array
  /** Where each of them begins and ends, the least that they may be, and the extent of the smallest table that they are used for. */
  readonly plan: Int32Array
  /** What each is called. */
  readonly which: readonly string[]
}

/** The ids that a listing reads and that somebody outside may write to; `at` finds them, if they are at hand. */
export function guard({ calls }: Listing, at: (slot: Slot) => Int32Array | undefined): readonly Guarded[] {
  const found = [...new Set(calls.flatMap(reads))].flatMap((slot) => {
    const { kind, least, below, place } = slot
    if (kind !== 'ids' || below === Infinity || (place.at !== 'input' && place.at !== 'captured')) return []
    const values = at(slot)
    const which = place.at === 'captured' ? ' of the step itself' : place.path && ` of '${place.path}'`
    return values ? [{ values, least, below, which }] : []
  })
  return [...new Set(found.map(({ values }) => values.buffer))].map((buffer) => {
    const mine = found.filter(({ values }) => values.buffer === buffer)
    return {
      words: new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4)),
      plan: Int32Array.from(
        mine.flatMap(({ values: { byteOffset, length }, least, below }) => [
          byteOffset / 4,
          byteOffset / 4 + length,
          least,
          below,
        ]),
      ),
      which: mine.map(({ which }) => which),
    }
  })
}

/** Throws a RangeError naming the first id that is nobody's where it must be somebody's, or beyond its table. */
export function checkGuarded(all: readonly Guarded[]): void {
  for (let index = 0; index < all.length; index++) {
    const { words, plan } = all[index]
    for (let entry = 0; entry < plan.length; entry += 4) {
      const end = plan[entry + 1]
      const least = plan[entry + 2]
      const span = plan[entry + 3] - least
      for (let at = plan[entry]; at < end; at++)
        // What is negative is large without its sign.
        if ((words[at] - least) >>> 0 >= span) {
          const start = plan[entry]
          throw strayId('program', all[index].which[entry / 4], words.subarray(start), at - start, least, span + least)
        }
    }
  }
}

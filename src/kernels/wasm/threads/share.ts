/** Shares calls of kernels out among a team: each does some of the rows, and all bits are as if one had done them all. */
import type { Exports } from '../exports.ts'
import type { Share } from '../kernels.ts'
import type { Pool } from './pool.ts'
import { SPLITS, splitOf } from './split.ts'
import type { ListRoom, Split } from './lists.ts'
import { MOST_ARGUMENTS } from './worker.ts'

/** Threads, and where each may note a list. */
export interface Team extends Pool {
  readonly rooms: readonly ListRoom[]
  /** Operations below which a call is not shared out. */
  readonly worthwhile: number
}

type Kernel = (...args: number[]) => void

/** A kernel that everyone does a part of, in whole vectors for all but the last. A call allocates nothing. */
function sharedOut(kernel: number, { units, work, cut }: Split, alone: Kernel, team: Team): Kernel {
  // Not of numbers only, so that what is noted is never put in a box of its own.
  const [given, mine] = [1, 2].map(() => Array.from<number>({ length: MOST_ARGUMENTS }))
  const { length } = alone
  let all = 0
  let each = 0
  const own = (part: number): void => {
    for (let index = 0; index < length; index++) mine[index] = given[index]
    // Not less, rather than more: there may be nothing at all to do.
    if (each < all) cut(mine, part * each, Math.min(each, all - part * each), team.rooms[part])
    alone(...mine)
  }
  // By name, because a list of arguments would be allocated if it is looped over.
  return (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) => {
    given[0] = a
    given[1] = b
    given[2] = c
    given[3] = d
    given[4] = e
    given[5] = f
    given[6] = g
    given[7] = h
    given[8] = i
    given[9] = j
    given[10] = k
    given[11] = l
    given[12] = m
    given[13] = n
    given[14] = o
    given[15] = p
    const { args, rooms, worthwhile } = team
    all = units(given)
    const most = Math.min(rooms.length, 1 + Math.floor((all * work(given)) / worthwhile))
    each = Math.ceil(all / most / 8) * 8
    let parts = 1
    for (let from = each; from < all; from += each, parts++) {
      args[parts - 1].set(given)
      cut(args[parts - 1], from, Math.min(each, all - from), rooms[parts])
    }
    if (parts > 1) team.call(kernel, parts, own)
    else own(0)
  }
}

/** The exports of a binary, those that can be cut shared out, and the others as kernels ask for them. */
export function shareOut(exports: Exports, team: Team): readonly [Exports, Share] {
  // Kernels count from 1, as exports stand.
  const names = Object.keys(exports)
  const shared = Object.entries(SPLITS).map(([name, split]) => {
    const alone = exports[name as keyof Exports] as Kernel
    return [name, sharedOut(names.indexOf(name) + 1, split, alone, team)]
  })
  return [
    { ...exports, ...(Object.fromEntries(shared) as Partial<Exports>) },
    (kernel, alone) => {
      const split = kernel.verb in SPLITS ? undefined : splitOf(kernel)
      return split ? sharedOut(names.indexOf(kernel.verb) + 1, split, alone as Kernel, team) : alone
    },
  ]
}

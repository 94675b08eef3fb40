/** Shares calls of kernels out among a team: each does some of the rows, and all bits are as if one had done them all. */
import type { Exports } from '../exports.ts'
import type { Share } from '../kernels.ts'
import type { Pool } from './pool.ts'
import { SPLITS, splitOf } from './split.ts'
import type { ListRoom, Split } from './split.ts'
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
  const mine = Array.from<number>({ length: MOST_ARGUMENTS })
  const { length } = alone
  const own = (part: number): void => {
    for (let index = 0; part > 0 && index < length; index++) {
      const value = team.args[part - 1][index]
      // A fraction that is there already need not be put in another box.
      if (mine[index] !== value) mine[index] = value
    }
    alone(...mine)
  }
  // By name, because a list of arguments would be allocated if it is looped over.
  return (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) => {
    mine[0] = a
    mine[1] = b
    mine[2] = c
    mine[3] = d
    mine[4] = e
    mine[5] = f
    mine[6] = g
    mine[7] = h
    mine[8] = i
    mine[9] = j
    mine[10] = k
    mine[11] = l
    mine[12] = m
    mine[13] = n
    mine[14] = o
    mine[15] = p
    const { args, rooms, worthwhile } = team
    const all = units(mine)
    const parts = Math.min(rooms.length, 1 + Math.floor((all * work(mine)) / worthwhile))
    const each = Math.ceil(all / parts / 8) * 8
    // Not less, rather than more: there may be nothing at all to do.
    if (!(each < all)) {
      own(0)
      return
    }
    let part = 1
    for (let from = each; from < all; from += each, part++) {
      args[part - 1].set(mine)
      cut(args[part - 1], from, Math.min(each, all - from), rooms[part])
    }
    cut(mine, 0, each, rooms[0])
    team.call(kernel, part, own)
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
      const split = splitOf(kernel)
      return split ? sharedOut(names.indexOf(kernel.verb) + 1, split, alone as Kernel, team) : alone
    },
  ]
}

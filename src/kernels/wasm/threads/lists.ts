/** How a call of the binary is cut for threads, and how those are that note a list: each part has a list of its own. */

/** The arguments of a call, each in its place. */
export type Arguments = Float64Array | number[]

/** All of the memory, and from where on a part may have a list of its own in it, both in numbers of four bytes. */
export interface ListRoom {
  readonly words: Int32Array
  readonly start: number
}

export interface Split {
  /** What is shared out: how many rows or numbers there are. */
  readonly units: (args: Arguments) => number
  /** Operations for each of them, about: a small call is not worth a second thread. */
  readonly work: (args: Arguments) => number
  /** Makes the arguments those of `count` units from `from` on. */
  readonly cut: (args: Arguments, from: number, count: number, room: ListRoom) => void
}

/** Copies a list to a part's own room, and returns where it ends there. */
function copyList({ words, start }: ListRoom, address: number, length: number): number {
  words.copyWithin(start, address / 4, address / 4 + length)
  return start + length
}

/** (list, count, x, b, i, bits, columns): entries of addresses, of which the third is that of rows, and how wide these are */
export const denseRounded: Split = {
  units: (args) => args[3],
  work: (args) => args[4] * args[6],
  cut: (args, from, count, room) => {
    const { words, start } = room
    const end = copyList(room, args[0], 6 * args[1])
    for (let at = start; at < end; at += 6) words[at + 2] += 4 * from * words[at + 3]
    args[0] = 4 * start
    args[2] += 4 * from * args[4]
    args[3] = count
  },
}

/** (list, count, y, out, b, d): entries of weights' address, their stride, and a part's address */
export const mix: Split = {
  units: (args) => args[4],
  work: (args) => args[1] * args[5],
  cut: (args, from, count, room) => {
    const { words, start } = room
    const end = copyList(room, args[0], 3 * args[1])
    for (let at = start; at < end; at += 3) {
      words[at] += 4 * from * words[at + 1]
      words[at + 2] += 4 * from * args[5]
    }
    args[0] = 4 * start
    if (args[2] !== 0) args[2] += 4 * from * args[5]
    args[3] += 4 * from * args[5]
    args[4] = count
  },
}

/** (x, list, out, b, e, d): entries of an expert's address */
export const mixDot: Split = {
  units: (args) => args[3],
  work: (args) => args[4] * args[5],
  cut: (args, from, count, room) => {
    const { words, start } = room
    const end = copyList(room, args[1], args[4])
    for (let at = start; at < end; at++) words[at] += 4 * from * args[5]
    args[0] += 4 * from * args[5]
    args[1] = 4 * start
    args[2] += 4 * from * args[4]
    args[3] = count
  },
}

/** (list, count, out, b, stride): entries of a table's address, that of its ids or 0, and the width of its rows */
export const gatherEach: Split = {
  units: (args) => args[3],
  work: (args) => 4 * args[4],
  cut: (args, from, count, room) => {
    const { words, start } = room
    const end = copyList(room, args[0], 3 * args[1])
    for (let at = start; at < end; at += 3)
      if (words[at + 1] === 0) words[at] += 4 * from * words[at + 2]
      else words[at + 1] += 4 * from
    args[0] = 4 * start
    args[2] += 4 * from * args[4]
    args[3] = count
  },
}

/**
 * Who has which bytes of a fixed range: blocks of whole cache lines, given out from the bottom up. Blocks that came back
 * wait for the next request of their size, which a training step is sure to make; only when the range is used up are
 * neighbours merged and split. It refuses to know what the bytes hold.
 */

const LINE = 64

export const roundUp = (bytes: number): number => Math.ceil(bytes / LINE) * LINE

export interface Heap {
  /** The first byte of a block, or undefined if there is no room. */
  readonly allocate: (bytes: number) => number | undefined
  /** Takes back a block of that many bytes. */
  readonly release: (start: number, bytes: number) => void
  /** How many bytes are free, in whatever pieces. */
  readonly free: () => number
}

/** A heap over [begin, end), both multiples of 64. */
export function heap(begin: number, end: number): Heap {
  /** First bytes of free blocks by their size. */
  let blocks = new Map<number, number[]>()
  /** From here on nothing was given out yet. */
  let top = begin
  let free = end - begin

  const keep = (start: number, size: number): void => {
    const same = blocks.get(size)
    if (same) same.push(start)
    else blocks.set(size, [start])
  }

  /** Free neighbours become one block, the last of them part of what was never given out. */
  function merge(): void {
    const starts = [...blocks].flatMap(([size, same]) => same.map((start) => ({ start, size })))
    starts.sort((a, b) => a.start - b.start)
    blocks = new Map()
    let [start, size] = [begin, 0]
    for (const next of starts) {
      if (next.start === start + size) size += next.size
      else {
        if (size > 0) keep(start, size)
        ;({ start, size } = next)
      }
    }
    if (start + size === top) top = start
    else if (size > 0) keep(start, size)
  }

  /** Takes a block from the smallest free one that has room. */
  function carve(size: number): number | undefined {
    let best = Infinity
    for (const [each, same] of blocks) if (each >= size && each < best && same.length > 0) best = each
    const start = blocks.get(best)?.pop()
    if (start !== undefined && best > size) keep(start + size, best - size)
    return start
  }

  function take(size: number): number | undefined {
    const recent = blocks.get(size)?.pop()
    if (recent !== undefined) return recent
    if (size > end - top) {
      if (size > free) return undefined
      merge()
      if (size > end - top) return carve(size)
    }
    top += size
    return top - size
  }

  return {
    allocate: (bytes) => {
      const size = roundUp(bytes)
      const start = take(size)
      if (start !== undefined) free -= size
      return start
    },
    release: (start, bytes) => {
      const size = roundUp(bytes)
      keep(start, size)
      free += size
    },
    free: () => free,
  }
}

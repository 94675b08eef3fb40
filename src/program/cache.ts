/**
 * The programs of one step, by signature. It keeps so many of those that calls made, and lets go of the ones that ran
 * longest ago; it refuses to take one from whoever asked for it, which stays until it is released.
 */
import { Ids } from '../tensor/index.ts'
import { leavesOf, mapTree, signatureOf } from './tree.ts'

interface Kept<I> {
  readonly inputs: I
  readonly alive: boolean
}

export interface Cache<I, P> {
  /** The program for inputs like these, made now if it was not yet; `asked` if it is for somebody to hold. */
  readonly of: (input: I, asked: boolean) => P
  /** All of them, which are forgotten. */
  readonly clear: () => readonly P[]
}

/** `known` if its ids may be as large as those of `input`; else `input`, with room for those of both. */
function widened<I>(input: I, known: I): I {
  const before = leavesOf(known).map((leaf) => (leaf instanceof Ids ? leaf.bound : 0))
  if (leavesOf(input).every((leaf, index) => !(leaf instanceof Ids) || leaf.bound <= before[index])) return known
  let index = 0
  return mapTree(input, (leaf) => {
    const bound = before[index++]
    return leaf instanceof Ids ? new Ids(leaf.shape, leaf.buffer, Math.max(leaf.bound, bound), leaf.backend) : leaf
  })
}

/** A cache of `most` programs beside those that were asked for. What it lets go of goes to `released`. */
export function cache<I, P extends Kept<I>>(
  most: number,
  build: (example: I) => P,
  released: (program: P) => void,
): Cache<I, P> {
  /** In the order of last use. */
  const programs = new Map<string, P>()
  /** In somebody's hands. */
  const held = new Set<P>()

  const letGo = (): void => {
    for (const each of held) if (!each.alive) held.delete(each)
    const loose = [...programs].filter(([, program]) => !held.has(program))
    for (const [signature, program] of loose.slice(0, Math.max(loose.length - most, 0))) {
      programs.delete(signature)
      released(program)
    }
  }
  return {
    of(input, asked) {
      const signature = signatureOf(input)
      const known = programs.get(signature)
      const before = known?.alive ? known : undefined
      const example = before ? widened(input, before.inputs) : input
      const made = before && example === before.inputs ? before : build(example)
      programs.delete(signature)
      programs.set(signature, made)
      if (asked) held.add(made)
      if (before && made !== before && !held.has(before)) released(before)
      if (made !== before) letGo()
      return made
    },
    clear() {
      const all = [...new Set([...programs.values(), ...held])]
      programs.clear()
      held.clear()
      return all
    },
  }
}

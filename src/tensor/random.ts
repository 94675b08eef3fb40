/** Seeded random streams, each derived from a seed and a name, that refuse to share a state: there is none. */
import { checkValue, integer, show, whole } from '../checks/index.ts'
import { randomBits, randomUniform } from '../kernels/index.ts'

/** A key for a name under a parent's key: FNV-1a over the name's UTF-16 code units, then both mixed. */
const derive = (key: number, name: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return randomBits(hash, key)
}

/** A source of random numbers in which number `counter` is always the same. */
export interface Stream {
  /** Names this stream to the kernels that draw for themselves, such as dropout. */
  readonly key: number
  /** An independent stream: one for every expert, layer and epoch. Throws a RangeError unless the name is a string. */
  stream(name: string): Stream
  /** Number `counter`, an integer from 0 as everywhere here, uniform in (0, 1). */
  uniform(counter: number): number
  /** Number `counter`, from the standard normal distribution (Box and Muller 1958). */
  normal(counter: number): number
  /** The integers 0 … n − 1 in random order (Fisher and Yates). */
  permutation(n: number): Int32Array
}

/** Positions repeat after 2³², of which a normal number takes two. */
const COUNTER = whole(0, 2 ** 32 - 1)
const HALF = whole(0, 2 ** 31 - 1)

const fromKey = (key: number): Stream => ({
  key,
  stream: (name) => {
    if (typeof name !== 'string')
      throw new RangeError(`stream: expected the name of a stream to be a string but got ${show(name)}`)
    return fromKey(derive(key, name))
  },
  uniform: (counter) => {
    checkValue('uniform', 'counter', counter, COUNTER)
    return randomUniform(key, counter)
  },
  normal: (counter) => {
    checkValue('normal', 'counter', counter, HALF)
    const radius = Math.sqrt(-2 * Math.log(randomUniform(key, 2 * counter)))
    return radius * Math.cos(2 * Math.PI * randomUniform(key, 2 * counter + 1))
  },
  permutation: (n) => {
    checkValue('permutation', 'n', n, HALF)
    const order = Int32Array.from({ length: n }, (_, index) => index)
    for (let last = n - 1; last > 0; last--) {
      const other = Math.floor(randomUniform(key, last) * (last + 1))
      const moved = order[last]
      order[last] = order[other]
      order[other] = moved
    }
    return order
  },
})

/** The root stream of an integer seed. Throws a RangeError for anything else, and for integers that are not exact. */
export function stream(seed: number): Stream {
  if (!integer.fits(seed)) throw new RangeError(`stream: expected an integer seed but got ${show(seed)}`)
  return fromKey(derive(seed | 0, String(seed)))
}

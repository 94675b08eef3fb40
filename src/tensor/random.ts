/** Seeded random streams, each derived from a seed and a name, that refuse to share a state: there is none. */
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
  /** An independent stream: one for every expert, layer and epoch. */
  stream(name: string): Stream
  /** Number `counter`, uniform in (0, 1). */
  uniform(counter: number): number
  /** Number `counter`, from the standard normal distribution (Box and Muller 1958). */
  normal(counter: number): number
  /** The integers 0 … n − 1 in random order (Fisher and Yates). */
  permutation(n: number): Int32Array
}

const fromKey = (key: number): Stream => ({
  key,
  stream: (name) => fromKey(derive(key, name)),
  uniform: (counter) => randomUniform(key, counter),
  normal: (counter) => {
    const radius = Math.sqrt(-2 * Math.log(randomUniform(key, 2 * counter)))
    return radius * Math.cos(2 * Math.PI * randomUniform(key, 2 * counter + 1))
  },
  permutation: (n) => {
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

/** The root stream of an integer seed. Throws a RangeError for any other number. */
export function stream(seed: number): Stream {
  if (!Number.isInteger(seed)) throw new RangeError(`stream: expected an integer seed but got ${seed}`)
  return fromKey(derive(seed | 0, String(seed)))
}

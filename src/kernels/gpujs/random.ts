/**
 * Dropout whose coins the host tosses: they are 32-bit products and shifts, which GPU.js has not, and they must be those
 * of every other backend, so that one seed is one result.
 */
import type * as cpu from '../cpu/random.ts'
import type { KernelsOf } from './buffer.ts'
import { randomUniform } from '../random.ts'
import { now } from '../numberOrGetter.ts'
import type { Launcher } from './launch.ts'

/** out = x·kept, where kept is 0 or 1 / (1 − rate) */
const KEEP = `function (x, kept) {
  return kept[this.thread.x] > 0 ? x[this.thread.x] * kept[this.thread.x] : 0;
}`

export const random = ({ launch, host, between }: Launcher): KernelsOf<typeof cpu> => ({
  dropout: (x, out, n, rate, key, counter) => {
    const kept = between(n)
    host(kept, () => {
      const stream = now(key)
      return Float32Array.from({ length: n }, (_, j) =>
        randomUniform(stream, counter + j) >= rate ? 1 / (1 - rate) : 0,
      )
    })
    launch(KEEP, out, [x, kept])
  },
})

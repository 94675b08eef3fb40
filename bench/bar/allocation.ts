/** Bytes that a compiled step leaves for the garbage collector: the heap before and after many steps without a collection. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const STEPS = 400
/** V8 allocates while it compiles; after so many steps it has done so. */
const WARM = 2000

export function allocatedPerStep(run: () => unknown): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let step = 0; step < WARM; step++) run()
  let least = Infinity
  // Asking costs bytes too, and now and then something else of Node's wakes up: the least of several tries counts.
  for (let attempt = 0; attempt < 5; attempt++) {
    collect()
    const before = process.memoryUsage()
    const between = process.memoryUsage()
    for (let step = 0; step < STEPS; step++) run()
    const after = process.memoryUsage()
    const used = ({ heapUsed, arrayBuffers }: NodeJS.MemoryUsage): number => heapUsed + arrayBuffers
    const asking = used(between) - used(before)
    least = Math.min(least, (used(after) - used(between) - asking) / STEPS)
  }
  return Math.max(0, least)
}

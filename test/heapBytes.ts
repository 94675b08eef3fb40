/** Bytes on V8's heap, which only tell what work took where nobody collected meanwhile: so that is asked, too. */
import { GCProfiler, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Lets go of all that nobody holds. What one collection sweeps beside us, the next waits for. */
export function collect(): void {
  gc()
  gc()
}

/**
 * Bytes that `work` takes: the least of several rounds, for the host compiles and records things of its own in some. A round
 * in which there was a collection counts as without bound: what was collected is not counted. So who allocates is seen, and
 * of who does not, one quiet round is enough.
 */
export function heapBytes(work: () => void, rounds: number): number {
  let least = Infinity
  for (let round = 0; round < rounds; round++) {
    collect()
    const profiler = new GCProfiler()
    profiler.start()
    const before = process.memoryUsage().heapUsed
    work()
    const taken = process.memoryUsage().heapUsed - before
    if (profiler.stop().statistics.length === 0) least = Math.min(least, taken)
  }
  return least
}

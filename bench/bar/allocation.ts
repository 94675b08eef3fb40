/** Bytes that compiled steps leave for the garbage collector: the heap before and after many steps without a collection. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { adagrad, adam } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import { BEST, wasmOf } from '../ours.ts'
import { prepareStep } from '../step/ours.ts'
import type { CompiledStep } from '../step/ours.ts'
import { tell } from '../step/told.ts'
import { LARGE } from '../step/workload.ts'

const STEPS = 400
/** V8 allocates while it compiles; after so many steps it has done so. */
const WARM = 2000

function allocatedPerRun(run: () => unknown): number {
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

export interface Allocation {
  readonly what: string
  readonly bytes: number
  readonly verdict: 'holds' | 'falls short'
}

/** Each is measured in turns with all before it. */
const LINES = [
  { what: 'allocation per step', optimizer: adam },
  { what: 'of two optimizers', optimizer: adagrad },
]

/** Of compiled training steps on 32 rows, if any of these lines is wanted; none where they cannot run. */
export async function allocations(wanted: (line: { readonly what: string }) => boolean): Promise<Allocation[]> {
  const backend = await wasmOf(BEST)
  if (isMissing(backend) || !LINES.some(wanted)) return []
  const running: CompiledStep[] = []
  const measured = LINES.map(({ what, optimizer }): Allocation => {
    running.push(prepareStep(tell(LARGE, 32, 1).told, backend, optimizer()))
    const bytes = allocatedPerRun(() => {
      for (let at = 0; at < running.length; at++) running[at].take(0)
    })
    return { what, bytes, verdict: bytes < 1 ? 'holds' : 'falls short' }
  })
  for (const { close } of running) close()
  return measured.filter(wanted)
}

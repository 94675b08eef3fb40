/** Bytes that compiled steps leave for the garbage collector: the heap before and after many steps without a collection. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { adagrad, adam } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import { BEST, wasmOf } from '../ours.ts'
import { prepareStep } from '../step/ours.ts'
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

/** Per compiled training step on 32 rows, first alone and then in turns with one of another optimizer; none where it cannot run. */
export async function allocations(): Promise<readonly Allocation[]> {
  const backend = await wasmOf(BEST)
  if (isMissing(backend)) return []
  const steps = [adam(), adagrad()].map((optimizer) => () => prepareStep(tell(LARGE, 32, 1).told, backend, optimizer))
  const first = steps[0]()
  const line = (what: string, bytes: number): Allocation => ({
    what,
    bytes,
    verdict: bytes < 1 ? 'holds' : 'falls short',
  })
  const alone = line(
    'allocation per step',
    allocatedPerRun(() => first.take(0)),
  )
  const second = steps[1]()
  const run = (): void => {
    first.take(0)
    second.take(0)
  }
  const both = line('of two optimizers', allocatedPerRun(run))
  first.close()
  second.close()
  return [alone, both]
}

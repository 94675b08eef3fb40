/** A turn of a contestant: runs for a while, timed by benny, and gives the milliseconds of one run per sample. It prints nothing. */
import b from 'benny'

/**
 * Runs of a few microseconds are timed together until a sample lasts this long: long for a clock, and short for a
 * scheduler, so that most samples are whole even where others want the processor too.
 */
const SAMPLE_SECONDS = 0.0005

/** benny announces every suite, and a turn is too small to be announced. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { log } = console
  console.log = () => undefined
  try {
    return await work()
  } finally {
    console.log = log
  }
}

export interface Runner {
  readonly run: () => unknown
  /** Whether a run gives a promise. */
  readonly waits: boolean
  /** Milliseconds that a run is known to take. */
  readonly takes: number
}

export async function burst({ run, waits, takes }: Runner, seconds: number): Promise<readonly number[]> {
  if (takes > seconds * 1000) {
    // Longer than its turn: one run is what there is time for, and benny would do several to find out.
    const start = performance.now()
    await run()
    return [performance.now() - start]
  }
  // benny starts a promise before it times and does not wait for it: one run must not begin before another ends.
  let last: Promise<unknown> = Promise.resolve()
  const oneByOne = async (): Promise<void> => {
    last = last.then(run)
    await last
  }
  const cases = { minTime: SAMPLE_SECONDS, maxTime: seconds, minSamples: 1, delay: 0 }
  const { results } = await quietly(async () =>
    b.suite(
      'turn',
      b.add('run', () => (waits ? oneByOne : run)),
      b.configure({ cases }),
    ),
  )
  await last
  return results[0].details.sampleResults.map((each) => each * 1000)
}

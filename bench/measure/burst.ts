/** A short burst of runs timed by benny: the milliseconds of one run, once per sample. It prints nothing. */
import b from 'benny'

/** Runs of a few microseconds are timed together until a sample lasts this long. */
const SAMPLE_SECONDS = 0.005

/** benny announces every suite, and a burst is too small to be announced. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { log } = console
  console.log = () => undefined
  try {
    return await work()
  } finally {
    console.log = log
  }
}

export async function burst(run: () => unknown, seconds: number): Promise<readonly number[]> {
  let last: unknown = run()
  // benny starts a promise before it times and does not wait for it: one run must not begin before another ends.
  const oneByOne =
    last instanceof Promise
      ? async (): Promise<void> => {
          last = (last as Promise<unknown>).then(run)
          await last
        }
      : run
  const options = { minTime: SAMPLE_SECONDS, maxTime: seconds, minSamples: 1, delay: 0 }
  const { results } = await quietly(async () =>
    b.suite(
      'burst',
      b.add('run', () => oneByOne),
      b.configure({ cases: options }),
    ),
  )
  await last
  return results[0].details.sampleResults.map((of) => of * 1000)
}

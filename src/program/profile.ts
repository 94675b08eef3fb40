/**
 * Where a program's time goes, call by call. It really runs the program: parameters move, hosts count steps. It refuses
 * to time less than one run.
 */
import { checkOptions, whole } from '../checks/index.ts'
import type { Program } from './program.ts'
import { costOf } from './cost.ts'
import { finalOf, floatBytes, namesIn, wordsOf } from './explain.ts'
import { NAMES } from './names.ts'
import type { Paths } from './names.ts'
import { wrap } from './text.ts'

/** The host's clock, where its types need not be: milliseconds, with fractions as fine as the host lets them be. */
declare const performance: { now(): number }

/** What `profile` takes. */
export interface ProfileOptions {
  /** How often the program runs. Default 100. */
  readonly runs?: number
  /** Parameters by path, as `parameters(model)` gives them. Without it they are numbered. */
  readonly names?: Paths
}

/** What one call takes. */
export interface CallProfile {
  /** Its place in the program, from 1 as in `explain`. */
  readonly number: number
  readonly verb: string
  readonly op: string
  /** Kernel, inputs and outputs, as `explain` shows them. */
  readonly text: readonly string[]
  /** Of all runs, the median. */
  readonly milliseconds: number
  /** Of the sum of these medians. */
  readonly share: number
  /** 10⁹ operations a second; 0 for a call that has none. */
  readonly gflops: number
}

/** Where the time of a program goes. */
export interface Profile {
  readonly runs: number
  readonly backend: string
  /** The median of whole runs, clocked between calls, which takes part of a microsecond for each. */
  readonly milliseconds: number
  /** In the order in which they run. */
  readonly calls: readonly CallProfile[]
}

const median = (values: Float64Array): number => values.sort()[values.length >> 1]

/**
 * Runs the program and clocks every call. Where a host rounds its clock, as browsers do, short calls come out as 0.
 *
 * @throws RangeError for less than one run, and other options that are unknown or out of their range; whatever the program
 * throws.
 */
export function profile(
  program: Pick<Program, 'backend' | 'stages' | 'steps' | 'run'>,
  options: ProfileOptions = {},
): Profile {
  checkOptions('profile', options, { runs: whole(1), names: NAMES })
  const { runs = 100, names } = options
  const { steps, backend } = program
  const name = namesIn(program, names)
  const clocked = steps.map(() => new Float64Array(runs))
  const totals = new Float64Array(runs)
  // Says whether it is alive, brings in what was captured elsewhere, and warms caches.
  program.run()
  for (let run = 0; run < runs; run++) {
    const begin = performance.now()
    let before = begin
    for (let index = 0; index < steps.length; index++) {
      steps[index]()
      const after = performance.now()
      clocked[index][run] = after - before
      before = after
    }
    totals[run] = before - begin
  }
  const medians = clocked.map(median)
  const total = medians.reduce((sum, each) => sum + each, 0)
  const calls = finalOf(program).calls.map((call, index) => {
    const milliseconds = medians[index]
    return {
      number: index + 1,
      verb: call.kernel.verb,
      op: call.op,
      text: wordsOf(call, name),
      milliseconds,
      share: total > 0 ? milliseconds / total : 0,
      gflops: milliseconds > 0 ? costOf(call, floatBytes(program)).flops / milliseconds / 1e6 : 0,
    }
  })
  return { runs, backend: backend.name, milliseconds: median(totals), calls }
}

/** What `showProfile` takes. */
export interface ShowProfileOptions {
  /** How many calls have a line of their own. Default 20. */
  readonly most?: number
}

/**
 * A profile as text of 80 columns, the longest calls first.
 *
 * @throws RangeError where an option is unknown or out of its range.
 */
export function showProfile({ runs, backend, milliseconds, calls }: Profile, options: ShowProfileOptions = {}): string {
  checkOptions('showProfile', options, { most: whole(0) })
  const { most = 20 } = options
  const longest = [...calls].sort((a, b) => b.milliseconds - a.milliseconds || a.number - b.number)
  const rest = longest.splice(most)
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`
  const row = (cells: readonly [string, string, string, string, string]): string =>
    cells
      .map((cell, at) => (at === 4 ? `  ${cell}` : cell.padStart([3, 9, 8, 9][at])))
      .join('')
      .trimEnd()
  return [
    `median of ${runs} runs on ${backend}, which moved what they move: ${milliseconds.toFixed(3)} ms`,
    '',
    row(['#', 'µs', 'share', 'GFLOP/s', 'call, inputs → output (op)']),
    ...longest.flatMap(({ number, milliseconds: each, share, gflops, text }) => {
      const [first, ...more] = wrap(text, 49, 2)
      const numbers = [String(number), (1000 * each).toFixed(1), percent(share), gflops.toFixed(2)] as const
      return [row([...numbers, first]), ...more.map((line) => row(['', '', '', '', line]))]
    }),
    ...(rest.length > 0
      ? [`${rest.length} more calls take ${percent(rest.reduce((sum, { share }) => sum + share, 0))}`]
      : []),
  ].join('\n')
}

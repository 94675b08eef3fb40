/**
 * A step run on its real input to see how long it takes, on copies of whatever it changes. It refuses to time numbers that
 * are not those that another backend gave.
 */
import type { Backend, Floats, LaunchingBackend } from '../../kernels/index.ts'
import { write } from '../compile.ts'
import { build } from '../program.ts'
import { leavesOf } from '../tree.ts'
import { buildAsync } from './asyncProgram.ts'
import { inTurn } from './compileAsync.ts'
import { rehearsed } from './rehearsal.ts'

/** What a step gave, tensor by tensor. */
export type Answer = readonly (Floats | Int32Array)[]

export interface Trial {
  readonly run: () => Promise<void> | void
  readonly answer: () => Answer
  readonly release: () => Promise<void>
}

/** Milliseconds: until engines have compiled what is hot; of a sample at the least; of all samples, whatever is asked. */
const [WARM, SAMPLE, ENOUGH] = [50, 1, 1000]
/** In a sample, should the clock stand still. */
const MOST_RUNS = 2 ** 12
/** The smallest normal number: a shader may take what is below for 0. */
const TINY = 2 ** -126

/** Whether memory is out of reach, so that programs answer by promise. */
export const isAway = (backend: Backend): backend is LaunchingBackend => 'record' in backend

/** Records `step` for a backend, to be run on this input. */
export function trialOf<I>(step: (input: I) => unknown, input: I, backend: Backend, resident: boolean): Trial {
  const away = isAway(backend)
  const program = away
    ? buildAsync(step, input, backend, resident, rehearsed)
    : build(step, input, backend, 1, rehearsed)
  const run = (): Promise<void> | void => {
    write(input, program.inputs)
    return program.run()
  }
  const release = async (): Promise<void> => program.release()
  return {
    run: away ? () => inTurn(backend, async () => run()) : run,
    release: away ? () => inTurn(backend, release) : release,
    answer: () => leavesOf(program.outputs).map(({ values }) => values.slice()),
  }
}

/** Throws unless all numbers are those expected, up to `tolerance` of the largest in their tensor. */
export function checkAgreement(got: Answer, expected: Answer, tolerance: number): void {
  expected.forEach((numbers, output) => {
    let largest = 0
    for (const number of numbers) if (Math.abs(number) < Infinity) largest = Math.max(largest, Math.abs(number))
    const slack = numbers instanceof Int32Array ? 0 : Math.max(tolerance * largest, TINY)
    numbers.forEach((number: number, at: number) => {
      const other = got[output][at]
      if (!Object.is(other, number) && !(Math.abs(other - number) <= slack))
        throw new Error(`its numbers are wrong: ${other} where the first gave ${number}, at ${at} of output ${output}`)
    })
  })
}

/** Milliseconds of a run, once warm: the median of so many samples, or of fewer where they take long. */
export async function paceOf({ run }: Trial, samples: number, clock: () => number): Promise<number> {
  const sample = async (least: number): Promise<number> => {
    const start = clock()
    let runs = 0
    do {
      // What is done at once is not waited for, which would take longer than some steps.
      const done = run()
      if (done) await done
      runs++
    } while (clock() - start < least && runs < MOST_RUNS)
    return (clock() - start) / runs
  }
  await sample(WARM)
  const times: number[] = []
  const start = clock()
  do times.push(await sample(SAMPLE))
  while (times.length < samples && clock() - start < ENOUGH)
  return times.sort((a, b) => a - b)[times.length >> 1]
}

/**
 * Times a verb on a backend, from small calls to large ones, with its arrays already there. It refuses to time a backend
 * whose numbers are not the reference's.
 */
import type { Backend, Floats } from '../../backend.ts'
import { cpu } from '../../cpu/index.ts'
import { lineThrough } from './line.ts'
import type { Line, Rung } from './line.ts'
import { stage } from './stage.ts'
import type { Staged } from './stage.ts'
import { TRIALS } from './trials.ts'
import type { Sizes } from './trial.ts'

/** Milliseconds on any clock. */
export type Clock = () => number

/** Calls are repeated until they take so many milliseconds, more than a clock's grain … */
const ENOUGH = 1
/** … or there are so many. */
const MOST_CALLS = 2 ** 12
/** After a call that took so many milliseconds no larger one is tried. */
const PATIENCE = 100
/** Of the largest number: what a GPU's exp may be off, and no wrong kernel is. */
const TOLERANCE = 1e-4

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]

/** Milliseconds that a call takes, without what it takes to know that it is done: the median of three runs. */
async function pace(staged: Staged, clock: Clock): Promise<number> {
  const time = async (calls: number): Promise<number> => {
    const start = clock()
    await staged.run(calls)
    return clock() - start
  }
  const rest = median([await time(0), await time(0), await time(0)])
  let calls = 1
  let first = await time(calls)
  while (first - rest < ENOUGH && calls < MOST_CALLS) {
    calls *= Math.min(16, Math.max(2, Math.ceil(ENOUGH / Math.max(first - rest, 0.01))))
    first = await time(calls)
  }
  return Math.max(0, median([first, await time(calls), await time(calls)]) - rest) / calls
}

const maximumOf = (numbers: Floats): number => {
  let maximum = 0
  for (const number of numbers) maximum = Math.max(maximum, Math.abs(number))
  return maximum
}

function checkAgreement(who: string, got: Floats, expected: Floats): void {
  const slack = TOLERANCE * Math.max(maximumOf(expected), 1)
  for (let j = 0; j < expected.length; j++)
    if (!(Math.abs(got[j] - expected[j]) <= slack))
      throw new Error(`${who}: expected ${expected[j]} at ${j} but got ${got[j]}: because its numbers are wrong`)
}

/** Makes one call of a fresh trial, and throws where its numbers are not the reference's. */
async function tryOut(staged: Staged, backend: Backend, verb: string, sizes: Sizes): Promise<void> {
  await staged.run(1)
  const reference = stage(cpu, verb, sizes)
  await reference.run(1)
  const who = `${verb} (${sizes.join(' ')}) on ${backend.name}`
  checkAgreement(who, await staged.answer(), await reference.answer())
}

/**
 * That the smallest trial of `verb` gives the numbers of the reference.
 *
 * @throws Error where it does not, or fails.
 */
export async function check(backend: Backend, verb: string): Promise<void> {
  const [sizes] = TRIALS[verb].ladder
  const staged = stage(backend, verb, sizes)
  try {
    await tryOut(staged, backend, verb, sizes)
  } finally {
    staged.release()
  }
}

/**
 * How long calls of `verb` take on a backend.
 *
 * @throws Error where it fails, or computes something else than the reference.
 */
export async function lineOf(backend: Backend, verb: string, clock: Clock): Promise<Line> {
  const { ladder, operations } = TRIALS[verb]
  const rungs: Rung[] = []
  for (const sizes of ladder) {
    const staged = stage(backend, verb, sizes)
    try {
      await tryOut(staged, backend, verb, sizes)
      rungs.push({ operations: operations(sizes), milliseconds: await pace(staged, clock) })
    } finally {
      staged.release()
    }
    if (rungs[rungs.length - 1].milliseconds > PATIENCE) break
  }
  return lineThrough(rungs)
}

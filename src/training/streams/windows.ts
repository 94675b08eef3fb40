/**
 * The windows of rounds in memory, one after the other: while steps take the rows of one, the next is read. It refuses to
 * hold more than two, and to read on where nobody asks any more.
 */
import type { Dataset } from '../../data/index.ts'
import type { PartMade, Ranges, Unread } from '../step/source.ts'
import { stepsOf } from '../step/rounds.ts'
import type { RoundsOptions } from '../step/rounds.ts'
import { holding } from './holding.ts'
import type { Holding } from './holding.ts'
import { windowRowsOf, windowsOf } from './plan.ts'
import type { Window } from './plan.ts'

// Every host has both; types for one of them would bring all of that host's.
declare function setTimeout(call: () => void): unknown
declare const setImmediate: typeof setTimeout | undefined
declare const performance: { now(): number }

/** Lets in what has come, which waits for a task to end: in Node at once, elsewhere after some milliseconds. */
const letIn = (): Promise<void> =>
  new Promise((resolve) => void (typeof setImmediate === 'function' ? setImmediate : setTimeout)(resolve))

/** The share of a step's time that whatever brings rows may have beside it, where these are behind. */
const BESIDE = 1 / 12

/** What windows are made of. */
export interface WindowSource {
  readonly sizes: readonly number[]
  readonly example: Dataset
  readonly buffer: number
  readonly read: (part: number) => Promise<Dataset>
}

interface Filled {
  readonly data: Dataset
  readonly window: Window
}

/** A window that is being filled. */
interface Filling {
  readonly done: Promise<Filled>
  /** Which share of its rows it has, and whether it gets no more. */
  readonly progress: { share: number; settled: boolean }
}

/** The windows of all rounds from one on, without end, past so many steps of the first. */
function* all(
  { sizes, buffer }: WindowSource,
  { stepRows, shuffle, seed, first, skip = 0 }: RoundsOptions,
  rows: number,
): Generator<{ readonly window: Window; readonly start: number }, never> {
  const steps = stepsOf(rows, stepRows)
  let skipped = (skip % steps) * stepRows
  for (let round = first + Math.floor(skip / steps); ; round++)
    for (const window of windowsOf(sizes, round, { buffer, stepRows, shuffle, seed })) {
      const start = Math.min(skipped, window.rows)
      skipped -= start
      if (start < window.rows) yield { window, start }
    }
}

/** The rows of steps, round by round, each with what it waited for. */
export function windowed(source: WindowSource, options: RoundsOptions, made: PartMade): Ranges {
  const { sizes, example } = source
  const { stepRows, epochs = Infinity, skip = 0 } = options
  const rows = sizes.reduce((sum, size) => sum + size, 0)
  const most = epochs * stepsOf(rows, stepRows) - skip
  const capacity = windowRowsOf(rows, { ...source, stepRows })
  const coming = all(source, options, rows)
  const holdings: Holding[] = []
  let closed = false
  /** Steps that windows which were begun have rows for. */
  let provided = 0
  let turn = 0

  /** The part that was read last: the next window may begin within it. */
  let last: { readonly place: number; readonly part: Dataset } | undefined
  const partAt = async (place: number): Promise<Dataset> => {
    if (last?.place !== place) last = { place, part: made(await source.read(place)) }
    return last.part
  }
  const fill = (window: Window): Filling => {
    const into = (holdings[turn] ??= holding(example, capacity))
    if (capacity < rows) turn = 1 - turn
    const progress = { share: 0, settled: false }
    const copy = async (): Promise<Filled> => {
      let copied = 0
      for (const { part: place, from, to } of window.slices) {
        if (closed) break
        into.put(await partAt(place), from, to, copied)
        copied += to - from
        progress.share = copied / window.rows
      }
      if (capacity === rows) last = undefined
      return { data: into.first(window.rows), window }
    }
    const done = copy().finally(() => (progress.settled = true))
    // Whoever asks for the window is told; nobody else.
    done.catch(() => undefined)
    return { done, progress }
  }

  let current: Filled | undefined
  let next: { readonly filling: Filling; readonly start: number } | undefined
  let at = 0
  const begin = (): void => {
    next = undefined
    if (closed || provided >= most) return
    const { window, start } = coming.next().value
    provided += stepsOf(window.rows - start, stepRows)
    // All rows in one window stay where they are: only their order is another in the next round.
    const filled = capacity === rows ? current : undefined
    next = {
      start,
      filling: filled
        ? { done: Promise.resolve({ data: filled.data, window }), progress: { share: 1, settled: true } }
        : fill(window),
    }
  }
  let waited = 0
  let stepping = 0
  /** When a step could begin, unless an epoch has ended since. */
  let took: number | undefined
  const comeTo = async (step: number): Promise<void> => {
    if (!current || at >= current.window.rows) {
      const { filling, start } = next!
      current = await filling.done
      at = start
      begin()
      return
    }
    if (!next) return
    // What has come waits until a step has ended: it is let in, for as long as steps are worth it.
    const { progress } = next.filling
    const until = performance.now() + step * BESIDE
    while (!progress.settled && progress.share < at / current.window.rows) {
      await letIn()
      if (performance.now() >= until) return
    }
  }
  begin()
  return {
    async ready(): Promise<Unread | undefined> {
      const started = performance.now()
      const step = took === undefined ? 0 : started - took
      stepping += step
      try {
        await comeTo(step)
        return undefined
      } catch (error) {
        return { error }
      } finally {
        took = performance.now()
        waited += took - started
      }
    },
    next() {
      const { data, window } = current!
      const value = { start: at, rows: Math.min(stepRows, window.rows - at), order: window.order, data }
      at += stepRows
      return { value }
    },
    told() {
      if (took !== undefined) stepping += performance.now() - took
      const waiting = waited / (waited + stepping)
      waited = stepping = 0
      took = undefined
      return { waiting }
    },
    close() {
      closed = true
      next = undefined
    },
  }
}

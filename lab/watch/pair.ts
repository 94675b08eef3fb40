/**
 * Two trainings in step, each in a worker of its own: neither is ever more than an epoch ahead of the other. A pair that is
 * closed has no worker left; it refuses nothing, for a page asks only for what it shows.
 */
/// <reference types="vite/client" />
import { workerAt } from '../frame/worker.ts'
import type { BatchNews, News, Order, Ready, Snapshot } from './messages.ts'
import { SIDES } from './settings.ts'
import type { Settings, SideName } from './settings.ts'
import worker from './worker.ts?worker&url'

/** Where one side stands. */
export interface Stand {
  ready?: Ready
  /** Epoch by epoch, from the one before the first step. */
  snapshots: Snapshot[]
  /** Of the steps that were told of, in order. */
  batches: BatchNews[]
  step: number
  /** Whether it waits. */
  held: boolean
  /** Whether it is on its way back, and what it tells is over. */
  returning: boolean
  failed?: string
}

export interface Pair {
  readonly settings: Settings
  readonly sides: Readonly<Record<SideName, Stand>>
  /** Whether both train on by themselves. */
  readonly running: boolean
  /** Epochs that both have ended. */
  epochs(): number
  run(): void
  pause(): void
  /** So many steps more, of each. */
  steps(count: number): void
  /** To the end of the epoch. */
  epoch(): void
  back(epoch: number): void
  /** The model of a side as a file, as it was after an epoch. */
  keep(side: SideName, epoch: number): Promise<Uint8Array<ArrayBuffer>>
  close(): void
}

/** Points of a curve, of which a chart needs no more. */
const MOST_POINTS = 600

/** How long an epoch takes, in seconds. */
const SECONDS = { slow: 2, steady: 0.5, fast: 0 } as const

const makeWorker = (): Worker => workerAt(worker)

/** Starts two workers, and tells whenever something has come of them. */
export function pairOf(settings: Settings, file: Blob | undefined, changed: () => void): Pair {
  const stand = (): Stand => ({ snapshots: [], batches: [], step: 0, held: false, returning: false })
  const sides = { a: stand(), b: stand() }
  const workers = { a: makeWorker(), b: makeWorker() }
  const wanted = new Map<SideName, (bytes: Uint8Array<ArrayBuffer>) => void>()
  const pace = SECONDS[settings.pace]
  let running = false

  const order = (side: SideName, said: Order): void => workers[side].postMessage(said)
  const batchesOf = (side: SideName): number => sides[side].ready?.batches ?? 0
  const epochs = (): number => Math.max(0, Math.min(...SIDES.map((side) => sides[side].snapshots.length)) - 1)
  const until = (side: SideName, step: number, seconds = 0): void => {
    sides[side].held = false
    order(side, { kind: 'until', step, seconds })
  }
  const allow = (): void => {
    if (!running) return
    if (epochs() >= settings.epochs) running = false
    else for (const side of SIDES) until(side, (epochs() + 2) * batchesOf(side), pace)
  }

  function hear(side: SideName, news: News): void {
    const it = sides[side]
    if (it.returning && ['batch', 'epoch', 'held'].includes(news.kind)) return
    switch (news.kind) {
      case 'ready':
        it.ready = news.ready
        break
      case 'batch':
        it.step = news.step
        it.batches.push({ step: news.step, losses: news.losses })
        // Every other one of those that are old is enough.
        if (it.batches.length > MOST_POINTS)
          it.batches = it.batches.filter((_, at) => at % 2 === 0 || at > MOST_POINTS / 2)
        break
      case 'epoch':
        it.snapshots.push(news.snapshot)
        it.step = news.snapshot.epoch * batchesOf(side)
        allow()
        break
      case 'held':
        it.held = true
        it.step = news.step
        break
      case 'returned':
        it.returning = false
        break
      case 'kept':
        wanted.get(side)?.(news.bytes)
        break
      case 'failed':
        it.failed = news.words
        running = false
        break
      case 'found':
    }
    changed()
  }

  for (const side of SIDES) {
    workers[side].onmessage = ({ data }: MessageEvent<News>) => hear(side, data)
    workers[side].onerror = (event) =>
      hear(side, { kind: 'failed', words: event.message || 'the worker could not be started' })
    order(side, { kind: 'start', settings, side, ...(file && { file }) })
  }

  return {
    settings,
    sides,
    get running() {
      return running
    },
    epochs,
    run() {
      running = true
      allow()
      changed()
    },
    pause() {
      running = false
      for (const side of SIDES) until(side, 0)
      changed()
    },
    steps(count) {
      running = false
      for (const side of SIDES) until(side, sides[side].step + count)
    },
    epoch() {
      running = false
      // The one that is behind, where one is.
      for (const side of SIDES) until(side, (epochs() + 1) * batchesOf(side), pace)
    },
    back(epoch) {
      running = false
      for (const side of SIDES) {
        const it = sides[side]
        it.snapshots = it.snapshots.filter((snapshot) => snapshot.epoch <= epoch)
        it.batches = it.batches.filter(({ step }) => step <= epoch * batchesOf(side))
        it.step = epoch * batchesOf(side)
        it.returning = true
        order(side, { kind: 'back', epoch })
      }
      changed()
    },
    keep: (side, epoch) =>
      new Promise((resolve) => {
        wanted.set(side, resolve)
        order(side, { kind: 'keep', epoch })
      }),
    close() {
      for (const side of SIDES) workers[side].terminate()
    },
  }
}

/** What a file has, as a worker reads it, which then ends. */
export async function lookAt(file: Blob): Promise<News> {
  const worker = makeWorker()
  try {
    return await new Promise<News>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<News>) => resolve(data)
      worker.onerror = (event) => resolve({ kind: 'failed', words: event.message || 'the worker could not be started' })
      worker.postMessage({ kind: 'look', file } satisfies Order)
    })
  } finally {
    worker.terminate()
  }
}

/**
 * Runs what a study still lacks, several runs at a time, and keeps each the moment it ends. It trains nothing itself, and
 * starts nothing that has been run before unless it is told to.
 */
import { keysOf } from './store.ts'
import type { Store } from './store.ts'
import type { Measured, Run } from './setting.ts'
import type { Study } from './study.ts'

/** One run that is to be done, by names alone: what a worker needs to know. */
export interface Task {
  readonly study: string
  readonly setting: string
  readonly cell: string
  readonly seed: number
}

/** What a worker sends back. */
export type Trained = Measured & Pick<Run, 'relaxedSimd'>

/** Someone who does one task at a time. */
export interface Worker {
  readonly train: (task: Task) => Promise<Trained>
  readonly stop: () => void
}

export interface Plan {
  /** Under the names that the study knows them by. */
  readonly done: readonly Run[]
  readonly missing: readonly (Task & { readonly key: string })[]
}

/**
 * Seeds outermost, so that a study which is stopped has whole comparisons. `fresh` finds nothing done. A run that stands in
 * several settings is missing once.
 */
export function plan(study: Study, seeds: readonly number[], store: Store, fresh = false): Plan {
  const done: Run[] = []
  const missing = new Map<string, Plan['missing'][number]>()
  const settings = study.settings.map((setting) => ({ setting, keyOf: keysOf(setting) }))
  for (const seed of seeds)
    for (const { setting, keyOf } of settings)
      for (const cell of setting.cells) {
        const key = keyOf(cell, seed)
        const run = fresh ? undefined : store.find(key)
        // Another study may have run it, and may have called it otherwise.
        if (run) done.push({ ...run, setting: setting.name, cell: cell.name })
        else if (!missing.has(key))
          missing.set(key, { study: study.name, setting: setting.name, cell: cell.name, seed, key })
      }
  return { done, missing: [...missing.values()] }
}

export interface Settings {
  readonly jobs: number
  readonly hire: () => Worker
  readonly store: Pick<Store, 'add'>
  /** Told of each run as it ends. */
  readonly onRun?: (run: Run) => void
  readonly signal?: AbortSignal
}

/**
 * The runs that were missing, as many as had ended when `signal` was aborted.
 *
 * @throws Error naming setting, cell and seed of a run that failed; what had ended before is kept.
 */
export async function runMissing(missing: Plan['missing'], settings: Settings): Promise<readonly Run[]> {
  const { jobs, hire, store, onRun, signal } = settings
  const runs: Run[] = []
  const queue = [...missing]
  const workers: Worker[] = []
  const stopAll = (): void => workers.forEach(({ stop }) => stop())
  signal?.addEventListener('abort', stopAll)
  const lane = async (): Promise<void> => {
    const worker = hire()
    workers.push(worker)
    for (let next = queue.shift(); next !== undefined && !signal?.aborted; next = queue.shift()) {
      const { key, study: _, ...names } = next
      let trained: Trained
      try {
        trained = await worker.train(next)
      } catch (error) {
        if (signal?.aborted) return
        queue.length = 0
        throw new Error(`${next.setting}, ${next.cell}, seed ${next.seed}: ${(error as Error).message}`, {
          cause: error,
        })
      }
      const run = { key, ...names, ...trained, node: process.version, date: new Date().toISOString() }
      store.add(run)
      runs.push(run)
      onRun?.(run)
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, missing.length) }, lane))
  } finally {
    signal?.removeEventListener('abort', stopAll)
    stopAll()
  }
  return runs
}

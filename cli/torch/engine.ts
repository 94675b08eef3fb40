/**
 * PyTorch as it trains: processes that are started, followed by what they tell in a file, and asked to stop by another. It
 * refuses to leave one behind.
 */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Scores } from '../../src/index.ts'
import { EXIT, told } from '../told.ts'
import type { Engine } from './python.ts'

/** What an epoch was like. NaN is null there. */
export interface EpochTold {
  readonly epoch: number
  readonly losses: Readonly<Record<string, number>>
  readonly validation?: Scores
  readonly score?: number
  readonly learningRate: number
  readonly seconds: number
}

export interface Resumed {
  readonly checkpoint: string
  readonly step: number
  readonly passedOver: readonly string[]
}

/** What a training was like. */
export interface Done {
  readonly ranks: number
  readonly parameters: number
  readonly rows: Readonly<Record<string, number>>
  readonly ran: { readonly backend: string }
  readonly resumed?: Resumed
  readonly stopped: 'finished' | 'early'
  readonly best?: number
  readonly steps: number
  readonly epochs: readonly EpochTold[]
  readonly scores: Readonly<Record<string, Scores>>
}

export type Told =
  | { readonly event: 'began'; readonly ranks: number; readonly idle: number; readonly resumed?: Resumed }
  | {
      readonly event: 'step'
      readonly epoch: number
      readonly epochs: number
      readonly batch: number
      readonly batches: number
      readonly step: number
      readonly losses: Readonly<Record<string, number>>
    }
  | ({ readonly event: 'epoch' } & EpochTold)
  | { readonly event: 'stopped'; readonly steps: number }
  | { readonly event: 'failed'; readonly rank: number; readonly refused: boolean; readonly message: string }
  | ({ readonly event: 'done' } & Done)

/** A training to start. */
export interface Start {
  readonly python: string
  readonly engine: Engine
  readonly ranks: number
  /** Of the package; what is told, logged and left is in its `out`. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly onTold: (told: Told) => void
}

/** How often ranks that were lost are started again. */
const RESTARTS = 3
const LOOK = 100

const commandOf = ({ engine, ranks, folder }: Start, events: string): readonly string[] => {
  const common = ['--events', events, '--out', join(folder, 'out')]
  if (engine === 'ray')
    return [join(folder, 'ray_train.py'), '--ranks', String(ranks), '--restarts', String(RESTARTS), ...common]
  const run = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', String(ranks)]
  return [...run, '--max-restarts', String(RESTARTS), join(folder, 'train.py'), ...common]
}

const filesIn = (folder: string) => {
  const out = join(folder, 'out')
  return { out, events: join(out, 'events.jsonl'), log: join(out, 'log.txt'), stop: join(out, 'stop') }
}

/** By how many ranks a training was taken before, where it began. */
export function ranksBefore(folder: string): number | undefined {
  const { events } = filesIn(folder)
  const lines = existsSync(events) ? readFileSync(events, 'utf8').split('\n').slice(0, -1) : []
  return lines.map((line) => JSON.parse(line) as Told).find((one) => one.event === 'began')?.ranks
}

/** The end of a log: where nothing was told in words, that says most. */
const lastLines = (path: string): string => readFileSync(path, 'utf8').trimEnd().split('\n').slice(-8).join('\n')

/** Starts a training and follows it to its end, which is what it told last. @throws what `told` makes where it failed. */
export async function follow(start: Start): Promise<Extract<Told, { event: 'done' | 'stopped' }>> {
  const { python, folder, signal, onTold } = start
  const { out, events, log, stop } = filesIn(folder)
  mkdirSync(out, { recursive: true })
  for (const path of [events, stop]) rmSync(path, { force: true })
  const written = openSync(log, 'w')
  const env = { ...process.env, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', RAY_TRAIN_V2_ENABLED: '1' }
  // A group of their own: Ctrl-C is asked by a file, so that all ranks end after the same step.
  const child = spawn(python, commandOf(start, events), { env, detached: true, stdio: ['ignore', written, written] })
  closeSync(written)
  // Who starts ranks ends them, too; killed, it would leave them behind.
  const end = (): boolean => child.kill('SIGTERM')
  const leave = (): void => process.exit(EXIT.failed)
  process.once('exit', end).once('SIGTERM', leave).once('SIGHUP', leave)
  const ask = (): void => writeFileSync(stop, '')
  if (signal.aborted) ask()
  signal.addEventListener('abort', ask)

  let seen = 0
  let last: Extract<Told, { event: 'done' | 'stopped' }> | undefined
  let failed: Extract<Told, { event: 'failed' }> | undefined
  const look = (): void => {
    const lines = existsSync(events) ? readFileSync(events, 'utf8').split('\n') : []
    // The last line may be half of one.
    for (const line of lines.slice(seen, -1)) {
      const one = JSON.parse(line) as Told
      if (one.event === 'done' || one.event === 'stopped') last = one
      // What a rank refuses is why others lose it.
      else if (one.event === 'failed' && failed?.refused !== true) failed = one
      onTold(one)
    }
    seen = Math.max(0, lines.length - 1)
  }
  const looking = setInterval(look, LOOK)
  let status: number | null
  try {
    status = await new Promise<number | null>((done, fail) => {
      child.once('error', fail)
      child.once('exit', done)
      const refused = setInterval(() => {
        // It would be refused again, however often ranks are started.
        if (failed?.refused !== true) return
        clearInterval(refused)
        setTimeout(end, 10 * LOOK)
      }, LOOK)
      child.once('exit', () => clearInterval(refused))
    })
  } finally {
    clearInterval(looking)
    end()
    process.off('exit', end).off('SIGTERM', leave).off('SIGHUP', leave)
    signal.removeEventListener('abort', ask)
  }
  look()
  if (last) return last
  const kept = `What was learned until the newest checkpoint is kept: plegrad resume. All that Python said: ${log}`
  throw told(
    'failed',
    failed ? `${failed.message}. ${kept}` : `PyTorch ended with ${status}: ${lastLines(log)}\n${kept}`,
  )
}

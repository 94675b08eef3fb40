/** Python with PyTorch as a process that answers one question a line: see deepctr_ple.py, which times itself. */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parameters } from '../../src/index.ts'
import type { PLE } from '../../src/index.ts'
import type { Missing } from '../measure/case.ts'
import { FEATURES, TASKS } from '../step/workload.ts'
import type { Rows, Size } from '../step/workload.ts'

export interface Torch {
  readonly ran: string
  /** A model with the parameters of one of ours. */
  load(size: Size, model: PLE): Promise<void>
  /** Batches of one size, to learn from in turns. */
  batches(of: readonly Rows[]): Promise<void>
  /** Losses of the tasks before each of some steps on the first batch of so many rows, from the start. */
  losses(rows: number, steps: number): Promise<readonly (readonly number[])[]>
  /** Probabilities (rows tasks) for the first batch of so many rows. */
  predict(rows: number): Promise<readonly number[]>
  time(what: 'step' | 'predict', rows: number, threads: number, seconds: number): Promise<readonly number[]>
  close(): void
}

const SCRIPT = fileURLToPath(new URL('deepctr_ple.py', import.meta.url))
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

type Answer = Readonly<Record<string, unknown>>

/** Lines out of a process; undefined once it has ended. */
function conversation(child: ChildProcessWithoutNullStreams): () => Promise<Answer | undefined> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return async () => {
    const line = await lines.next()
    return line.done ? undefined : (JSON.parse(line.value) as Answer)
  }
}

async function start(python: string): Promise<Torch | Missing> {
  const child = spawn(python, [SCRIPT])
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2000)))
  // A process that cannot start says so here, and its output ends.
  child.on('error', (error) => (said = error.message))
  child.stdin.on('error', () => undefined)
  const next = conversation(child)
  const hello = await next()
  if (!hello) return { missing: `${python}: ${said.trim().split('\n').at(-1) ?? 'no answer'}` }
  const folder = mkdtempSync(`${tmpdir()}/plegrad-bench-`)
  const file = (name: string, parts: readonly ArrayBufferView[]): string => {
    const path = `${folder}/${name}`
    writeFileSync(path, '')
    for (const part of parts) writeFileSync(path, bytesOf(part), { flag: 'a' })
    return path
  }
  const ask = async (what: string, given: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify({ do: what, ...given })}\n`)
    const answer = await next()
    if (answer && !('error' in answer)) return answer
    throw new Error(`PyTorch: ${typeof answer?.error === 'string' ? answer.error : said}`)
  }
  return {
    ran: `torch ${String(hello.torch)}, Python ${String(hello.python)}`,
    load: async ({ vocabulary, dimension, expert, tower, levels }, model) => {
      const own = parameters(model)
      const shape = { features: FEATURES, vocabulary, dimension, tasks: TASKS, levels, expert, tower }
      const path = file(
        'parameters',
        Object.values(own).map(({ values }) => Float32Array.from(values)),
      )
      await ask('load', { shape, parameters: path, paths: Object.keys(own) })
    },
    batches: async (of) => {
      const [ids, labels] = [
        file(
          'ids',
          of.map((one) => one.ids),
        ),
        file(
          'labels',
          of.map((one) => one.labels),
        ),
      ]
      await ask('batch', { rows: of[0].rows, ids, labels })
    },
    losses: async (rows, steps) => (await ask('losses', { rows, steps })).losses as number[][],
    predict: async (rows) => (await ask('predict', { rows })).predictions as number[],
    time: async (what, rows, threads, seconds) =>
      (await ask('time', { what, rows, threads, seconds })).milliseconds as number[],
    close: () => {
      child.stdin.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

let started: Promise<Torch | Missing> | undefined

/** One process for all cases; `PYTHON` names another interpreter than python3. */
export const torch = (): Promise<Torch | Missing> => (started ??= start(process.env.PYTHON ?? 'python3'))

/** Ends the process, if there is one, so that Node can end. */
export async function closeTorch(): Promise<void> {
  const running = await started
  if (running && 'close' in running) running.close()
  started = undefined
}

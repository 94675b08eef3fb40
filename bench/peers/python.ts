/** Python as a process that answers one question a line, and times itself: see conversation.py. */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isMissing } from '../measure/case.ts'
import type { Missing } from '../measure/case.ts'

export type Answer = Readonly<Record<string, unknown>>

export interface Python {
  /** What runs, such as `torch 2.13.0, Python 3.11.7`. */
  readonly ran: string
  /** @throws Error with what went wrong over there. */
  ask(what: string, given: object): Promise<Answer>
  /** Numbers that are too many for a line: writes them down, one part after the other, and gives the path. */
  file(name: string, parts: readonly ArrayBufferView[]): string
  close(): void
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** Lines out of a process; undefined once it has ended. */
function conversation(child: ChildProcessWithoutNullStreams): () => Promise<Answer | undefined> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return async () => {
    const line = await lines.next()
    return line.done ? undefined : (JSON.parse(line.value) as Answer)
  }
}

async function start(script: string, environment: Readonly<Record<string, string>>): Promise<Python | Missing> {
  const python = process.env.PYTHON ?? 'python3'
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(python, ['-B', path], { env: { ...process.env, ...environment } })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2000)))
  // A process that cannot start says so here, and its output ends.
  child.on('error', (error) => (said = error.message))
  child.stdin.on('error', () => undefined)
  const next = conversation(child)
  const versions = await next()
  if (!versions) return { missing: `${python}: ${said.trim().split('\n').at(-1) ?? 'no answer'}` }
  const folder = mkdtempSync(`${tmpdir()}/plegrad-bench-`)
  return {
    ran: Object.entries(versions)
      .map(([name, version]) => `${name} ${String(version)}`)
      .join(', '),
    ask: async (what, given) => {
      child.stdin.write(`${JSON.stringify({ do: what, ...given })}\n`)
      const answer = await next()
      if (answer && !('error' in answer)) return answer
      throw new Error(`${script}: ${typeof answer?.error === 'string' ? answer.error : said}`)
    },
    file: (name, parts) => {
      const at = `${folder}/${name}`
      writeFileSync(at, '')
      for (const part of parts) writeFileSync(at, bytesOf(part), { flag: 'a' })
      return at
    },
    close: () => {
      child.stdin.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const started = new Map<string, Promise<Python | Missing>>()

/** One process for all cases of a run, by script and environment; `PYTHON` names another interpreter than python3. */
export function python(script: string, environment: Readonly<Record<string, string>> = {}): Promise<Python | Missing> {
  const key = `${script} ${JSON.stringify(environment)}`
  const running = started.get(key) ?? start(script, environment)
  started.set(key, running)
  return running
}

/** Ends the processes, if there are any, so that Node can end. */
export async function closePython(): Promise<void> {
  const running = await Promise.all(started.values())
  started.clear()
  for (const one of running) if (!isMissing(one)) one.close()
}

/** Tries a target in a process of its own, and takes its crash, or its silence, for a fault. */
import { fork } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Told } from './child.ts'
import type { Outcome } from './fuzz.ts'

/** Who says nothing for so long hangs: a round takes about a second, and shrinking at most a minute. */
const LONGEST_SILENCE = 90_000

export interface Tried extends Outcome {
  readonly notes: readonly string[]
}

/** Its errors are passed on as they come. */
export function tryTarget(
  name: string,
  { seed, seconds, silence = LONGEST_SILENCE }: { seed: number; seconds: number; silence?: number },
): Promise<Tried> {
  const start = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
  const diary = join(folder, 'case')
  const told = [name, `${seed}`, `${seconds}`, diary]
  const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), told, { execArgv: ['--import', 'tsx'] })
  return new Promise((resolve) => {
    let at = seed
    let tried: Tried | undefined
    let hung = false
    const giveUp = (): void => {
      hung = true
      child.kill('SIGKILL')
    }
    let clock = setTimeout(giveUp, silence)
    child.on('message', (told: Told) => {
      clearTimeout(clock)
      clock = setTimeout(giveUp, silence)
      if (told.outcome) tried = { ...told.outcome, notes: told.notes }
      else at = told.at
    })
    child.on('exit', (code, signal) => {
      clearTimeout(clock)
      const reason = hung ? `nothing was heard for ${silence / 1000} s` : `the process ended with ${signal ?? code}`
      const example = existsSync(diary) ? readFileSync(diary, 'utf8') : 'nothing yet'
      rmSync(folder, { recursive: true })
      const fault = { seed: at, example, reason }
      resolve(tried ?? { cases: 0, seconds: (performance.now() - start) / 1000, fault, notes: [] })
    })
  })
}

/** How long a large model takes to be saved and restored, and how much memory: each in a process of its own. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { buildSync } from 'esbuild'

/** In an order in which each finds a file to read. */
export const DOINGS = ['saveModel', 'restoreModel', 'writeModel', 'readModel'] as const

export interface Measured {
  readonly milliseconds: number
  /** Of these, those of the processor, which are fewer where the disk or others on the machine are busy. */
  readonly processor: number
  /** Bytes above those before there was a model or a file. */
  readonly peak: number
  /** Bytes of the file. */
  readonly file: number
  /** Numbers of the model. */
  readonly numbers: number
  /** A sum of a few numbers, so that who restores can be held to who saved. */
  readonly sample: number
}

/** Measures in that folder, each what in turn, a model of so many numbers and a few more. */
export function measureFiles(folder: string, backend: 'cpu' | 'wasm', numbers: number): Record<string, Measured> {
  const program = join(folder, 'memory.mjs')
  buildSync({
    entryPoints: ['test/node/memory.process.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  const run = (what: string): Measured =>
    JSON.parse(
      execFileSync(process.execPath, [program, what, backend, String(numbers), join(folder, 'model')], {
        encoding: 'utf8',
      }),
    ) as Measured
  return Object.fromEntries(DOINGS.map((what) => [what, run(what)]))
}

/** Saves and restores a model of 50 million numbers, or of as many as the argument says, and prints what that took. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureFiles } from '../test/node/memory.ts'

const numbers = Number(process.argv[2] ?? 50_000_000)
const folder = mkdtempSync(join(tmpdir(), 'plegrad-'))
console.log(
  `${numbers} numbers, ${(4 * numbers) / 1e6} MB; memory is the most that was used, model included, by their bytes`,
)
try {
  for (const backend of ['cpu', 'wasm'] as const)
    for (const [what, { milliseconds, peak, file, numbers: all }] of Object.entries(
      measureFiles(folder, backend, numbers),
    ))
      console.log(
        `${backend.padEnd(6)}${what.padEnd(14)}${milliseconds.toFixed(0).padStart(6)} ms` +
          `${(peak / (4 * all)).toFixed(2).padStart(7)} ×  file ${file} bytes`,
      )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

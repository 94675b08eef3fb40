/** The machine's own multiply-adds, and whether V8 joins those that it may. */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { arithmeticCeiling, chainsOf } from '../../bench/measure/ceiling.ts'

const FLAGS = ['--experimental-wasm-revectorize', '--trace-wasm-revectorize', '--no-wasm-tier-up', '--no-liftoff']
const joins = parseInt(process.versions.v8) >= 13

/** What V8 says of its joining of vectors while it compiles chains of one width. */
function traceOf(width: string): string {
  const ceiling = fileURLToPath(new URL('../../bench/measure/ceiling.ts', import.meta.url))
  const script = `import { chainsOf } from ${JSON.stringify(ceiling)}; chainsOf(false, '${width}')`
  const run = ['--import', 'tsx', '--input-type=module', '--eval', script]
  const folder = mkdtempSync(join(tmpdir(), 'plegrad-trace-'))
  const path = join(folder, 'trace')
  const file = openSync(path, 'w')
  try {
    // Not a pipe: V8 does not try again what a full one does not take.
    spawnSync(process.execPath, [...FLAGS, ...run], { stdio: ['ignore', file, 'inherit'] })
    return readFileSync(path, 'utf8')
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true })
  }
}

describe('chains of multiply-adds', () => {
  it.each(['narrow', 'wide'] as const)('come to their ends, %s', (width) => {
    expect(chainsOf(false, width).flopsPerTurn).toBe({ narrow: 192, wide: 384 }[width])
    expect(arithmeticCeiling(false, width)).toBeGreaterThan(0)
  })

  it.runIf(joins)('are joined by V8 where they lie side by side, and only there', () => {
    expect(traceOf('wide')).toContain('Decide to vectorize')
    const narrow = traceOf('narrow')
    expect(narrow).toContain('Empty seed')
    expect(narrow).not.toContain('Decide to vectorize')
  })
})

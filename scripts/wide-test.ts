/**
 * Runs what must not change by a bit where V8 joins pairs of vectors, under Node 24, which does so if it is told to: the laws
 * of kernels, recorded trainings, and 200 steps of a PLE in every variant and on one thread and two, whose losses and
 * parameters must be those of a process that joins nothing, and of this one's Node. Skipped by name where there is no Node 24.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { NO_NODE24, node24 } from './node24.ts'

const FLAG = '--experimental-wasm-revectorize'

interface Line {
  readonly variant: string
  readonly hash: string
}

/** What the trainings leave under a Node. */
const trained = (node: string, ...flags: readonly string[]): readonly Line[] =>
  execFileSync(node, ['--import', 'tsx', ...flags, 'test/wide/steps.process.ts'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

/** Whether every way to train leaves the same, but for the two variants. */
function trainsAlike(node: string): boolean {
  const runs = [trained(node, FLAG), trained(node), trained(process.execPath)]
  const kinds = ['simd', 'relaxed'].map((variant) => {
    const hashes = new Set(runs.flat().flatMap((line) => (line.variant === variant ? [line.hash] : [])))
    return { variant, alike: hashes.size === 1 }
  })
  for (const { variant, alike } of kinds)
    console.log(
      `${alike ? '✓' : '✗'} ${variant}: 200 steps leave the same bits joined and not, on one thread and two, in wide tiles and ` +
        `others, and under Node ${process.versions.node}`,
    )
  return kinds.every(({ alike }) => alike)
}

const node = node24()
if (node === undefined) {
  console.log(`– ${NO_NODE24}`)
  if (process.env.RUNTIMES_REQUIRE !== undefined) process.exitCode = 1
} else {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.wide.config.ts']
  const { status } = spawnSync(node, args, { stdio: 'inherit' })
  if (!trainsAlike(node) || status !== 0) process.exitCode = 1
}

/**
 * `npm run bench:bar`: the CPU lines of the bar, one line each, and exit code 1 if one falls short. A line that holds only
 * because a peer is missing is open.
 */
import { RELAXED } from './measure/relaxed.ts'
import { writeFileSync, mkdirSync } from 'node:fs'
import { allocatedPerStep } from './bar/allocation.ts'
import { exitCode, judge } from './bar/judge.ts'
import type { Line } from './bar/judge.ts'
import { heats } from './bar/lines.ts'
import { absentees, heading, show, speed } from './bar/show.ts'
import { isMissing } from './measure/case.ts'
import type { Outcome } from './measure/case.ts'
import { machine, warning } from './measure/machine.ts'
import { measure } from './measure/measure.ts'
import { BEST, closeThreads, wasmOf } from './ours.ts'
import { closePython } from './peers/python.ts'
import { prepareStep } from './step/ours.ts'
import { tell } from './step/training.ts'
import { LARGE } from './step/workload.ts'

const BUDGET = { rounds: 7, seconds: 0.1 }
const RESULTS = '.cache/bench/bar.json'

/** Bytes per compiled training step on 32 rows; NaN where it cannot run. */
async function allocation(): Promise<number> {
  const backend = await wasmOf(BEST)
  if (isMissing(backend)) return NaN
  const { take, close } = prepareStep(tell(LARGE, 32, 1).told, backend)
  const bytes = allocatedPerStep(() => take(0))
  close()
  return bytes
}

const ran = machine()
console.log(`${ran.cpu}, ${ran.cores} cores · Node ${ran.node} · relaxed SIMD ${RELAXED}\n`)
const warned = warning(ran)
if (warned !== undefined) console.log(`${warned}\n`)
console.log(heading())
// First, while V8 has seen no other backend at the places where kernels are called.
const bytes = await allocation()
const holds = bytes < 1
console.log(
  `${'allocation per step'.padEnd(19)} ${`${bytes.toFixed(0)} bytes`.padStart(12)} ${''.padEnd(27)} 0 bytes ${holds ? 'holds' : 'falls short'}`,
)
const lines: Line[] = []
const outcomes: Outcome[] = []
try {
  for (const { heat, asked, speeds } of heats) {
    const outcome = await measure(heat(), BUDGET)
    outcomes.push(outcome)
    for (const ask of asked) {
      const line = judge(outcome, ask)
      lines.push(line)
      console.log(show(line, speeds && outcome.flops ? speed(outcome.flops) : undefined))
    }
  }
} finally {
  await closePython()
  closeThreads()
}
const verdicts = [...lines.map(({ verdict }) => verdict), holds ? 'holds' : 'falls short'] as const
const count = (wanted: string): number => verdicts.filter((verdict) => verdict === wanted).length
console.log(`\n${count('holds')} hold, ${count('falls short')} fall short, ${count('open')} open`)
for (const absentee of absentees(lines)) console.log(`missing: ${absentee}`.slice(0, 80))
mkdirSync('.cache/bench', { recursive: true })
writeFileSync(RESULTS, `${JSON.stringify({ machine: ran, lines, allocation: bytes, outcomes }, null, 1)}\n`)
console.log(`all numbers: ${RESULTS}`)
process.exitCode = exitCode(verdicts.map((verdict) => ({ verdict })))

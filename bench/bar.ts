/**
 * `npm run bench:bar`: the CPU lines of the bar, one line each, and exit code 1 if one falls short. A line that holds only
 * because a peer is missing is open.
 */
import { RELAXED } from './measure/relaxed.ts'
import { writeFileSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CommanderError } from 'commander'
import { enableVectors } from '../src/vectors.ts'
import { allocations } from './bar/allocation.ts'
import { exitCode, judge } from './bar/judge.ts'
import type { Line } from './bar/judge.ts'
import { heatsOf } from './bar/lines.ts'
import { parseOptions, rerun, underNode } from './bar/options.ts'
import type { Options } from './bar/options.ts'
import { absentees, heading, show, showBytes, speed } from './bar/show.ts'
import type { Outcome } from './measure/case.ts'
import { widthOfHost } from './measure/ceiling.ts'
import { machine, warning } from './measure/machine.ts'
import { measure } from './measure/measure.ts'
import { closeThreads } from './ours.ts'
import { closePython } from './peers/python.ts'

const BUDGET = { rounds: 7, seconds: 0.1 }
const RESULTS = '.cache/bench/bar.json'

async function run({ narrow, only }: Options): Promise<0 | 1> {
  if (!narrow) enableVectors()
  const width = widthOfHost()
  const ran = machine()
  console.log(`${ran.cpu}, ${ran.cores} cores · Node ${ran.node}, ${width} · relaxed SIMD ${RELAXED}\n`)
  const warned = warning(ran)
  if (warned !== undefined) console.log(`${warned}\n`)
  console.log(heading())
  const wanted = ({ what }: { readonly what: string }): boolean => what.includes(only)
  // First, while V8 has seen no other backend at the places where kernels are called.
  const allocated = await allocations(wanted)
  for (const line of allocated) console.log(showBytes(line))
  const lines: Line[] = []
  const outcomes: Outcome[] = []
  try {
    for (const { heat, asked, speeds } of heatsOf(width)) {
      const asking = asked.filter(wanted)
      if (asking.length === 0) continue
      const outcome = await measure(heat(), BUDGET)
      outcomes.push(outcome)
      for (const ask of asking) {
        const line = judge(outcome, ask)
        lines.push(line)
        console.log(show(line, speeds && outcome.flops ? speed(outcome.flops) : undefined))
      }
    }
  } finally {
    await closePython()
    closeThreads()
  }
  const verdicts = [...lines, ...allocated].map(({ verdict }) => verdict)
  const count = (verdict: string): number => verdicts.filter((one) => one === verdict).length
  console.log(`\n${count('holds')} hold, ${count('falls short')} fall short, ${count('open')} open`)
  for (const who of new Set(lines.flatMap((line) => line.ran ?? []))) console.log(`ours ran: ${who}`)
  for (const absentee of absentees(lines)) console.log(`missing: ${absentee}`.slice(0, 80))
  mkdirSync('.cache/bench', { recursive: true })
  writeFileSync(RESULTS, `${JSON.stringify({ machine: ran, width, lines, allocated, outcomes }, null, 1)}\n`)
  console.log(`all numbers: ${RESULTS}`)
  return exitCode(verdicts.map((verdict) => ({ verdict })))
}

try {
  const options = parseOptions(process.argv.slice(2))
  const { node } = options
  process.exitCode =
    node === undefined ? await run(options) : rerun(underNode(node, options, fileURLToPath(import.meta.url)))
} catch (error) {
  // A wrong option has told its line already; anything else is a bug.
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode
}

/** Prints what the laws found, op by op: `npm run laws -- --seed 7 --cases 500`. It exits with 1 if any law is broken. */
import { parseArgs } from 'node:util'
import { examineOp } from '../../src/testing.ts'
import type { OpReport } from '../../src/testing.ts'
import { everyOp, seedOfRun } from './everyOp.ts'
import { checkModel } from './modelCheck.ts'
import { brokenBy, mutants } from './mutants/index.ts'

const BOUNDS = [1e-8, 1e-7] as const

/** One line at the foot of the report, and whether it is good news. */
interface Verdict {
  readonly line: string
  readonly ok: boolean
}

const { values } = parseArgs({ options: { seed: { type: 'string' }, cases: { type: 'string' } } })
const seed = values.seed === undefined ? seedOfRun() : Number(values.seed)
const cases = Number(values.cases ?? 100)

const error = (worst = 0): string => (worst === 0 ? '0' : worst.toExponential(1))

const row = (
  op: string,
  drawn: string,
  redrawn: string,
  first: string,
  second: string,
  backend: string,
  rest: string,
) =>
  [op.padEnd(18), drawn.padStart(6), redrawn.padStart(8), first.padStart(9), second.padStart(9), backend.padStart(9)]
    .concat(`  ${rest}`)
    .join(' ')
    .trimEnd()

function show({ op, laws }: OpReport): string {
  const [first, second] = laws
  const agree = laws.find(({ law }) => law === 'backends agree')
  const broken = laws.filter(({ failure }) => failure !== undefined).map(({ law }) => law)
  const drawn = laws.reduce((total, law) => total + law.cases, 0)
  const redrawn = laws.reduce((total, law) => total + law.redrawn, 0)
  const rest = broken.length > 0 ? `broken: ${broken.join(', ')}` : `${laws.length} ok`
  return row(op, `${drawn}`, `${redrawn}`, error(first.worst), error(second.worst), error(agree?.worst), rest)
}

async function ops(): Promise<Verdict> {
  console.log(row('op', 'cases', 'redrawn', 'order 1', 'order 2', 'float32', 'laws'))
  console.log('─'.repeat(80))
  const worst = [0, 0]
  const failures: string[] = []
  let drawn = 0
  for (const op of everyOp) {
    const report = await examineOp(op, { cases, seed })
    console.log(show(report))
    for (const [order, law] of report.laws.slice(0, 2).entries()) worst[order] = Math.max(worst[order], law.worst ?? 0)
    for (const { failure, cases: ran } of report.laws) {
      drawn += ran
      if (failure !== undefined) failures.push(failure)
    }
  }
  console.log('─'.repeat(80))
  for (const failure of failures) console.log(`\n${failure}`)
  const ok = failures.length === 0 && worst.every((value, order) => value <= BOUNDS[order])
  const orders = worst.map((value, order) => `order ${order + 1} ${error(value)} (≤ ${BOUNDS[order]})`).join(', ')
  return { ok, line: `${everyOp.length} ops, ${drawn} cases: worst ${orders}` }
}

async function hunt(): Promise<Verdict> {
  let caught = 0
  for (const mutant of mutants) if ((await brokenBy(mutant, { cases, seed })).includes(mutant.law)) caught++
  return { ok: caught === mutants.length, line: `${caught} of ${mutants.length} planted mutants caught` }
}

function model(): Verdict {
  const { worst, parameters } = checkModel()
  return {
    ok: worst <= BOUNDS[0],
    line: `PLE, ${parameters} parameters: worst order 1 ${error(worst)} (≤ ${BOUNDS[0]})`,
  }
}

console.log(`plegrad, the laws: seed ${seed}, ${cases} cases of each law\n`)
for (const verdict of [ops, hunt, model]) {
  const { ok, line } = await verdict()
  console.log(`${ok ? '✓' : '✗'} ${line}`)
  if (!ok) process.exitCode = 1
}

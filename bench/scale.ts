/**
 * `npm run bench:scale`: what a step costs here and in PyTorch, and what ranks tell each other in it, measured over
 * loopback; and what would follow for a thousand. It refuses to call that measured: a curve is arithmetic, with its assumptions.
 */
import './measure/relaxed.ts'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Table from 'cli-table3'
import { Command } from 'commander'
import { CHARS, STYLE } from '../cli/terminal/table.ts'
import { asFile } from './gpujs/figure.ts'
import { adam, compile, fixedWeights, wasm } from '../src/index.ts'
import { toPyTorch } from '../src/pytorch.ts'
import { trainingStep } from '../src/training/step/trainingStep.ts'
import { scalePlot } from './scale/figure.ts'
import { ASSUMED, stepSeconds } from './scale/simulate.ts'
import type { Measured, Spread } from './scale/simulate.ts'
import { LARGE, batchOf, drawRows, model } from './step/workload.ts'

const PYTHON = process.env.PYTHON ?? 'python3'
const RANKS = [1, 2, 4]

/** Of numbers the median, and the quartiles. */
function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]
  return [at(0.5), at(0.25), at(0.75)]
}

/** Seconds of the processor that a step takes here. */
function own(rows: number, vocabulary: number, times: number): Spread {
  const backend = wasm()
  const ple = model({ ...LARGE, vocabulary }, backend)
  const take = trainingStep(ple, { optimizer: adam(), strategy: fixedWeights() }, () => undefined)
  const step = compile(take, { backend })
  const given = [batchOf(drawRows(rows, vocabulary, 0), vocabulary, backend)]
  for (let at = 0; at < 5; at++) step(given)
  const seconds = Array.from({ length: times }, () => {
    const before = process.cpuUsage()
    step(given)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1e6
  })
  return spreadOf(seconds)
}

/** What the package of python/ measures, in so many processes. */
function measured(folder: string, ranks: number, rows: number, times: number): Measured {
  const run = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', String(ranks)]
  const asked = ['-m', 'plegrad_torch.measuring', 'weights.safetensors', '--rows', rows, '--times', times].map(String)
  const env = { ...process.env, OMP_NUM_THREADS: '1' }
  const { status, stdout, stderr } = spawnSync(PYTHON, [...run, ...asked], { cwd: folder, encoding: 'utf8', env })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured
}

const ms = ([middle, low, high]: Spread): string =>
  [middle, low, high].map((each) => (1e3 * each).toPrecision(3)).join(' · ')

function main(): void {
  const command = new Command('bench:scale')
    .option('--rows <n>', 'rows of a rank’s step', Number, 1024)
    .option('--vocabulary <n>', 'rows of each of 16 tables', Number, 100_000)
    .option('--times <n>', 'that each is measured', Number, 20)
    .option('--figure <path>', 'writes the curve as SVG')
  const { rows, vocabulary, times, figure } = command.parse().opts<{
    rows: number
    vocabulary: number
    times: number
    figure?: string
  }>()
  const folder = mkdtempSync(join(tmpdir(), 'scale-'))
  try {
    for (const [path, content] of Object.entries(toPyTorch(model({ ...LARGE, vocabulary })))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    // Turn by turn, so that whoever else is at work here is beside both.
    const turns: { ours: Spread; torch: Measured }[] = []
    for (const ranks of RANKS)
      turns.push({ ours: own(rows, vocabulary, times), torch: measured(folder, ranks, rows, times) })
    const [{ torch: first }] = turns
    console.log(
      `${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}; Node ${process.version}, PyTorch ${first.torch}`,
    )
    console.log(
      `PLE of 16 sparse features of ${vocabulary} rows × 8, ${rows} rows a step and rank; ms: median · quartiles`,
    )
    const table = new Table({
      head: ['ranks', ...turns.map(({ torch }) => String(torch.ranks))],
      chars: CHARS,
      style: STYLE,
    })
    const line = (name: string, of: (turn: (typeof turns)[number]) => Spread | undefined): void => {
      table.push([name, ...turns.map((turn) => of(turn)).map((spread) => (spread ? ms(spread) : '–'))])
    }
    line('plegrad, a step, processor', ({ ours }) => ours)
    line('PyTorch, a step, processor', ({ torch }) => torch.alone)
    line('all-reduce of one number', ({ torch }) => torch.one)
    line('all-reduce of what is dense', ({ torch }) => torch.dense)
    line('rows of whole tables, to all', ({ torch }) => torch.gathered)
    line('rows of dealt tables, both ways', ({ torch }) => torch.exchanged)
    line('a step together, whole tables', ({ torch }) => torch.together)
    line('a step together, dealt tables', ({ torch }) => torch.dealt)
    console.log(table.toString())
    console.log(`dense ${first.dense_bytes} bytes, rows ${first.row_bytes} bytes of a rank and step`)
    const alone = turns.map(({ torch }) => torch.alone[0]).sort((a, b) => a - b)[1]
    const ours = turns.map((turn) => turn.ours[0]).sort((a, b) => a - b)[1]
    console.log(`rows/s of a core: plegrad ${Math.round(rows / ours)}, PyTorch ${Math.round(rows / alone)}`)
    const parts = { rows, compute: alone, dense: first.dense_bytes, tables: first.row_bytes }
    for (const ranks of [1, 8, 64, 256, 1000]) {
      const [whole, dealt] = (['whole', 'dealt'] as const).map(
        (kind) => (ranks * rows) / stepSeconds(kind, ranks, parts),
      )
      console.log(
        `simulated, ${ranks} ranks: ${Math.round(whole)} rows/s with whole tables, ${Math.round(dealt)} with dealt ones`,
      )
    }
    console.log(`assumed: ${JSON.stringify(ASSUMED)}`)
    if (figure !== undefined) writeFileSync(figure, asFile(scalePlot(parts)))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

main()

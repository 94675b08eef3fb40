/** The page of a run: what it ran on, the roofline, the ladders and every number in tables. It is complete in itself. */
import { grid } from '../../cli/report/grid.ts'
import type { Head, Row } from '../../cli/report/grid.ts'
import { markup } from '../../cli/report/markup.ts'
import type { Markup } from '../../cli/report/markup.ts'
import { factsOf, pageOf } from '../../cli/report/page.ts'
import { duration } from '../bar/show.ts'
import { isTimed } from '../measure/case.ts'
import type { Outcome, Result } from '../measure/case.ts'
import type { Ceilings, Width } from '../measure/ceiling.ts'
import type { Machine } from '../measure/machine.ts'
import { scatter } from '../measure/statistics.ts'
import { ladder } from './ladder.ts'
import { roofline } from './roofline.ts'
import { STYLE } from './style.ts'

export interface Run {
  readonly machine: Machine
  /** Of vectors. */
  readonly width: Width
  readonly ceilings: Ceilings
  readonly outcomes: readonly Outcome[]
}

const facts = ({ machine, width, ceilings }: Run): Markup => {
  const shown = factsOf([
    ['processor', `${machine.cpu}, ${machine.cores} cores`],
    ['Node', machine.node],
    ['V8', machine.v8],
    ['relaxed SIMD', machine.relaxedSimd],
    ['vectors', { narrow: '128 bits', wide: '256 bits' }[width]],
    ['load before', String(machine.load)],
    ['ceiling, plain', `${ceilings.plain.toFixed(0)} GFLOP/s`],
    ['ceiling, relaxed', Number.isNaN(ceilings.relaxed) ? 'none' : `${ceilings.relaxed.toFixed(0)} GFLOP/s`],
    ['memory', `${ceilings.memory.toFixed(0)} GB/s`],
    ['at', machine.date.slice(0, 16).replace('T', ' ')],
  ])
  return markup`${shown}
<p class="remark">${Object.entries(machine.peers)
    .map(([name, version]) => `${name} ${version}`)
    .join(' · ')}</p>`
}

const group = (outcomes: readonly Outcome[]): readonly (readonly [string, readonly Outcome[]])[] =>
  [...new Set(outcomes.map((outcome) => outcome.group))].map((name) => [
    name,
    outcomes.filter((outcome) => outcome.group === name),
  ])

function rowOf(result: Result, { flops }: Outcome, best: number, ceiling: number): Row {
  if (!isTimed(result)) {
    const why = 'missing' in result ? result.missing : `wrong: ${result.wrong}`
    return { head: result.name, kind: 'away', cells: [markup`<td colspan="6" class="ran">${why}</td>`] }
  }
  const { name, side, ran, cold, warm, deviation } = result
  const speed = flops === undefined ? NaN : flops / warm.median / 1e6
  const cells = markup`<td>${duration(warm.median)}<small>± ${(scatter(warm) * 100).toFixed(0)} %, ${warm.count} samples</small></td><td>${duration(cold)}</td><td>${Number.isNaN(speed) ? '–' : speed.toFixed(2)}<small>${Number.isNaN(speed) ? '' : `${((speed / ceiling) * 100).toFixed(0)} % of ceiling`}</small></td><td>${(warm.median / best).toFixed(2)}×</td><td>${deviation.toExponential(1)}</td><td class="ran">${ran}</td>`
  return { head: name, kind: side, cells: [cells] }
}

const HEADS: readonly Head[] = [
  { text: 'who' },
  { text: 'warm', small: 'median of a run' },
  { text: 'cold', small: 'set up and first run' },
  { text: 'GFLOP/s' },
  { text: 'time', small: 'best is 1' },
  { text: 'deviation', small: 'of the largest number' },
  { text: 'what ran', words: true },
]

function table(outcome: Outcome, ceilings: Ceilings): Markup {
  const timed = outcome.results.filter(isTimed).sort((a, b) => a.warm.median - b.warm.median)
  const best = timed[0]?.warm.median ?? Infinity
  const ceiling = Math.max(ceilings.plain, ceilings.relaxed || 0)
  const results = [...timed, ...outcome.results.filter((result) => !isTimed(result))]
  const rows = results.map((result) => rowOf(result, outcome, best, ceiling))
  return markup`<div class="card">${grid({ caption: `${outcome.group}, ${outcome.size}`, heads: HEADS, rows })}</div>`
}

export function page(run: Run): string {
  const groups = group(run.outcomes)
  const ladders = groups.filter(([, outcomes]) => outcomes.length > 1 && outcomes.every(({ flops }) => flops))
  return pageOf({
    title: 'What plegrad takes, and what others take',
    eyebrow: 'plegrad · benchmarks',
    style: STYLE,
    head: markup`<p class="lead">Everyone first proved to compute the same numbers, then all ran in turns. Stars are ours, circles are peers, squares are yardsticks.</p>${facts(run)}`,
    body: markup`<section><h2>Under the roof</h2><p>The roof is what this machine can do, measured in this run: the slope is its memory, the levels are its multiply-adds on one thread, in the widest vectors that WebAssembly has here. Only who works from a cache may pass the slope, and only more threads the levels.</p><div class="card panels">${roofline(run.outcomes, run.ceilings)}</div></section>
<section><h2>Ladders</h2><p>Medians; the faint bars hold the middle half of all samples.</p><div class="two">${ladders.map(
      ([name, outcomes]) => markup`<figure class="card"><h3>${name}</h3>${ladder(name, 'GFLOP/s', outcomes)}</figure>`,
    )}</div></section>
<section><h2>Every number</h2>${run.outcomes.map((outcome) => table(outcome, run.ceilings))}</section>`,
  })
}

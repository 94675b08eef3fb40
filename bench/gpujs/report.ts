/** The page of the ladder: what it ran on, who won where, where one passes another, and every number. */
import { grid } from '../../cli/report/grid.ts'
import type { Head, Row } from '../../cli/report/grid.ts'
import { markup } from '../../cli/report/markup.ts'
import type { Markup } from '../../cli/report/markup.ts'
import { pageOf } from '../../cli/report/page.ts'
import { duration } from '../bar/show.ts'
import type { Machine } from '../measure/machine.ts'
import { scatter } from '../measure/statistics.ts'
import { STYLE as HOUSE } from '../report/style.ts'
import { STYLE, crossoverPlot } from './figure.ts'
import { TIMINGS, isTimed } from './rung.ts'
import type { Host, Result, Rung } from './rung.ts'
import { GROUPS } from './rungs.ts'
import type { Group } from './rungs.ts'
import { bestModeText, passingLines, times, wonText } from './words.ts'

export interface Run {
  readonly machine: Machine
  readonly hosts: readonly Host[]
}

/** The groups of a host that have a plot, with their rungs. */
export const plottedOf = ({ rungs }: Host): readonly (readonly [Group, readonly Rung[]])[] =>
  GROUPS.filter(({ plotted }) => plotted).flatMap((group) => {
    const own = rungs.filter((rung) => rung.group === group.name)
    return own.some(({ results }) => results.some(isTimed)) ? [[group, own] as const] : []
  })

const won = ({ name, rungs }: Host): Markup => {
  const heads = [
    { text: 'work' },
    ...['resident', 'round trip'].map((text) => ({ text, over: [{ text: 'won' }, { text: 'best mode of GPU.js' }] })),
  ]
  const rows = rungs.map((rung) => ({
    head: `${rung.group} ${rung.size}`,
    cells: TIMINGS.map(
      (timing) => markup`<td class="best">${wonText(rung, timing)}</td><td>${bestModeText(rung, timing)}</td>`,
    ),
  }))
  return markup`<div class="card">${grid({ caption: `Who won on ${name}`, heads, rows })}</div>`
}

function rowOf(result: Result, best: number): Row {
  if (!isTimed(result)) {
    const why = 'wrong' in result ? `wrong: ${result.wrong}` : result.away
    return { head: result.name, kind: 'away', cells: [markup`<td colspan="5" class="ran">${why}</td>`] }
  }
  const { name, cold, deviation } = result
  const head = markup`<span class="key" style="background: var(--${name.replace(' ', '-')})"></span>${name}`
  const timings = TIMINGS.map((timing) => {
    const spread = result[timing]
    return markup`<td>${duration(spread.median)}<small>± ${(scatter(spread) * 100).toFixed(0)} %, ${spread.count} ${spread.count === 1 ? 'sample' : 'samples'}</small></td>`
  })
  const others = markup`<td>${times(result.roundTrip.median / best)}</td><td>${duration(cold)}</td><td>${deviation.toExponential(1)}</td>`
  return { head, cells: [...timings, others] }
}

const HEADS: readonly Head[] = [
  { text: 'who' },
  { text: 'resident', small: 'median of a call' },
  { text: 'round trip', small: 'median of a call' },
  { text: 'round trip', small: 'best is 1' },
  { text: 'cold', small: 'set up and first call' },
  { text: 'deviation', small: 'of the largest number' },
]

function table({ group, size, results }: Rung): Markup {
  const timed = results.filter(isTimed).sort((a, b) => a.roundTrip.median - b.roundTrip.median)
  const best = timed[0]?.roundTrip.median ?? 1
  const rows = [...timed, ...results.filter((result) => !isTimed(result))].map((result) => rowOf(result, best))
  return markup`<div class="card">${grid({ caption: `${group} ${size}`, heads: HEADS, rows })}</div>`
}

const section = (host: Host): Markup => markup`<section><h2>${host.name}</h2>
<ul>${host.entries.map(({ name, driver }) => markup`<li><b>${name}</b> on ${driver}</li>`)}${host.skipped.map(({ name, driver }) => markup`<li class="soft"><b>${name}</b> skipped: ${driver}</li>`)}</ul>
<h3>Who won</h3><p class="remark">Beside the winner, how much longer the next one takes; ≈ where its samples and another's overlap. Beside the best mode of GPU.js, its time over that of the best of cpu and wasm: below 1 it is the faster one.</p>${won(host)}
<div class="two">${plottedOf(host).map(
  ([group, rungs]) => markup`<figure class="card"><h3>${group.name}</h3>${crossoverPlot(group, rungs, host.entries)}
<figcaption>${passingLines(rungs, group.unit).map((line) => markup`${line}<br>`)}</figcaption></figure>`,
)}</div></section>`

export function page({ machine, hosts }: Run): string {
  return pageOf({
    title: 'What a GPU costs, and from where on it pays',
    eyebrow: 'plegrad · GPU.js',
    style: `${HOUSE}${STYLE}`,
    head: markup`<p class="lead">Every mode of GPU.js beside plain loops and WebAssembly, in the same run, each proved against float64 before it is timed. Resident: numbers stay on the device. Round trip: they are sent, worked on and brought back with every call.</p>
<p class="remark">${machine.cpu}, ${machine.cores} cores · ${machine.platform} · load before ${machine.load} · ${machine.date.slice(0, 16).replace('T', ' ')}</p>`,
    body: markup`${hosts.map(section)}
<section><h2>Every number</h2>${hosts.map((host) => markup`<h3>${host.name}</h3>${host.rungs.map(table)}`)}</section>`,
  })
}

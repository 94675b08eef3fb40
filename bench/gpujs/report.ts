/** The page of the ladder: what it ran on, who won where, where one passes another, and every number. */
import { markup } from '../../examples/feed/markup.ts'
import type { Markup } from '../../examples/feed/markup.ts'
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

const won = ({ rungs }: Host): Markup => markup`<div class="card"><table>
<thead><tr><th></th><th>resident<small>won</small></th><th><small>best mode of GPU.js</small></th><th>round trip<small>won</small></th><th><small>best mode of GPU.js</small></th></tr></thead>
<tbody>${rungs.map(
  (rung) =>
    markup`<tr><td>${rung.group} ${rung.size}</td>${TIMINGS.map((timing) => markup`<td class="best">${wonText(rung, timing)}</td><td>${bestModeText(rung, timing)}</td>`)}</tr>`,
)}</tbody></table></div>`

function row(result: Result, best: number): Markup {
  if (!isTimed(result))
    return markup`<tr class="away"><td>${result.name}</td><td colspan="5" class="ran">${'wrong' in result ? `wrong: ${result.wrong}` : result.away}</td></tr>`
  const { name, cold, deviation } = result
  return markup`<tr><td><span class="key" style="background: var(--${name.replace(' ', '-')})"></span>${name}</td>${TIMINGS.map(
    (timing) => {
      const spread = result[timing]
      return markup`<td>${duration(spread.median)}<small>± ${(scatter(spread) * 100).toFixed(0)} %, ${spread.count} ${spread.count === 1 ? 'sample' : 'samples'}</small></td>`
    },
  )}<td>${times(result.roundTrip.median / best)}</td><td>${duration(cold)}</td><td>${deviation.toExponential(1)}</td></tr>`
}

function table({ group, size, results }: Rung): Markup {
  const timed = results.filter(isTimed).sort((a, b) => a.roundTrip.median - b.roundTrip.median)
  const best = timed[0]?.roundTrip.median ?? 1
  return markup`<div class="card"><h3>${group} ${size}</h3><table>
<thead><tr><th></th><th>resident<small>median of a call</small></th><th>round trip<small>median of a call</small></th><th>round trip<small>best is 1</small></th><th>cold<small>set up and first call</small></th><th>deviation<small>of the largest number</small></th></tr></thead>
<tbody>${[...timed, ...results.filter((result) => !isTimed(result))].map((result) => row(result, best))}</tbody></table></div>`
}

const section = (host: Host): Markup => markup`<section><h2>${host.name}</h2>
<ul>${host.entries.map(({ name, driver }) => markup`<li><b>${name}</b> on ${driver}</li>`)}${host.skipped.map(({ name, driver }) => markup`<li class="soft"><b>${name}</b> skipped: ${driver}</li>`)}</ul>
<h3>Who won</h3><p class="remark">Beside the winner, how much longer the next one takes; ≈ where its samples and another's overlap. Beside the best mode of GPU.js, its time over that of the best of cpu and wasm: below 1 it is the faster one.</p>${won(host)}
<div class="two">${plottedOf(host).map(
  ([group, rungs]) => markup`<figure class="card"><h3>${group.name}</h3>${crossoverPlot(group, rungs, host.entries)}
<figcaption>${passingLines(rungs, group.unit).map((line) => markup`${line}<br>`)}</figcaption></figure>`,
)}</div></section>`

export function page({ machine, hosts }: Run): string {
  const title = 'What a GPU costs, and from where on it pays'
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${{ markup: `${HOUSE}${STYLE}` }}</style>
</head>
<body>
<header><p class="eyebrow">plegrad · GPU.js</p><h1>${title}</h1>
<p class="lead">Every mode of GPU.js beside plain loops and WebAssembly, in the same run, each proved against float64 before it is timed. Resident: numbers stay on the device. Round trip: they are sent, worked on and brought back with every call.</p>
<p class="remark">${machine.cpu}, ${machine.cores} cores · ${machine.platform} · load before ${machine.load} · ${machine.date.slice(0, 16).replace('T', ' ')}</p></header>
${hosts.map(section)}
<section><h2>Every number</h2>${hosts.map((host) => markup`<h3>${host.name}</h3>${host.rungs.map(table)}`)}</section>
</body>
</html>
`.markup
}

/** The report of a study: one HTML file that is complete in itself and asks no network for anything. */
import { amount, arrow, gain, metric, metricLabel, metricSpread, plusMinus, seconds } from '../../cli/compare/format.ts'
import { grid } from '../../cli/report/grid.ts'
import { markup } from '../../cli/report/markup.ts'
import type { Markup } from '../../cli/report/markup.ts'
import { factsOf, pageOf } from '../../cli/report/page.ts'
import { verdict } from '../../cli/compare/interval.ts'
import type { Estimate } from '../../cli/compare/interval.ts'
import { printed } from './published.ts'
import { countTrained } from './results.ts'
import type { Outcome } from './results.ts'
import type { Measure } from './setting.ts'
import type { Figure } from './study.ts'
import { STYLE } from './style.ts'
import type { Block, Line } from './summary.ts'

const facts = ({ runs, summary, ran }: Outcome): Markup => {
  const shown = factsOf([
    ['runs', String(countTrained(runs))],
    ['seeds', summary.seeds.length === 1 ? `only ${summary.seeds[0]}` : `${summary.seeds[0]}–${summary.seeds.at(-1)}`],
    ['backend', ran.backends.join(', ')],
    ['relaxed SIMD', ran.relaxedSimd.join(', ')],
    ['optimizer', ran.optimizers.join(', ')],
    ['Node', ran.node.join(', ')],
    ['at', ran.date.slice(0, 16).replace('T', ' ')],
  ])
  return markup`${shown}
<p class="remark">${ran.cpu}, ${ran.cores} cores, ${ran.platform}</p>`
}

const halfOf = ({ half }: Estimate): Markup | undefined =>
  half === undefined ? undefined : markup` <span class="soft">${plusMinus(half)}</span>`

function cells({ setting }: Block, line: Line, measure: Measure): Markup {
  const result = line.results[measure.name]
  if (!result) return markup`<td></td><td></td>`
  const theirs = (setting.published ?? []).flatMap((one) => {
    const found = printed(one, line.cell.name, measure)
    return found ? [{ name: one.name, ...found }] : []
  })
  const word = result.gain && verdict(result.gain)
  return markup`<td>${metric(result.value.mean)}${halfOf(result.value)}${theirs.map(({ name, value }) => markup`<small>${name} ${metricSpread({ mean: value })}</small>`)}</td>
<td>${result.gain && markup`<b class="${word ?? 'open'}">${gain(result.gain.mean)}</b>${halfOf(result.gain)}`}${word && markup` <span class="word">${word}</span>`}${theirs.map(({ gain: their }) => markup`<small>${their === undefined ? ' ' : gain(their)} </small>`)}</td>`
}

function table(block: Block): Markup {
  const { setting, lines } = block
  const twin = (name: string): string => setting.cells.find((cell) => cell.name === name)?.label ?? name
  const measures = setting.measures.map((measure) => ({
    text: measure.label,
    over: [
      { text: `${metricLabel(measure.metric)} ${arrow(measure.metric)}` },
      { text: 'gain', small: `over ${twin(measure.twin)}` },
    ],
  }))
  const rows = lines.map((line) => ({
    head: markup`<span class="key" style="background: var(--${line.cell.name})"></span>${line.cell.label}`,
    cells: [
      ...setting.measures.map((measure) => cells(block, line, measure)),
      markup`<td>${amount(line.parameters)}</td><td>${seconds(line.seconds)}</td>`,
    ],
  }))
  const heads = [{ text: 'model' }, ...measures, { text: 'parameters' }, { text: 'training', small: 'seconds' }]
  const caption = `Metrics on test rows, and gains: ${setting.name}`
  return markup`<div class="card">${grid({ caption, heads, rows })}</div>
${(setting.published ?? []).map(({ name, source, differs }) => markup`<p class="remark">${name}, in small print: ${source}. What differs: ${differs}</p>`)}`
}

const figure = ({ title, caption, drawing }: Figure): Markup =>
  markup`<figure class="card"><h3>${title}</h3><figcaption>${caption}</figcaption>${drawing}</figure>`

const EVERY_STUDY = [
  'Figures are means over seeds; behind ± is half of their 95 % confidence interval by Student’s t. A gain is taken within a seed, between runs of the same seed, and then averaged (Eq. 11 of the PLE paper: metric minus the twin’s where higher is better, the other way round where lower is). It gains or loses only where the interval excludes 0, and ties within the interval elsewhere.',
  'No correction is made for looking at many gains at once: of twenty true ties, one is expected to look like a gain or a loss.',
  'After each epoch a model is scored on validation rows; the epoch of the best score is kept and measured on test rows, once.',
]

export async function report(outcome: Outcome): Promise<string> {
  const { study, summary } = outcome
  const shown = summary.blocks.filter(({ lines }) => lines.length > 0)
  const figures = await study.figures(summary)
  const one = summary.seeds.length === 1 ? ['One seed was run: nothing is concluded from it.'] : []
  return pageOf({
    title: study.title,
    eyebrow: `plegrad · study ‘${study.name}’`,
    style: STYLE,
    head: markup`<p class="lead">${study.asks}</p><p>${study.finding(summary)}</p>${facts(outcome)}`,
    body: markup`${shown.map((block) => markup`<section><h2>${block.setting.name}</h2>${table(block)}</section>`)}
<section><h2>In figures</h2><div class="two">${figures.map(figure)}</div></section>
<section><h2>Before you believe it</h2><ul class="notes">${[...one, ...EVERY_STUDY, ...study.notes].map((note) => markup`<li>${note}</li>`)}</ul></section>
<footer>npm run study -- ${study.name} --seeds ${summary.seeds.length} --seed ${summary.seeds[0]}</footer>`,
  })
}

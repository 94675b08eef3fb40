/** The report's first table: each model's test metrics, what they gain over single-task learning, and its price. */
import { amount, arrow, gain, metric, metricLabel, metricSpread, plusMinus, seconds } from '../compare/format.ts'
import { markup } from './markup.ts'
import type { Markup } from './markup.ts'
import { grid } from './grid.ts'
import { labelOf, taskLabel } from '../compare/labels.ts'
import { colourOf } from './plots.ts'
import { reached } from '../compare/reference.ts'
import type { Study } from '../compare/study.ts'
import { metricOf } from '../compare/metric.ts'
import { isBest, summarize } from '../compare/summary.ts'
import type { Spread } from '../compare/spread.ts'
import type { Line } from '../compare/summary.ts'

/** Its label and, where that is short for something, what for. */
const taskWord = (task: string, { meanings = {} }: Study['card']): Markup => {
  const long = Object.hasOwn(meanings, task) ? meanings[task].long : undefined
  return long === undefined ? markup`${taskLabel(task)}` : markup`<abbr title="${long}">${taskLabel(task)}</abbr>`
}

const deviationOf = ({ deviation }: Spread): Markup | undefined =>
  deviation === undefined ? undefined : markup` <span class="soft">${plusMinus(deviation)}</span>`

/** The gain that fills a bar where none is larger, so that noise in the last digit has short ones. */
const LEAST = 0.001

/** A bar to the right, filled, or to the left, hollow: told apart without colour. */
function gainBar(gained: Spread, most: number): Markup {
  const shown = Number(metric(gained.mean))
  const direction = shown > 0 ? 'up' : shown < 0 ? 'down' : 'even'
  const width = (50 * Math.abs(gained.mean)) / most
  return markup`<span class="bar ${direction}"><i style="width: ${width.toFixed(1)}%"></i></span><b>${gain(gained.mean)}</b>${deviationOf(gained)}`
}

/** Metric and gain of each task and, in small print, of the reference. */
const cells = (line: Line, lines: readonly Line[], { tasks, card }: Study): readonly Markup[] =>
  Object.entries(tasks).map(([task, type]) => {
    const { metric: own, gain: gained } = line.tasks[task]
    const weight = isBest(line, lines, task, type) ? 'best' : 'other'
    const most = Math.max(...lines.map((other) => Math.abs(other.tasks[task].gain?.mean ?? 0)), LEAST)
    const { reference } = card
    const theirs = reference && reached(reference, line.model, task, type)
    const small = (text: string): Markup | undefined => (theirs ? markup`<small>${text}</small>` : undefined)
    return markup`<td><span class="${weight}">${metric(own.mean)}</span>${deviationOf(own)}${small(metricSpread(theirs?.metric ?? own))}</td>
<td class="gain">${gained && gainBar(gained, most)}${small(theirs?.gain ? gain(theirs.gain.mean) : '')}</td>`
  })

export function headline(study: Study): Markup {
  const lines = summarize(study)
  const { reference } = study.card
  const tasks = Object.entries(study.tasks).map(([task, type]) => ({
    text: taskWord(task, study.card),
    over: [
      { text: `${metricLabel(metricOf(type))} ${arrow(metricOf(type))}` },
      { text: 'gain', small: 'over single task' },
    ],
  }))
  const rows = lines.map((line) => ({
    head: markup`<span class="key" style="background: ${colourOf(line.model)}"></span>${labelOf(line.model)}${line.short ? ' (stopped)' : ''}${reference && markup`<small>reference</small>`}`,
    cells: [
      ...cells(line, lines, study),
      markup`<td>${amount(line.parameters)}</td><td>${seconds(line.seconds.mean)}</td>`,
    ],
  }))
  const heads = [{ text: 'model' }, ...tasks, { text: 'parameters' }, { text: 'training', small: 'seconds' }]
  return markup`<div class="card">${grid({ caption: 'Metrics on test rows, and gains over learning alone', heads, rows })}</div>
<p class="remark">The best of each metric is bold. A filled bar to the right is a gain, a hollow one to the left a loss.${reference && ` Small print: ${reference.source}, five seeds.`}</p>`
}

/** The report: one HTML file that is complete in itself and asks no network for anything, which it also tells the browser. */
import { METRIC_DIRECTIONS } from '../../src/metrics.ts'
import { kindOf, nameOf } from '../../src/models/index.ts'
import type { EpochRecord, TaskType } from '../../src/index.ts'
import { calibrationPanels } from './calibrationPlot.ts'
import { learningCurves } from './curves.ts'
import { finding, listed } from '../compare/finding.ts'
import { amount, metric, metricLabel, percent, whole } from '../compare/format.ts'
import { gateMap } from './gates.ts'
import { grid, scrolling } from './grid.ts'
import { headline } from './headline.ts'
import { markup } from './markup.ts'
import type { Markup } from './markup.ts'
import { explained, labelOf, taskLabel } from '../compare/labels.ts'
import { notes } from '../compare/notes.ts'
import { addressOf, epochsCsv, resultsCsv, studyJson } from '../compare/numbers.ts'
import type { Origin } from '../compare/origin.ts'
import { factsOf, pageOf } from './page.ts'
import { reliance } from './reliancePlot.ts'
import { seesaw } from './seesaw.ts'
import { STYLE } from './style.ts'
import type { Study } from '../compare/study.ts'
import { isProbable, metricOf } from '../compare/metric.ts'
import { why } from './why.ts'

/** What is lost by an error, where plegrad.json names no loss of its own. */
const lossOf = (task: string, type: TaskType, { training }: Study['settings']): string =>
  training?.losses?.[task] ??
  (isProbable(type) ? 'cross-entropy' : nameOf(type) === 'count' ? 'half of the Poisson deviance' : 'squared error')

const facts = ({ card, settings: { seeds, epochs, batchSize }, ran }: Study): Markup => {
  return factsOf([
    ['data', card.name],
    ['training rows', whole(card.splits[0].rows)],
    ['features', String(card.features.length)],
    [
      seeds.length === 1 ? 'seed' : 'seeds',
      seeds.length === 1 ? String(seeds[0]) : `${seeds[0]}–${seeds[seeds.length - 1]}`,
    ],
    ['epochs at most', String(epochs)],
    ['batch', whole(batchSize)],
    ['backend', ran.backend],
    ['optimizer', ran.optimizer],
    ['strategy', ran.strategy],
  ])
}

function curves(study: Study): Markup {
  const panels = Object.entries(study.tasks).flatMap(([task, type]) => {
    const name = metricOf(type)
    const loss = ({ losses }: EpochRecord): number => losses[task]
    const score = ({ validation }: EpochRecord): number => validation?.[task][name] ?? NaN
    const better = METRIC_DIRECTIONS[name] === 'higher' ? 'up is better' : 'down is better'
    return [
      [
        `${taskLabel(task)}: training loss`,
        `${lossOf(task, type, study.settings)}, mean over the epoch`,
        learningCurves(study, `${taskLabel(task)}: training loss`, loss),
      ],
      [
        `${taskLabel(task)}: validation ${metricLabel(name)}`,
        better,
        learningCurves(study, `${taskLabel(task)}: validation ${metricLabel(name)}`, score),
      ],
    ] as const
  })
  return markup`<div class="two">${panels.map(
    ([title, caption, figure]) =>
      markup`<figure class="card"><h3>${title}</h3><figcaption>${caption}</figcaption>${figure}</figure>`,
  )}</div>`
}

/** Of the first seed of each model that has gates. */
function gates({ runs, settings }: Study): Markup | undefined {
  const maps = settings.models.flatMap((model) => {
    const levels = runs.find((run) => run.model === model)?.gates ?? []
    return levels.map((level, index) => {
      const title = levels.length > 1 ? `${labelOf(model)}, level ${index + 1}` : labelOf(model)
      return markup`<figure><h3>${title}</h3>${gateMap(`${title}: mean weights of experts`, level)}</figure>`
    })
  })
  if (maps.length === 0) return undefined
  return markup`<section><h2>Who listens to whom</h2>
<p>Each row is a gate, each column an expert: the mean weight over test rows and, behind ±, its deviation from row to row. Weights of a row add up to 1; a dashed cell is an expert that the gate cannot hear. A gate that uses its experts differs from an even share.</p>
<div class="card flow">${maps}</div></section>`
}

/** Panels that stand beside each other on a wide screen; more of them scroll. */
const PANELS = 5

const calibrations = (study: Study): readonly Markup[] =>
  Object.entries(study.tasks).map(([task, type]) => {
    const caption = isProbable(type)
      ? 'Ten bins of equal width, the area of a dot after its rows. ECE: expected calibration error, the mean distance to the diagonal.'
      : 'Ten bins of equally many rows. Gap: the mean distance to the diagonal.'
    return markup`<figure class="card panels${study.settings.models.length > PANELS ? ' many' : ''}"><h3>${taskLabel(task)}</h3><figcaption>${caption}</figcaption>${scrolling(`${taskLabel(task)}: a panel for each model`, calibrationPanels(study, task))}</figure>`
  })

/** What the labels of a split come to, in a word and in a number: of classes their mean is nothing. */
const labelled = (type: TaskType): string =>
  nameOf(type) === 'multiclass' ? 'classes' : isProbable(type) ? 'positives' : 'mean label'

const labelShown = (type: TaskType, mean: number): string =>
  nameOf(type) === 'multiclass' ? String(kindOf(type).width) : isProbable(type) ? percent(mean) : metric(mean)

function data({ card, tasks }: Study): Markup {
  const names = Object.entries(tasks)
  const table = grid({
    caption: 'Rows and labels of each split',
    heads: [
      { text: 'split' },
      { text: 'rows' },
      ...names.map(([task, type]) => ({
        text: taskLabel(task),
        over: [{ text: labelled(type) }, { text: 'rows with a label' }],
      })),
    ],
    rows: card.splits.map(({ name, rows, labels }) => ({
      head: name,
      cells: [
        markup`<td>${whole(rows)}</td>`,
        ...names.map(
          ([task, type]) => markup`<td>${labelShown(type, labels[task].mean)}</td><td>${whole(labels[task].rows)}</td>`,
        ),
      ],
    })),
  })
  return markup`<div class="card">${table}</div>
<h3>${card.features.length} features</h3>
<ul class="chips">${card.features.map(
    ({ name, kind, dimension, vocabularySize }) =>
      markup`<li>${name} <span>${vocabularySize === undefined ? `${kind}, ${dimension} wide` : `${amount(vocabularySize)} → ${dimension}${kind === 'varLen' ? ', list' : ''}`}</span></li>`,
  )}</ul>
<p class="remark after">Behind a category its values, padding and unknown included, and the width of its embedding.</p>`
}

function seesawSection(figure: Markup, { tasks }: Study): Markup {
  const [first, second] = Object.keys(tasks).map(taskLabel)
  return markup`<section><h2>The seesaw</h2><div class="two wide"><figure class="card">${figure}</figure>
<div><p>Each model stands where its gains put it: to the right, ${first} is better than learned alone; further up, ${second} is.</p>
<p>Models that share too much often raise one task by lowering the other. The paper calls this the seesaw phenomenon, and PLE separates shared experts from those of a task to get off it, into the upper right.</p></div></div></section>`
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** When, by what and how it was made, and the numbers as files that the page itself holds. */
function made(study: Study, origin: Origin): Markup {
  const files = [
    ['results.csv', 'test metrics and gains', addressOf('text/csv', resultsCsv(study))],
    ['epochs.csv', 'losses and validation metrics by epoch', addressOf('text/csv', epochsCsv(study))],
    ['study.json', 'all there is', addressOf('application/json', studyJson(study, origin))],
  ]
  return markup`<p class="remark made">Made on <time datetime="${origin.date}">${DATE.format(new Date(origin.date))} UTC</time> by plegrad ${origin.version} and Node ${study.ran.node.slice(1)} with <code>${origin.command.split(' ').map((word, index) => markup`${index > 0 ? ' ' : ''}<span>${word}</span>`)}</code></p>
<p class="remark">The numbers, to save: ${files.map(([name, what, address], index) => markup`${index > 0 ? ' · ' : ''}<a download="${name}" href="${address}">${name}</a> (${what})`)}</p>`
}

/** The whole page. */
export function report(study: Study, origin: Origin): string {
  const see = seesaw(study)
  const words = Object.entries(study.card.meanings ?? {}).map(([task, meaning]) => explained(task, meaning))
  return pageOf({
    title: `What ${listed(Object.keys(study.tasks).map(taskLabel))} gain from learning together`,
    eyebrow: `plegrad · multi-task learning on ${study.card.name} data`,
    style: STYLE,
    head: markup`<p class="lead">${finding(study)}</p>${words.length > 0 ? markup`<p>${words.join(' ')}</p>` : undefined}${facts(study)}${made(study, origin)}`,
    body: markup`<section><h2>Test metrics and gains</h2>${headline(study)}</section>
${see && seesawSection(see, study)}
<section><h2>How they learned</h2><p>A mark is the epoch that was kept: the one of the best validation score over all tasks.${study.settings.seeds.length > 1 ? ' Faint lines are single seeds, strong ones their means.' : ''}</p>${curves(study)}</section>
${why(study)}
${gates(study)}
${reliance(study)}
<section><h2>Can predictions be taken at their word?</h2><p>On the dotted diagonal, what was predicted is what happened. Above it a model promises too little, below it too much.</p>${calibrations(study)}</section>
<section><h2>The data</h2>${data(study)}</section>
<section><h2>Before you believe it</h2><ul class="notes">${[...notes(study)].map((note) => markup`<li>${note}</li>`)}</ul></section>
<footer>Models after Tang et al., “Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized Recommendations”, RecSys 2020.</footer>`,
  })
}

/** How far a task's metric falls without each feature, with intervals: hollow where that may be nothing. It says in words which. */
import { axisX, axisY, dot, gridX, link, ruleX } from '@observablehq/plot'
import { METRIC_DIRECTIONS } from '../../src/metrics.ts'
import { cut, widthOf } from '../terminal/columns.ts'
import { listed } from '../compare/finding.ts'
import { gain, metric, metricLabel, plusMinus } from '../compare/format.ts'
import { labelOf, taskLabel } from '../compare/labels.ts'
import { markup } from './markup.ts'
import type { Markup } from './markup.ts'
import { draw, fitted } from './plots.ts'
import { isOwed } from '../compare/reliance.ts'
import type { Owed, Reliance } from '../compare/reliance.ts'
import type { Run, Study } from '../compare/study.ts'
import { metricOf } from '../compare/metric.ts'

/** Features that a figure shows: those that some task owes the most, as a share of what it owes to any. */
const SHOWN = 12
/** Features that a sentence names. */
const NAMED = 3
/** The least share of what matters most to a task that is told of, when it matters to another task not at all. */
const TELLING = 0.1
const ROW = 21
/** The place between subjects and features. */
const GAP = 'gap'
/** Of a letter in a label, about. */
const LETTER = 6.6
/** Of a name; the whole of it stands in the reading. */
const NAME = { wide: 24, narrow: 16 }

const isFeature = ({ members }: Owed): boolean => members === undefined

/** By name, the largest share that any task owes to it of what that task owes to the one it owes most. */
function sharesOf({ owed }: Reliance, chosen: (each: Owed) => boolean): ReadonlyMap<string, number> {
  const shares = new Map<string, number>()
  for (const all of Object.values(owed).map((each) => each.filter(chosen))) {
    const largest = Math.max(...all.map(({ mean }) => Math.abs(mean))) || 1
    for (const { name, mean } of all) shares.set(name, Math.max(shares.get(name) ?? 0, Math.abs(mean) / largest))
  }
  return new Map([...shares].sort(([, a], [, b]) => b - a))
}

/** `AUC falls`, `MSE rises` */
const deed = (type: Study['tasks'][string]): string =>
  `${metricLabel(metricOf(type))} ${METRIC_DIRECTIONS[metricOf(type)] === 'higher' ? 'falls' : 'rises'}`

const interval = ({ mean, half }: Owed): string => `${gain(mean)} ${plusMinus(half)}`

function panel(label: string, rows: readonly Owed[], { x, narrow }: { readonly x: string; readonly narrow: boolean }) {
  const room = narrow ? NAME.narrow : NAME.wide
  const shownName = ({ name, members }: Owed): string => cut(members ? `all of ${name}` : name, room)
  const names = rows.map(shownName)
  const marginLeft = 14 + LETTER * Math.max(...names.map(widthOf))
  const places = rows.map((each, index) => ({ ...each, place: String(index) }))
  const domain = places.flatMap(({ place, members }, index) =>
    members || !rows[index - 1]?.members ? [place] : [GAP, place],
  )
  const colour = (each: Owed): string => (isOwed(each) && each.mean < 0 ? 'var(--loss)' : 'var(--heat)')
  const said = rows.slice(0, NAMED).map((each, index) => `${names[index]} ${gain(each.mean)}`)
  return draw(
    `${label}. ${said.join(', ')}.`,
    {
      width: narrow ? 316 : 500,
      height: 48 + domain.length * ROW,
      marginLeft,
      marginRight: 14,
      marginTop: 6,
      marginBottom: 42,
      y: { type: 'point', domain, padding: 0.5 },
      marks: [
        gridX({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
        ruleX([0], { stroke: 'var(--soft)' }),
        axisX({ ticks: 4, tickSize: 0, label: x, labelAnchor: 'center', labelArrow: 'none' }),
        axisY({ tickSize: 0, label: null, tickFormat: (place: string) => (place === GAP ? '' : names[Number(place)]) }),
        link(places, {
          x1: ({ mean, half }: Owed) => mean - half,
          x2: ({ mean, half }: Owed) => mean + half,
          y: 'place',
          stroke: colour,
          strokeOpacity: 0.55,
          strokeWidth: 2,
        }),
        dot(places, {
          x: 'mean',
          y: 'place',
          r: 4,
          symbol: (each: Owed) => (isFeature(each) ? 'circle' : 'square'),
          stroke: colour,
          strokeWidth: 1.5,
          fill: (each: Owed) => (isOwed(each) ? colour(each) : 'var(--card)'),
        }),
      ],
    },
    places.map((each) => ({
      x: each.mean,
      y: each.place,
      head: each.name,
      rows: [
        { text: `${x} ${interval(each)}` },
        { text: isOwed(each) ? 'the interval excludes 0' : 'the interval holds 0' },
        ...(each.members ? [{ text: `${each.members.length} features, shuffled as one` }] : []),
      ],
      area: { width: 40, height: ROW },
    })),
  )
}

const byMean = (a: Owed, b: Owed): number => b.mean - a.mean

/** `To VTR, tab matters most (AUC falls by 0.0721 ±.0258), then tag and author_id. Of 35 intervals, 28 hold 0.` */
function matters(task: string, type: Study['tasks'][string], owed: readonly Owed[]): string {
  const features = owed.filter(isFeature)
  const owing = features.filter((each) => isOwed(each) && each.mean > 0).sort(byMean)
  const worse = features.filter((each) => isOwed(each) && each.mean < 0)
  const holding = features.length - owing.length - worse.length
  const [first, ...others] = owing.slice(0, NAMED)
  const to = `To ${taskLabel(task)}, `
  const then = others.length > 0 ? `, then ${listed(others.map(({ name }) => name))}` : ''
  return [
    first === undefined
      ? `${to}no feature matters by itself, as far as these rows tell.`
      : `${to}${first.name} matters most (${deed(type)} by ${metric(first.mean)} ${plusMinus(first.half)})${then}.`,
    `Of ${features.length} intervals, ${holding || 'none'} ${holding === 1 ? 'holds' : 'hold'} 0.`,
    ...(worse.length > 0
      ? [`Those of ${listed(worse.map(({ name }) => name))} lie below 0: it did better without.`]
      : []),
  ].join(' ')
}

/** Features that one task owes something to and another one does not, as far as intervals tell: the most telling first. */
function apart(reliance: Reliance): string | undefined {
  const tasks = Object.keys(reliance.owed)
  const found = [...sharesOf(reliance, isFeature)].flatMap(([name, share]) => {
    if (share < TELLING) return []
    const of = tasks.flatMap((task) => {
      const owed = reliance.owed[task].find((each) => isFeature(each) && each.name === name)
      return owed ? [{ task: taskLabel(task), owed }] : []
    })
    const owing = of.filter(({ owed }) => isOwed(owed) && owed.mean > 0)
    const holding = of.filter(({ owed }) => !isOwed(owed))
    if (owing.length === 0 || holding.length === 0) return []
    const said = (some: typeof of): string => listed(some.map(({ task, owed }) => `${task} (${interval(owed)})`))
    return `${name} matters to ${said(owing)} and, as far as these rows tell, not to ${said(holding)}`
  })
  return found.length === 0 ? undefined : `Apart: ${found.slice(0, NAMED).join('; ')}.`
}

/** Undefined where nothing was shuffled. */
export function reliance({ runs, tasks }: Study): Markup | undefined {
  const run = runs.find((each): each is Run & Required<Pick<Run, 'reliance'>> => each.reliance !== undefined)
  if (!run) return undefined
  const subjects = [...sharesOf(run.reliance, (each) => !isFeature(each)).keys()]
  const features = [...sharesOf(run.reliance, isFeature).keys()]
  const names = features.slice(0, SHOWN)
  const figures = Object.entries(run.reliance.owed).map(([task, owed]) => {
    const pick = (some: readonly string[], chosen: boolean) =>
      some.flatMap((name) => owed.find((each) => each.name === name && isFeature(each) === chosen) ?? [])
    const rows = [...pick(subjects, false), ...pick(names, true)]
    const x = `${deed(tasks[task])} by`
    return markup`<figure class="card"><h3>${taskLabel(task)}</h3>${fitted((narrow) => panel(`${taskLabel(task)}: how far ${deed(tasks[task])} without`, rows, { x, narrow }))}</figure>`
  })
  const split = apart(run.reliance)
  const rest = features.length - names.length
  return markup`<section><h2>What ${labelOf(run.model)} relies on</h2>
${Object.entries(run.reliance.owed).map(([task, owed]) => markup`<p>${matters(task, tasks[task], owed)}</p>`)}${split === undefined ? undefined : markup`<p>${split}</p>`}
<p class="remark">How much worse each task does when a feature’s values go to other rows${subjects.length > 0 ? '; a square is all that is known of one subject, shuffled together' : ''}. A line is the 95 % interval in which one more shuffle lies; a hollow mark’s holds 0. Of features that have nothing to do with a task, about one in 20 is filled by luck.${rest > 0 ? ` Of the features, the ${SHOWN} that some task owes the most are shown; all are in study.json.` : ''}</p>
<div class="two">${figures}</div></section>`
}

/** The report's tables on why tasks help or hurt: what intervals bear out, and by which parameters tasks pull apart. */
import { VERDICTS, certainties } from '../compare/certainty.ts'
import type { Certainty } from '../compare/certainty.ts'
import { conflictsOf } from '../compare/conflict.ts'
import type { Conflict, Pair } from '../compare/conflict.ts'
import { gainSpread, signed } from '../compare/format.ts'
import { grid } from './grid.ts'
import type { Head } from './grid.ts'
import { labelOf, taskLabel } from '../compare/labels.ts'
import { markup } from './markup.ts'
import type { Markup } from './markup.ts'
import { colourOf } from './plots.ts'
import type { Study } from '../compare/study.ts'

/** Parameters of a model that are named. */
const TOP = 5

export const named = (pair: Pair): string => pair.map(taskLabel).join(' and ')

function verdictCell({ gain: { mean, half }, verdict = 'ties' }: Certainty): Markup {
  const shown = gainSpread({ mean, ...(half !== undefined && { deviation: half }) })
  const said =
    verdict === 'ties'
      ? markup`<span class="soft">${VERDICTS[verdict]}</span>`
      : markup`<span class="${verdict === 'gains' ? 'up' : 'down'}"></span><b>${VERDICTS[verdict]}</b>`
  return markup`<td>${shown}</td><td>${said}</td>`
}

const keyed = (model: string): Markup =>
  markup`<span class="key" style="background: ${colourOf(model)}"></span>${labelOf(model)}`

/** Undefined of one seed, which has no interval: its gains stand in the first table already. */
export function verdicts(study: Study): Markup | undefined {
  const all = certainties(study).filter(({ verdict }) => verdict)
  if (all.length === 0) return undefined
  const tasks = Object.keys(study.tasks).map((task) => ({
    text: taskLabel(task),
    over: [{ text: 'gain' }, { text: 'verdict' }],
  }))
  const rows = [...new Set(all.map(({ model }) => model))].map((model) => ({
    head: keyed(model),
    cells: all.filter((each) => each.model === model).map(verdictCell),
  }))
  const title = 'Against the single-task twin'
  const caption = `The gain of each task and its 95 % confidence interval (Student’s t) over ${study.settings.seeds.length} seeds, paired by seed. Within the interval: it holds 0, so neither a gain nor a loss is shown.`
  const heads = [{ text: 'model' }, ...tasks]
  return markup`<div class="card"><h3>${title}</h3>${grid({ caption, label: title, heads, rows })}</div>`
}

const pulling = (parameters: Conflict['parameters']): Markup =>
  parameters.length === 0
    ? markup`<span class="soft">none</span>`
    : markup`<ul class="chips">${parameters.slice(0, TOP).map(({ path, cosine }) => markup`<li>${path.split('.').map((part, index) => markup`${index > 0 ? markup`.<wbr>` : undefined}${part}`)} <b>${signed(cosine)}</b></li>`)}</ul>`

export function paths(study: Study): Markup | undefined {
  const conflicts = conflictsOf(study)
  if (conflicts.length === 0) return undefined
  const title = 'Where they pull against each other'
  const caption = `Shared parameters by which the cosine is below 0 at the epoch that was kept: at most ${TOP} of a model, the lowest first.`
  const many = Object.keys(study.tasks).length > 2
  const heads: readonly Head[] = [
    { text: 'model' },
    ...(many ? [{ text: 'tasks', words: true } as const] : []),
    { text: 'parameters', words: true },
  ]
  const rows = conflicts.map(({ model, pair, parameters }) => ({
    head: keyed(model),
    cells: [
      ...(many ? [markup`<td class="words">${named(pair)}</td>`] : []),
      markup`<td class="words wide">${pulling(parameters)}</td>`,
    ],
  }))
  return markup`<div class="card"><h3>${title}</h3>${grid({ caption, label: title, heads, rows })}</div>`
}

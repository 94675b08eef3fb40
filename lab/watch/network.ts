/**
 * A model as the paper draws it (Tang et al. 2020, Figures 4 and 5): experts speak from below, gates listen, towers stand on
 * top. A line is as wide as its gate's mean weight; what is drawn comes from the model's own gates, and from nothing else.
 */
import { html, svg } from 'lit-html'
import type { SVGTemplateResult, TemplateResult } from 'lit-html'
import { SHARED } from '../../src/layers.ts'
import type { Hearing, Snapshot } from './messages.ts'
import type { Kind } from './settings.ts'
import { groupColour, metric, percent } from './words.ts'

const WIDTH = 440
const EDGE = 14
const TOWER = { width: 104, height: 34 }
const EXPERT = { width: 40, height: 28 }
const GATE = 11
/** Between the rows of a level: its experts, its gates, and what comes next. */
const RISE = { gates: 92, next: 62 }
/** How wide a line is: of a weight of 0, and of 1 in addition. */
const STROKE = { least: 0.75, most: 9 }

interface Place {
  readonly x: number
  readonly y: number
}

type Level = Readonly<Record<string, Hearing>>

const groupOf = (expert: string): string => expert.replace(/\.\d+$/, '')

/** The experts that any gate of a level hears, by group; a group without one has no expert. */
function expertsOf(level: Level): ReadonlyMap<string, readonly string[]> {
  const names = [...new Set(Object.values(level).flatMap(({ experts }) => experts))]
  const groups = new Map<string, string[]>()
  for (const name of names) groups.set(groupOf(name), [...(groups.get(groupOf(name)) ?? []), name])
  return groups
}

/** Half of the tasks, what they share, and the others: as in the paper's figure. */
const inOrder = (tasks: readonly string[]): readonly string[] => {
  const half = Math.ceil(tasks.length / 2)
  return [...tasks.slice(0, half), SHARED, ...tasks.slice(half)]
}

/** A line that leaves and arrives upright. */
const bow = (from: Place, to: Place): string => {
  const middle = (from.y + to.y) / 2
  return `M${from.x.toFixed(1)} ${from.y.toFixed(1)}C${from.x.toFixed(1)} ${middle.toFixed(1)} ${to.x.toFixed(1)} ${middle.toFixed(1)} ${to.x.toFixed(1)} ${to.y.toFixed(1)}`
}

const thin = (from: Place, to: Place): SVGTemplateResult => svg`<path class="signal" d=${bow(from, to)} />`

/** From an expert to a gate, as wide as its weight. */
const heard = (from: Place, to: Place, colour: string, weight: number, words: string): SVGTemplateResult =>
  svg`<path class="weight" d=${bow(from, to)} stroke=${colour} stroke-width=${(STROKE.least + STROKE.most * weight).toFixed(2)}
    stroke-opacity=${(0.3 + 0.6 * weight).toFixed(2)} data-weight=${weight}><title>${words}</title></path>`

const box = (at: Place, { width, height }: typeof TOWER, colour: string, words: string, name = ''): SVGTemplateResult =>
  svg`<g><rect class="box" x=${at.x - width / 2} y=${at.y - height / 2} width=${width} height=${height} rx="7" stroke=${colour} />
    <text x=${at.x} y=${at.y} dy="0.34em">${words}</text>${name === '' ? '' : svg`<title>${name}</title>`}</g>`

const cut = (name: string, letters: number): string => (name.length > letters ? `${name.slice(0, letters - 1)}…` : name)

/** What gates hear, in words. */
export const hearsay = (gates: readonly Level[]): string =>
  gates
    .flatMap((level, at) =>
      Object.entries(level).map(
        ([gate, { experts, mean }]) =>
          `Level ${at + 1}, ${gate} hears ${experts.map((expert, index) => `${expert} ${percent(mean[index])}`).join(', ')}.`,
      ),
    )
    .join(' ')

/** The picture of a model at an epoch, and its words for whoever does not see it. */
export function network(
  kind: Kind,
  name: string,
  tasks: readonly string[],
  { gates, validation }: Snapshot,
): TemplateResult {
  const groups = inOrder(tasks)
  const first = gates.length > 0 ? expertsOf(gates[0]) : new Map<string, readonly string[]>()
  const slots = groups.map((group) => Math.max(1, first.get(group)?.length ?? 0))
  const gap = 16
  const slot = (WIDTH - 2 * EDGE - gap * (groups.length - 1)) / slots.reduce((total, each) => total + each, 0)
  const startOf = (index: number): number =>
    EDGE + index * gap + slots.slice(0, index).reduce((total, each) => total + each * slot, 0)
  const centre = new Map(groups.map((group, index) => [group, startOf(index) + (slots[index] * slot) / 2]))
  const width = Math.min(EXPERT.width, slot - 5)

  const levels = Math.max(1, gates.length)
  const top = 22 + TOWER.height
  const yOfGates = (level: number): number => top + 44 + (levels - 1 - level) * (RISE.gates + RISE.next)
  const yOfExperts = (level: number): number => yOfGates(level) + RISE.gates
  const floor = yOfExperts(0) + 66
  const height = floor + 30

  const towers = tasks.map((task) => ({ task, x: centre.get(task)!, y: 20 + TOWER.height / 2 }))
  const lines: SVGTemplateResult[] = []
  const things: SVGTemplateResult[] = []
  const input = (x: number): Place => ({ x, y: floor })

  gates.forEach((level, at) => {
    const experts = expertsOf(level)
    const places = new Map<string, Place>()
    groups.forEach((group, index) =>
      experts.get(group)?.forEach((expert, number) => {
        const place = { x: startOf(index) + (number + 0.5) * slot, y: yOfExperts(at) }
        places.set(expert, place)
        const below = at === 0 ? input(place.x) : { x: centre.get(group)!, y: yOfGates(at - 1) - GATE }
        lines.push(thin(below, { x: place.x, y: place.y + EXPERT.height / 2 }))
        const words = `${group} expert ${number + 1} of level ${at + 1}`
        things.push(box(place, { width, height: EXPERT.height }, groupColour(group, tasks), String(number + 1), words))
      }),
    )
    for (const [gate, { experts: names, mean }] of Object.entries(level)) {
      const x = centre.get(gate)!
      const y = yOfGates(at)
      names.forEach((expert, index) => {
        const { x: from, y: bottom } = places.get(expert)!
        lines.push(
          heard(
            { x: from, y: bottom - EXPERT.height / 2 },
            { x, y: y + GATE - 2 },
            groupColour(groupOf(expert), tasks),
            mean[index],
            `level ${at + 1}: ${gate} hears ${expert} ${percent(mean[index])}`,
          ),
        )
      })
      things.push(
        svg`<circle class="box" cx=${x} cy=${y} r=${GATE} stroke=${groupColour(gate, tasks)}><title>gate of ${gate}, level ${at + 1}</title></circle>`,
      )
      if (at === gates.length - 1) lines.push(thin({ x, y: y - GATE }, { x, y: 20 + TOWER.height }))
    }
  })
  if (gates.length === 0) {
    const y = yOfExperts(0)
    const wide = { width: kind === 'single' ? TOWER.width : WIDTH - 2 * EDGE, height: 40 }
    const shared = kind !== 'single'
    if (shared) things.push(box({ x: WIDTH / 2, y }, wide, groupColour(SHARED, tasks), 'one network for all tasks'))
    for (const { task, x, y: tower } of towers) {
      lines.push(thin(input(x), { x, y: y + 20 }), thin({ x, y: y - 20 }, { x, y: tower + TOWER.height / 2 }))
      if (!shared) things.push(box({ x, y }, wide, groupColour(task, tasks), 'its own'))
    }
  }
  for (const { task, x, y } of towers) {
    const [[measure, value]] = Object.entries(validation[task])
    things.push(
      svg`<text class="score" x=${x} y="12">${measure === 'mse' ? 'MSE' : 'log loss'} ${metric(value)}</text>`,
      box({ x, y }, TOWER, groupColour(task, tasks), cut(task, 13), `tower of ${task}`),
    )
  }
  things.push(
    svg`<rect class="input" x=${EDGE} y=${floor} width=${WIDTH - 2 * EDGE} height="24" rx="7" /><text x=${WIDTH / 2} y=${floor + 12} dy="0.34em">features</text>`,
  )
  return html`<svg class="network" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${name}. ${hearsay(gates)}">
    ${lines}${things}
  </svg>`
}

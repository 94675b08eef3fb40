/** What a study found, in one or two sentences made of its numbers. It claims nothing that seeds do not bear out. */
import { certainties } from './certainty.ts'
import { gain, metricLabel } from './format.ts'
import { BASELINE, labelOf, taskLabel } from './labels.ts'
import type { Study } from './study.ts'
import { metricOf } from './metric.ts'
import { summarize } from './summary.ts'
import type { Line } from './summary.ts'

/** `MMoE`, `MMoE and CGC`, `MMoE, CGC and PLE` */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`

/** As shown: what rounds to nothing is nothing. */
const gainOf = ({ tasks }: Line, task: string): number => Number((tasks[task].gain?.mean ?? 0).toFixed(4))

/** What is gained as a share of the twin's own metric, so that tasks of other units can be added. */
const shareOf = (line: Line, task: string, twin: Line | undefined): number =>
  gainOf(line, task) / (Math.abs(twin?.tasks[task].metric.mean ?? 1) || 1)

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** `raises VTR at the cost of VCR`, and the like, in the singular. */
function deed(line: Line, tasks: readonly string[]): string {
  const up = tasks.filter((task) => gainOf(line, task) > 0)
  const down = tasks.filter((task) => gainOf(line, task) < 0)
  const named = (some: readonly string[]): string => listed(some.map(taskLabel))
  if (down.length === 0) return up.length === 0 ? 'changes nothing' : `gains on ${named(up)}`
  return up.length === 0 ? `loses on ${named(down)}` : `raises ${named(up)} at the cost of ${named(down)}`
}

const plural = (text: string): string => text.replace(/^(\w+)s /, '$1 ')

/** Models of one deed in one clause. */
function clauses(lines: readonly Line[], tasks: readonly string[]): readonly string[] {
  const deeds = new Map<string, string[]>()
  for (const line of lines) {
    const text = deed(line, tasks)
    deeds.set(text, [...(deeds.get(text) ?? []), labelOf(line.model)])
  }
  return [...deeds].map(([text, models]) => `${listed(models)} ${models.length === 1 ? text : plural(text)}`)
}

/** `+0.0021 on VTR (AUC) and −0.0004 on VCR (MSE)` */
const amounts = (line: Line, tasks: Study['tasks']): string =>
  listed(
    Object.entries(tasks).map(
      ([task, type]) => `${gain(gainOf(line, task))} on ${taskLabel(task)} (${metricLabel(metricOf(type))})`,
    ),
  )

/** Which gains and losses the interval over seeds sets apart from 0. */
function certainty(study: Study): string {
  const seeds = study.settings.seeds.length
  if (seeds < 2) return 'It is one seed: differences this small may be luck.'
  const all = certainties(study)
  const beyond = all.filter(({ verdict }) => verdict === 'gains' || verdict === 'loses')
  if (beyond.length === 0) return `Over ${seeds} seeds, no 95 % interval excludes 0.`
  if (beyond.length === all.length) return `Over ${seeds} seeds, every 95 % interval excludes 0.`
  const named = beyond.map(({ model, task }) => `${labelOf(model)} on ${taskLabel(task)}`)
  return `Over ${seeds} seeds, 95 % intervals exclude 0 of ${listed(named)}.`
}

export function finding(study: Study): string {
  const tasks = Object.keys(study.tasks)
  const lines = summarize(study).filter((line) => tasks.every((task) => line.tasks[task].gain))
  if (lines.length === 0) return 'No model ran beside its single-task twin, so there is no gain to tell of.'
  const twin = summarize(study).find(({ model }) => model === BASELINE)
  const total = (line: Line): number => sum(tasks.map((task) => shareOf(line, task, twin)))
  const best = [...lines].sort((a, b) => total(b) - total(a))[0]
  return [
    `Over single-task learning, ${clauses(lines, tasks).join('; ')}.`,
    ...(lines.length > 1 ? [`Of these, ${labelOf(best.model)} does best: ${amounts(best, study.tasks)}.`] : []),
    certainty(study),
  ].join(' ')
}

/** Why tasks help or hurt, for a terminal of 80 columns: how gradients lie, and what intervals bear out. */
import Table from 'cli-table3'
import { certainties } from './certainty.ts'
import { WIDTH, cut, cutStart, fold, widthOf } from '../terminal/columns.ts'
import { CHARS, STYLE } from '../terminal/table.ts'
import { conflictsOf } from './conflict.ts'
import { gainSpread, signed } from './format.ts'
import { shortLabelOf, taskLabel } from './labels.ts'
import type { Study } from './study.ts'

const short = (task: string, width: number): string => cut(taskLabel(task), width)

const NAME = 13

function* table(study: Study): Generator<string> {
  const conflicts = conflictsOf(study)
  if (conflicts.length === 0) return
  const many = Object.keys(study.tasks).length > 2
  const head = ['gradients', ...(many ? ['of'] : []), 'cosine', 'norms']
  const rows = conflicts.map(({ model, pair, first, kept, norms }) => [
    shortLabelOf(model),
    ...(many ? [pair.map((task) => short(task, 6)).join('/')] : []),
    first === kept ? signed(kept) : `${signed(first)} → ${signed(kept)}`,
    norms.map((norm) => norm.toPrecision(2)).join(' : '),
  ])
  const taken = head.map((name, column) => 2 + Math.max(widthOf(name), ...rows.map((row) => widthOf(row[column]))))
  const room = WIDTH - taken.reduce((sum, width) => sum + width, 0)
  const shown = new Table({
    head: [...head, cut('against each other by', room)],
    colAligns: ['left', ...(many ? ['left' as const] : []), 'right', 'right', 'left'],
    chars: CHARS,
    style: STYLE,
  })
  for (const [index, { parameters }] of conflicts.entries()) {
    const [worst] = parameters
    const cosine = worst && signed(worst.cosine)
    shown.push([...rows[index], worst ? `${cosine} ${cutStart(worst.path, room - 1 - widthOf(cosine))}` : 'none'])
  }
  yield* shown
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
}

/** One line for each model: what each task comes to over seeds. */
function* verdicts(study: Study): Generator<string> {
  const all = certainties(study).filter(({ verdict }) => verdict)
  for (const model of new Set(all.map((each) => each.model))) {
    const own = all.filter((each) => each.model === model)
    const words = own.map(({ task, gain: { mean, half }, verdict }) => {
      const shown = gainSpread({ mean, ...(half !== undefined && { deviation: half }) })
      return `${short(task, NAME)} ${shown} ${verdict === 'ties' ? 'within' : (verdict ?? '')}`
    })
    yield fold([shortLabelOf(model).padEnd(NAME), ...words], { indent: NAME + 2 })
  }
}

/** A few lines; none where nothing was looked at. */
export function whyTable(study: Study): string {
  const seeds = study.settings.seeds.length
  const [gradients, bornOut] = [[...table(study)], [...verdicts(study)]]
  const parts = [
    ...(gradients.length > 0 ? [gradients.join('\n')] : []),
    ...(bornOut.length > 0
      ? [[`over the single task, ± the 95 % interval of ${seeds} seeds; within: it holds 0`, ...bornOut].join('\n')]
      : []),
  ]
  return parts.join('\n\n')
}

/** Why tasks help or hurt, for a terminal of 80 columns: how gradients lie, and what intervals bear out. */
import Table from 'cli-table3'
import { certainties } from './certainty.ts'
import { cut, cutStart, fold } from '../terminal/columns.ts'
import { conflictsOf } from './conflict.ts'
import { gainSpread, signed } from './format.ts'
import { labelOf, taskLabel } from './labels.ts'
import type { Study } from './study.ts'
import { CHARS, STYLE } from './table.ts'

const short = (task: string, width: number): string => cut(taskLabel(task), width)

const NAME = 13
const PATH = 30

function* table(study: Study): Generator<string> {
  const conflicts = conflictsOf(study)
  if (conflicts.length === 0) return
  const many = Object.keys(study.tasks).length > 2
  const shown = new Table({
    head: ['gradients', ...(many ? ['of'] : []), 'cosine', 'norms', 'against each other by'],
    colAligns: ['left', ...(many ? ['left' as const] : []), 'right', 'right', 'left'],
    chars: CHARS,
    style: STYLE,
  })
  for (const { model, pair, first, kept, norms, parameters } of conflicts) {
    const of = many ? [pair.map((task) => short(task, 6)).join('/')] : []
    const [worst] = parameters
    const room = PATH - (many ? 15 : 0)
    shown.push([
      labelOf(model),
      ...of,
      first === kept ? signed(kept) : `${signed(first)} → ${signed(kept)}`,
      norms.map((norm) => norm.toPrecision(2)).join(' : '),
      worst ? `${signed(worst.cosine)} ${cutStart(worst.path, room)}` : 'none',
    ])
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
    yield fold([labelOf(model).padEnd(NAME), ...words], { indent: NAME + 2 })
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

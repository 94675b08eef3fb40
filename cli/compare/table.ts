/** The closing table, for a terminal of 80 columns: a line for each model and, below it, what the reference reached. */
import { stripVTControlCharacters, styleText } from 'node:util'
import Table from 'cli-table3'
import type { TaskType } from '../../src/index.ts'
import { WIDTH, cut, widthOf, wrap } from '../terminal/columns.ts'
import { CHARS, STYLE } from '../terminal/table.ts'
import { amount, arrow, gain, metricLabel, metricSpread, seconds } from './format.ts'
import { BASELINE, UNDER, labelOf, shortLabelOf, taskLabel } from './labels.ts'
import type { Reference } from './feed.ts'
import { reached } from './reference.ts'
import type { Study } from './study.ts'
import { metricOf } from './metric.ts'
import { isBest, summarize } from './summary.ts'
import type { Line } from './summary.ts'

/** As wide as a metric with its spread; a task of a longer name is cut off. */
const WIDEST = 13
/** As wide as the spread. */
const SPREAD = ' '.repeat(7)

/** Two tasks fit beside each other; more have tables of their own. */
export const pairs = <T>(tasks: readonly T[]): (readonly T[])[] =>
  Array.from({ length: Math.ceil(tasks.length / 2) }, (_, index) => tasks.slice(2 * index, 2 * index + 2))

interface Paints {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
}

const paints = (colour: boolean): Paints => ({
  bold: (text) => (colour ? styleText('bold', text) : text),
  dim: (text) => (colour ? styleText('dim', text) : text),
})

/** The cells of a model: metric and gain of each task. */
const cells = (tasks: Study['tasks'], of: (task: string, type: TaskType) => readonly [string, string]): string[] =>
  Object.entries(tasks).flatMap(([task, type]) => of(task, type))

const referenceCells = (reference: Reference, model: string, tasks: Study['tasks']): string[] =>
  cells(tasks, (task, type) => {
    const theirs = reached(reference, model, task, type)
    return [theirs ? metricSpread(theirs.metric) : '', theirs?.gain ? gain(theirs.gain.mean) : '']
  })

function tableOf(study: Study, tasks: Study['tasks'], { bold, dim }: Paints): string {
  const lines = summarize(study)
  const { reference } = study.card
  const table = new Table({
    head: [
      '\nmodel',
      ...Object.entries(tasks).flatMap(([task, type]) => {
        const name = metricOf(type)
        return [`${cut(taskLabel(task), WIDEST)}\n${metricLabel(name)} ${arrow(name)}`, '\ngain']
      }),
      '\nparams',
      '\ns',
    ],
    colAligns: ['left', ...Object.keys(tasks).flatMap(() => ['right', 'right'] as const), 'right', 'right'],
    chars: CHARS,
    style: STYLE,
  })
  for (const line of lines) {
    const label = shortLabelOf(line.model) + (line.short ? ' *' : '')
    const own = cells(tasks, (task, type) => {
      const outcome = line.tasks[task]
      const text = metricSpread(outcome.metric)
      const shown = isBest(line, lines, task, type) ? bold(text) : text
      // Where a spread stands below a number without one, numbers stay below each other.
      const room = reference && outcome.metric.deviation === undefined ? SPREAD : ''
      return [shown + room, line.model === BASELINE ? '' : outcome.gain ? gain(outcome.gain.mean) : '–']
    })
    table.push([label, ...own, amount(line.parameters), seconds(line.seconds.mean)])
    if (reference) table.push(['  reference', ...referenceCells(reference, line.model, tasks), '', ''].map(dim))
  }
  const [top, head, ...rows] = table.toString().split('\n')
  const width = Math.max(...rows.map((row) => widthOf(stripVTControlCharacters(row))))
  return [top, head, '─'.repeat(width), ...rows].map((row) => row.trimEnd()).join('\n')
}

/** What the table does not say of itself. */
function* remarks({ settings: { seeds }, card, aborted, ran }: Study, lines: readonly Line[]): Generator<string> {
  if (!lines.some(({ model }) => model === BASELINE)) yield `no gains: ${BASELINE} is not among the models`
  else if (seeds.length > 1) yield `mean ± sd over ${seeds.length} seeds; gain over the single task of the same seed`
  else yield 'gain over the single task (Eq. 11); of one seed it may be luck: try --seeds 5'
  const { reference } = card
  if (reference) yield `reference: ${reference.source}`
  const other = lines.find(({ model }) => model.includes(UNDER))
  if (other) yield `${UNDER}: ${labelOf(other.model.split(UNDER)[0])} under another strategy`
  yield `ran on backend ${ran.backend} with ${ran.optimizer} and ${ran.strategy}, Node ${ran.node}`
  if (lines.some(({ short }) => short)) yield '* stopped before its last epoch'
  if (aborted) yield 'stopped by Ctrl-C: what had been measured until then'
}

/** Metrics of many digits leave no room for two tasks. */
const fits = (table: string): boolean =>
  table.split('\n').every((line) => widthOf(stripVTControlCharacters(line)) <= WIDTH)

/** At most 80 columns wide. `colour` asks for bold and dim. */
export function terminalTable(study: Study, { colour = false }: { readonly colour?: boolean } = {}): string {
  const lines = summarize(study)
  if (lines.length === 0) return 'No model had finished an epoch: nothing to report.'
  const of = (names: readonly string[]): string =>
    tableOf(study, Object.fromEntries(names.map((name) => [name, study.tasks[name]])), paints(colour))
  const tables = pairs(Object.keys(study.tasks)).flatMap((names) =>
    fits(of(names)) ? [of(names)] : names.map((name) => of([name])),
  )
  return [...tables, [...remarks(study, lines)].map((remark) => paints(colour).dim(wrap(remark))).join('\n')].join(
    '\n\n',
  )
}

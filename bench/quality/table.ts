/** The tables of a study for a terminal of 80 columns: a line for each cell and, below it, what others have printed. */
import { stripVTControlCharacters, styleText } from 'node:util'
import Table from 'cli-table3'
import { arrow, gain, metric, metricLabel, metricSpread, seconds } from '../../cli/compare/format.ts'
import { pairs } from '../../cli/compare/table.ts'
import { CHARS, STYLE } from '../../cli/terminal/table.ts'
import { verdict } from '../../cli/compare/interval.ts'
import type { Verdict } from '../../cli/compare/interval.ts'
import { printed } from './published.ts'
import type { Measure, Published } from './setting.ts'
import type { Block, Line, Summary } from './summary.ts'
import { gainText } from './words.ts'

export const MARKS: Readonly<Record<Verdict, string>> = { gains: '▲', loses: '▼', ties: '·' }

/** As wide as the interval behind a number. */
const INTERVAL = ' '.repeat(7)
const WIDTH = 80

const ownCells = ({ results }: Line, { name }: Measure): readonly [string, string] => {
  const result = results[name]
  if (!result) return ['', '']
  const { mean, half } = result.value
  const text = metricSpread({ mean, ...(half !== undefined && { deviation: half }) })
  const word = result.gain && verdict(result.gain)
  return [text, result.gain ? `${gainText(result.gain)} ${word ? MARKS[word] : ' '}` : '']
}

/** Numbers without an interval stand below those that have one. */
const theirCells = (published: Published, cell: string, measure: Measure, room: string): readonly [string, string] => {
  const theirs = printed(published, cell, measure)
  if (!theirs) return ['', '']
  return [metric(theirs.value) + room, theirs.gain === undefined ? '' : `${gain(theirs.gain)}${room}  `]
}

function tableOf({ setting, lines }: Block, measures: readonly Measure[], dim: (text: string) => string): string {
  const table = new Table({
    head: [
      '',
      ...measures.flatMap(({ label, metric: name }) => [`${label}\n${metricLabel(name)} ${arrow(name)}`, '\ngain  ']),
    ],
    colAligns: ['left', ...measures.flatMap(() => ['right', 'right'] as const)],
    chars: CHARS,
    style: STYLE,
  })
  for (const line of lines) {
    const own = measures.flatMap((measure) => ownCells(line, measure))
    if (own.every((text) => text === '')) continue
    table.push([line.cell.label, ...own])
    const room = line.runs > 1 ? INTERVAL : ''
    for (const published of setting.published ?? []) {
      const theirs = measures.flatMap((measure) => theirCells(published, line.cell.name, measure, room))
      if (theirs.some((text) => text !== '')) table.push([`  ${published.name}`, ...theirs].map(dim))
    }
  }
  const [top, head, ...rows] = table.toString().split('\n')
  const width = Math.max(...rows.map((row) => stripVTControlCharacters(row).trimEnd().length))
  return [top, head, '─'.repeat(width), ...rows].map((row) => row.trimEnd()).join('\n')
}

/** Broken between words so that no line is wider than the terminal. */
export function wrapped(text: string, indent = ''): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1]
    if (line !== '' && line.length + 1 + word.length > WIDTH - indent.length) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(`\n${indent}`)
}

function* remarks({ setting }: Block): Generator<string> {
  for (const { name, source, differs } of setting.published ?? [])
    yield `  ${wrapped(`${name}: ${source}. Differs: ${differs}`, '  ')}`
}

function blockOf(block: Block, dim: (text: string) => string): string {
  const times = block.lines.map(({ cell, seconds: took }) => `${cell.label} ${seconds(took)}`).join(', ')
  return [
    ...pairs(block.setting.measures).map((measures) => tableOf(block, measures, dim)),
    [...remarks(block), `  ${wrapped(`seconds to train: ${times}`, '  ')}`].map(dim).join('\n'),
  ].join('\n\n')
}

/** What marks and intervals mean. */
const legend = ({ seeds }: Summary): string =>
  seeds.length > 1
    ? `mean ± 95 % confidence interval (Student t) over ${seeds.length} seeds; gains are paired within the ` +
      'seed: ▲ gains  ▼ loses  · ties within the interval'
    : 'one seed has no interval: nothing is concluded from it'

/** At most 80 columns wide. `colour` asks for bold and dim. */
export function terminalTables(summary: Summary, { colour = false }: { readonly colour?: boolean } = {}): string {
  const paint = (style: 'bold' | 'dim') => (text: string) => (colour && text !== '' ? styleText(style, text) : text)
  const shown = summary.blocks.filter(({ lines }) => lines.length > 0)
  if (shown.length === 0) return 'No run had ended: nothing to report.'
  const titled = shown.map((block) => {
    const text = blockOf(block, paint('dim'))
    return summary.blocks.length > 1 ? `${paint('bold')(block.setting.name)}\n\n${text}` : text
  })
  return [...titled, paint('dim')(wrapped(legend(summary)))].join('\n\n')
}

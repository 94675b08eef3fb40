/** A choice of backend in words, at most 80 columns wide. It refuses to leave out a candidate or a number. */
import type { Line } from './line.ts'
import type { Row, Thresholds } from './thresholds.ts'

/** A candidate, in the order in which they were looked at. */
export interface Tried {
  readonly backend: string
  readonly device?: string
  readonly taken: boolean
  readonly reason: string
}

const COLUMNS = 80

export const short = (number: number): string => String(Number(number.toPrecision(3)))

function wrapped(text: string, indent: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1]
    if (last !== '' && last.length + 1 + word.length > COLUMNS) lines.push(indent + word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join('\n')
}

const columns = (verb: string, pays: string, lines: readonly string[]): string =>
  `  ${verb.padEnd(17)}${pays.padStart(14)}${lines.map((each) => each.padStart(44 / lines.length)).join('')}`

const numbersOf = ({ fixed, perMillion }: Line): readonly string[] => [short(fixed), short(perMillion)]

const tableOf = ({ mode, device, otherwise, verbs }: Thresholds): readonly string[] => [
  wrapped(
    `Measured on ${device}: milliseconds of a call, fixed and for each million operations, and from how many ` +
      `millions on gpujs-${mode} pays. Arrays are on the device; a transfer brings numbers there and back.`,
    '',
  ),
  columns('', 'pays from', [`gpujs-${mode}`, otherwise]),
  columns('', 'M operations', ['fixed', 'per M', 'fixed', 'per M']),
  ...Object.entries(verbs).map(([verb, { threshold, gpujs, otherwise: other }]) =>
    columns(verb, threshold === null ? 'never' : short(threshold / 1e6), [...numbersOf(gpujs), ...numbersOf(other)]),
  ),
]

/** What is to be done. */
function workText(rows: readonly Row[]): string {
  if (rows.length === 0) return 'no work that it was told of'
  const calls = rows.reduce((total, each) => total + each.calls, 0)
  const operations = rows.reduce((total, each) => total + each.calls * each.operations, 0)
  return `${calls} calls of ${new Set(rows.map(({ verb }) => verb)).size} verbs, ${short(operations / 1e6)} M operations`
}

export function whyText(rows: readonly Row[], tried: readonly Tried[], thresholds: readonly Thresholds[]): string {
  const taken = tried[tried.length - 1]
  return [
    wrapped(`${taken.backend} was chosen for ${workText(rows)}.`, ''),
    ...tried.map(({ backend, device, taken: was, reason }, index) =>
      wrapped(
        `${index + 1}. ${backend}${device === undefined ? '' : ` on ${device}`}: ${was ? 'taken' : 'not taken'}, ` +
          `because ${reason}`,
        '   ',
      ),
    ),
    ...thresholds.flatMap(tableOf),
  ].join('\n')
}

/** Numbers in sentences: what each cell gained, and whether a paper's shape is there. It claims what intervals bear out. */
import { listed } from '../../cli/compare/finding.ts'
import { gainSpread, metricLabel } from '../../cli/compare/format.ts'
import { verdict } from '../../cli/compare/interval.ts'
import type { Estimate, Verdict } from '../../cli/compare/interval.ts'
import type { Measure } from './setting.ts'
import type { Block, Line } from './summary.ts'

/** `+0.0012 ±.0004`, the interval behind ±. */
export const gainText = ({ mean, half }: Estimate): string =>
  gainSpread({ mean, ...(half !== undefined && { deviation: half }) })

const WORDS: Readonly<Record<Verdict, readonly [singular: string, plural: string]>> = {
  gains: ['gains', 'gain'],
  loses: ['loses', 'lose'],
  ties: ['ties within the interval', 'tie within the interval'],
}

/** What a cell's gain comes to; undefined where it has none, or one seed leaves it open. */
export function verdictOf({ lines }: Block, cell: string, measure: string): Verdict | undefined {
  const gain = lines.find((line) => line.cell.name === cell)?.results[measure]?.gain
  return gain && verdict(gain)
}

/** `On VTR (AUC), PLE gains (+0.0012 ±.0004); MMoE and CGC tie within the interval.` */
function onMeasure({ name, label, metric }: Measure, lines: readonly Line[]): string | undefined {
  const gained = lines.flatMap(({ cell, results }) => {
    const gain = results[name]?.gain
    return gain ? [{ label: cell.label, gain, word: verdict(gain) }] : []
  })
  const clauses = (['gains', 'ties', 'loses'] as const).flatMap((word) => {
    const some = gained.filter((one) => one.word === word)
    if (some.length === 0) return []
    // Beside ties the numbers would only tempt.
    const names = some.map((one) => (word === 'ties' ? one.label : `${one.label} (${gainText(one.gain)})`))
    return [`${listed(names)} ${WORDS[word][some.length === 1 ? 0 : 1]}`]
  })
  return clauses.length === 0 ? undefined : `On ${label} (${metricLabel(metric)}), ${clauses.join('; ')}.`
}

/** A sentence for each measure: who gains, who ties and who loses against the twin. */
export function deeds({ setting, lines }: Block): string {
  const sentences = setting.measures.flatMap((measure) => onMeasure(measure, lines) ?? [])
  if (sentences.length > 0) return sentences.join(' ')
  return lines.some(({ results }) => Object.values(results).some(({ gain }) => gain))
    ? 'It is one seed: differences this small may be luck, and nothing is concluded from them.'
    : 'No cell ran beside its twin, so there is no gain to tell of.'
}

/** Something that a paper found, held against ours. */
export interface Claim {
  /** As a clause: `PLE loses on no task`. */
  readonly says: string
  /** Undefined where our runs leave it open: a cell is missing, or there is one seed. */
  readonly holds: boolean | undefined
}

/** Whether all of some verdicts pass: no sooner known than all verdicts are, unless one fails. */
export function every(
  verdicts: readonly (Verdict | undefined)[],
  passes: (verdict: Verdict) => boolean,
): boolean | undefined {
  const known = verdicts.map((one) => (one === undefined ? undefined : passes(one)))
  return known.includes(false) ? false : known.includes(undefined) ? undefined : true
}

/** Whether some verdict passes: known as soon as one does. */
export function some(
  verdicts: readonly (Verdict | undefined)[],
  passes: (verdict: Verdict) => boolean,
): boolean | undefined {
  const none = every(verdicts, (verdict) => !passes(verdict))
  return none === undefined ? undefined : !none
}

/** Says of every claim of `paper` whether it is there, and loudly if it is not. */
export function shape(paper: string, claims: readonly Claim[]): string {
  const saying = (holds: boolean | undefined): readonly string[] =>
    claims.filter((claim) => claim.holds === holds).map(({ says }) => says)
  const [there, away, open] = [saying(true), saying(false), saying(undefined)]
  return [
    ...(away.length > 0
      ? [`The shape of ${paper} is NOT reproduced: it is not so here that ${away.join(', nor that ')}.`]
      : []),
    ...(there.length > 0
      ? [
          away.length + open.length > 0
            ? `What is as in ${paper}: ${listed(there)}.`
            : `The shape of ${paper} is reproduced: ${listed(there)}.`,
        ]
      : []),
    ...(open.length > 0 ? [`Left open by these runs: whether ${open.join(', and whether ')}.`] : []),
  ].join(' ')
}

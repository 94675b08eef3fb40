/**
 * What a study is: settings, in each of which cells are trained over seeds and held against a twin. It is a declaration;
 * nothing is read or trained before a cell is asked to.
 */
import type { Markup } from '../../cli/report/markup.ts'
import type { Setting } from './setting.ts'
import type { Summary } from './summary.ts'

export interface Figure {
  readonly title: string
  readonly caption: string
  readonly drawing: Markup
}

export interface Study {
  /** What `npm run study --` takes. */
  readonly name: string
  readonly title: string
  /** One line: what it asks. */
  readonly asks: string
  /** About how long all its seeds take on two cores. */
  readonly minutes: number
  /** How many seeds, where nobody says otherwise. */
  readonly seeds: number
  readonly settings: readonly Setting[]
  /** What came out, in sentences made of the numbers; plain about what papers found and this did not. */
  readonly finding: (summary: Summary) => string
  /** Loads what it draws with only when it is asked: workers never are. */
  readonly figures: (summary: Summary) => Promise<readonly Figure[]>
  /** What a reader must know before believing a number. */
  readonly notes: readonly string[]
}

/** What the page of benchmarks adds to the looks of the reports: colours of contestants, told apart by their marks as well. */
import { STYLE as HOUSE } from '../../cli/report/style.ts'
import type { Side } from '../measure/case.ts'

export const STYLE = `${HOUSE}
:root { --ours: #2f3fa6; --peer: #b5460f; --yardstick: #737a85; }
@media (prefers-color-scheme: dark) { :root { --ours: #b4bfff; --peer: #f2915c; --yardstick: #a3aab5; } }
.ours th[scope='row'] { font-weight: 650; }
td.ran { text-align: left; color: var(--soft); font-size: 13px; }
.away > * { color: var(--soft); }
`

export const colourOfSide = (side: Side): string => `var(--${side})`

export const SYMBOLS: Readonly<Record<Side, 'star' | 'circle' | 'square'>> = {
  ours: 'star',
  peer: 'circle',
  yardstick: 'square',
}

/** Powers of ten as people write them, not as engineers do. */
export const decimal = (value: number): string => String(Number(value.toPrecision(3)))

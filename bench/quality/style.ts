/** What the page of studies adds to the looks of the reports: a colour and a symbol for every series of every study. */
import { STRATEGIES } from '../../examples/feed/strategies.ts'
import { STYLE as HOUSE } from '../../cli/report/style.ts'

/** By name of cell, beyond those that the house has: light, dark. */
const COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  naive: ['#9a5b3c', '#d9a184'],
  'wide-deep-joint': ['#2f86cc', '#55aaf0'],
  'wide-deep-turns': ['#2f3fa6', '#b4bfff'],
  'wide-deep-adam': ['#b27308', '#dda23c'],
}

/** A model under a strategy looks like the model; where it stands says the rest. */
const ALIKE = ['shared-bottom', 'ple'].flatMap((model) =>
  Object.keys(STRATEGIES).map((strategy) => `--${model}-${strategy}: var(--${model});`),
)

const variables = (mode: 0 | 1): string =>
  Object.entries(COLOURS)
    .map(([name, colours]) => `--${name}: ${colours[mode]};`)
    .join(' ')

export const STYLE = `${HOUSE}
:root { ${variables(0)} ${ALIKE.join(' ')} }
@media (prefers-color-scheme: dark) { :root { ${variables(1)} } }
td .word { color: var(--soft); font-size: 13px; }
td .gains { color: var(--gain); } td .loses { color: var(--loss); }
`

/** The ladder in a browser as lines, and as a page of Markdown. */
import { duration, speed } from '../bar/show.ts'
import type { Ceilings, Width } from '../measure/ceiling.ts'
import type { Machine } from '../measure/machine.ts'
import type { Spread } from '../measure/statistics.ts'
import type { Entered } from './page.ts'

export const WIDTHS: readonly Width[] = ['narrow', 'wide']

export interface Timed extends Spread, Pick<Entered, 'ran' | 'deviation'> {}

/** A rung in both browsers: milliseconds of a run. */
export interface Measured extends Pick<Entered, 'group' | 'size' | 'flops'>, Readonly<Record<Width, Timed>> {}

export interface Host {
  /** Such as `Chromium 156.0.8078.73`. */
  readonly name: string
  readonly width: Width
  readonly flags: readonly string[]
  readonly ceilings: Ceilings
}

export interface Run {
  readonly machine: Machine
  readonly hosts: readonly Host[]
  readonly rungs: readonly Measured[]
}

/** What it is, narrow, wide, and how many times as fast. */
function cells({ group, size, flops, narrow, wide }: Measured): readonly string[] {
  const value = ({ median }: Spread): string =>
    flops === undefined ? duration(median) : `${duration(median)}, ${speed(flops)(median)}`
  return [`${group} ${size}`, value(narrow), value(wide), `${(narrow.median / wide.median).toFixed(2)}×`]
}

export const line = (measured: Measured): string => {
  const [what, narrow, wide, ratio] = cells(measured)
  return `${what.padEnd(30)} ${narrow.padEnd(20)} ${wide.padEnd(20)} ${ratio}`
}

const row = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`

export function markdown({ machine, hosts, rungs }: Run): string {
  const [{ name }] = hosts
  const backends = WIDTHS.map((width) => `\`${rungs[0][width].ran}\` where it is ${width}`)
  const said = hosts.map(
    ({ width, ceilings: { relaxed, plain } }) =>
      `${(Number.isNaN(relaxed) ? plain : relaxed).toFixed(0)} GFLOP/s ${width}`,
  )
  return `# In a browser

plegrad on one thread in ${name} on ${machine.cpu} (${machine.cores} cores): narrow is the browser as it is, wide has V8 join pairs of 128-bit vectors (\`--js-flags=--wasm-revectorize\`, which older versions call \`--experimental-wasm-revectorize\`). The machine's own multiply-adds reach ${said.join(' and ')}. What ran is ${backends.join(' and ')}. Every line was proved against float64 first, then both browsers took turns; times are medians, and \`npm run bench -- browser --publish\` writes this page and \`browser.json\` anew.

${row(['what', 'narrow', 'wide', 'narrow / wide'])}
${row(['---', '---', '---', '---'])}
${rungs.map((rung) => row(cells(rung))).join('\n')}
`
}

/** Crossover plots: the round trip of every backend over the work of a call, both in powers, and where one passes another. */
import { axisX, axisY, dot, gridX, gridY, line, link, text } from '@observablehq/plot'
import type { Markup } from '../../cli/report/markup.ts'
import { apart, draw } from '../../cli/report/plots.ts'
import { decimal } from '../report/style.ts'
import type { Point } from './crossover.ts'
import { isSoftware } from '../../src/kernels/gpujs/hardware.ts'
import { isGpuJs, isTimed } from './rung.ts'
import type { Entry, Rung } from './rung.ts'
import type { Group } from './rungs.ts'
import { amount, passings, pointsOf } from './words.ts'

/** By name: light, dark. GPU.js without a GPU is dashed, so that no two lines differ by colour alone. */
const COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  cpu: ['#646b77', '#9ba2ae'],
  wasm: ['#2f3fa6', '#b4bfff'],
  'gpujs cpu': ['#b27308', '#dda23c'],
  'gpujs webasm': ['#b5460f', '#f2915c'],
  'gpujs webgl': ['#a23f9b', '#dc8fd5'],
  'gpujs webgl2': ['#00745f', '#45c9a5'],
  'gpujs headlessgl': ['#00745f', '#45c9a5'],
  'gpujs webgpu': ['#2f86cc', '#55aaf0'],
}

const variableOf = (name: string): string => `--${name.replace(' ', '-')}`
const colourOf = (name: string): string => `var(${variableOf(name)})`
const DASHED = ['gpujs cpu', 'gpujs webasm']

const variables = (shade: 0 | 1): string =>
  Object.entries(COLOURS)
    .map(([name, shades]) => `${variableOf(name)}: ${shades[shade]};`)
    .join(' ')

/** What the plots need of a page. */
export const STYLE = `
:root { ${variables(0)} }
@media (prefers-color-scheme: dark) { :root { ${variables(1)} } }
`

/** What a plot needs to stand alone as a file. */
const ALONE = `
svg { --ink: #20242c; --soft: #646b77; --line: #e4e0d7; font-size: 12px; color: var(--ink); }
@media (prefers-color-scheme: dark) { svg { --ink: #e8e6e1; --soft: #9ba2ae; --line: #30353e; } }
[aria-label$='tick label'], [aria-label$='axis label'] { fill: var(--soft); }
${STYLE}`

const [WIDTH, HEIGHT] = [590, 360]
const MARGINS = { marginTop: 22, marginBottom: 42, marginLeft: 56, marginRight: 158 }

interface Place extends Point {
  readonly name: string
}

/** The powers of ten among numbers from the one to the other. */
const decades = ([low, high]: readonly [number, number]): number[] => {
  const first = Math.ceil(Math.log10(low))
  return Array.from({ length: Math.floor(Math.log10(high)) - first + 1 }, (_, at) => 10 ** (first + at))
}

/** Of the rungs of one group in one place. */
export function crossoverPlot(
  { name: group, unit }: Pick<Group, 'name' | 'unit'>,
  rungs: readonly Rung[],
  entries: readonly Entry[],
): Markup {
  const software = entries.filter(({ driver }) => isSoftware(driver)).map(({ name }) => name)
  const names = [...new Set(rungs.flatMap(({ results }) => results.filter(isTimed).map(({ name }) => name)))]
  const places: readonly Place[] = names.flatMap((name) => pointsOf(name, rungs).map((point) => ({ name, ...point })))
  const all = places.flatMap(({ low, high }) => [low, high])
  const domain: [number, number] = [Math.min(...all) / 1.5, Math.max(...all) * 1.5]
  const gap = (Math.log10(domain[1] / domain[0]) * 15) / (HEIGHT - MARGINS.marginTop - MARGINS.marginBottom)
  const ends = names.flatMap((name) => places.filter((place) => place.name === name).at(-1) ?? [])
  const heights = apart(
    ends.map(({ time }) => Math.log10(time)),
    gap,
  )
  const works = places.map(({ work }) => work)
  const most = Math.max(...works)
  const across: [number, number] = [Math.min(...works) / 1.2, most * 1.2]
  const passed = passings(rungs).flatMap(({ challenger, holder, crossings }) =>
    crossings.filter(({ gains }) => gains).map((crossing) => ({ ...crossing, challenger, holder })),
  )
  const none = !passed.some(({ challenger }) => isGpuJs(challenger))
  return draw(`${group}: milliseconds of a round trip by ${unit} in a call`, {
    width: WIDTH,
    height: HEIGHT,
    ...MARGINS,
    x: { type: 'log', domain: across },
    y: { type: 'log', domain },
    marks: [
      gridX({ ticks: decades(across), stroke: 'var(--line)', strokeOpacity: 1 }),
      gridY({ ticks: decades(domain), stroke: 'var(--line)', strokeOpacity: 1 }),
      axisX({
        ticks: decades(across),
        tickSize: 0,
        tickFormat: amount,
        label: `${unit} in a call`,
        labelAnchor: 'center',
        labelArrow: 'none',
      }),
      axisY({ ticks: decades(domain), tickSize: 0, tickFormat: decimal, label: 'ms, round trip', labelArrow: 'none' }),
      ...names.map((name) =>
        line(
          places.filter((place) => place.name === name),
          {
            x: 'work',
            y: 'time',
            stroke: colourOf(name),
            strokeWidth: 1.8,
            ...(DASHED.includes(name) && { strokeDasharray: '5 3' }),
          },
        ),
      ),
      link(places, {
        x1: 'work',
        x2: 'work',
        y1: 'low',
        y2: 'high',
        stroke: ({ name }: Place) => colourOf(name),
        strokeWidth: 4,
        strokeOpacity: 0.3,
      }),
      dot(places, { x: 'work', y: 'time', r: 2.6, fill: ({ name }: Place) => colourOf(name) }),
      dot(passed, { x: 'work', y: 'time', r: 6, stroke: 'var(--ink)', strokeWidth: 1.4 }),
      text(passed, {
        x: 'work',
        y: 'time',
        dy: 17,
        fill: 'var(--ink)',
        text: ({ challenger, holder, work }: (typeof passed)[number]) =>
          `${challenger} < ${holder} from ${amount(work)}`,
      }),
      text(none ? ['GPU.js passes cpu or wasm: none within range'] : [], {
        frameAnchor: 'bottom-right',
        dx: -6,
        dy: -8,
        fill: 'var(--soft)',
        text: (said: string) => said,
      }),
      text(
        ends.map((end, at) => ({ ...end, height: 10 ** heights[at] })),
        {
          x: () => most,
          y: 'height',
          dx: 14,
          textAnchor: 'start',
          text: ({ name }: Place) => (software.includes(name) ? `${name}, software` : name),
          fill: ({ name }: Place) => colourOf(name),
        },
      ),
    ],
  })
}

/** The same as a file of its own, light and dark. */
export const asFile = ({ markup }: Markup): string =>
  `${markup.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"').replace('>', `><style>${ALONE}</style>`)}\n`

/** The room's curves and maps, by Observable Plot: each a picture with its last numbers as words. */
import {
  areaY,
  axisX,
  axisY,
  cell,
  dot,
  gridX,
  gridY,
  line,
  lineY,
  plot,
  ruleX,
  stackY,
  text,
} from '@observablehq/plot'
import type { Plot, PlotOptions } from '@observablehq/plot'
import { partName } from './parts.ts'
import type { Pair, Stand } from './pair.ts'
import { SIDES } from './settings.ts'
import type { SideName } from './settings.ts'
import { groupColour, letterOf, metric, sideColour, sideName } from './words.ts'

type Drawn = (SVGSVGElement | HTMLElement) & Plot

/** One image by name. Colours are CSS variables, so that light and dark share one drawing. */
function draw(label: string, options: PlotOptions): Drawn {
  const drawn = plot({ ariaLabel: label, color: { type: 'identity' }, ...options })
  drawn.setAttribute('role', 'img')
  // Only what has a role may have a name of its own.
  for (const mark of drawn.querySelectorAll('g[aria-label]')) {
    mark.setAttribute('data-mark', mark.getAttribute('aria-label')!)
    mark.removeAttribute('aria-label')
  }
  return drawn
}

/** 1, 2 and 5 of each power of ten, or the powers alone where there are many. */
function ticksIn([least, most]: readonly number[]): readonly number[] {
  const powers = Array.from({ length: 24 }, (_, index) => index - 12)
  const within = (factors: readonly number[]): readonly number[] =>
    powers
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((tick) => tick >= least && tick <= most)
  const all = within([1, 2, 5])
  if (all.length > 6) return within([1])
  return all.length > 1
    ? all
    : [0, 1, 2].map((at) => Number((least + (0.2 + 0.3 * at) * (most - least)).toPrecision(2)))
}

/** Squared errors fall by orders of magnitude, and log losses do not. */
const scaleOf = (measure: string, domain: readonly number[]) => ({
  type: measure === 'mse' ? ('log' as const) : ('linear' as const),
  domain,
})
const measureOf = ({ sides }: Pair, task: string): string => Object.keys(sides.a.snapshots[0].validation[task])[0]

/** The ends of what is above 0, a little apart. */
function domainOf(values: readonly number[], from = 0): readonly [number, number] {
  const there = values.filter((value) => value > 0).sort((a, b) => a - b)
  return [there[Math.floor(there.length * from)] / 1.06, there[there.length - 1] * 1.06]
}

const grid = (ticks: readonly number[]) => gridY(ticks, { stroke: 'var(--line)', strokeOpacity: 1 })
const epochAxis = () =>
  axisX({ tickSize: 0, ticks: 5, tickFormat: 'd', label: 'epoch', labelAnchor: 'right', labelArrow: 'none' })
const written = (value: number): string => (value >= 0.001 ? String(value) : value.toExponential(0))
/** The epoch that is looked at, where it is not the last. */
const here = (at: number, last: number) =>
  at < last ? [ruleX([at], { stroke: 'var(--soft)', strokeDasharray: '2 3' })] : []

const validated = ({ snapshots }: Stand, task: string): { epoch: number; value: number }[] =>
  snapshots.map(({ epoch, validation }) => ({ epoch, value: Object.values(validation[task])[0] }))

/** The losses of a task: batch by batch as a haze, on rows that validate as strong lines. */
export function losses(of: Pair, task: string, width: number, at: number, last: number): Drawn {
  const { settings, sides } = of
  const curves = SIDES.map((side) => ({
    side,
    points: validated(sides[side], task),
    haze: sides[side].batches.map(({ step, losses }) => ({
      epoch: step / (sides[side].ready?.batches ?? 1),
      value: losses[task],
    })),
  }))
  const values = curves.flatMap(({ points, haze }) => [...points, ...haze]).map(({ value }) => value)
  // A batch may by chance be far below all others.
  const domain = domainOf(values, 0.005)
  const ticks = ticksIn(domain)
  const ends = curves.map(
    ({ side, points }) => `${sideName(side, settings)} ${metric(points[points.length - 1].value)}`,
  )
  return draw(`Validation loss of ${task} by epoch. At the last: ${ends.join(', ')}.`, {
    width,
    height: 230,
    marginTop: 10,
    marginBottom: 34,
    marginLeft: 44,
    marginRight: 26,
    x: { domain: [0, settings.epochs] },
    y: { ...scaleOf(measureOf(of, task), domain), clamp: true },
    marks: [
      grid(ticks),
      axisY(ticks, { tickSize: 0, tickFormat: written, label: null }),
      epochAxis(),
      ...here(at, last),
      ...curves.flatMap(({ side, points, haze }) => [
        lineY(haze, { x: 'epoch', y: 'value', stroke: sideColour(side), strokeOpacity: 0.28, strokeWidth: 1 }),
        lineY(points, { x: 'epoch', y: 'value', stroke: sideColour(side), strokeWidth: 2.2 }),
        dot(points.slice(-1), { x: 'epoch', y: 'value', fill: sideColour(side), r: 3.5, stroke: 'var(--card)' }),
        text(points.slice(-1), {
          x: 'epoch',
          y: 'value',
          dx: 9,
          dy: side === 'a' ? -5 : 7,
          textAnchor: 'start',
          fontWeight: 650,
          text: () => letterOf(side),
          fill: sideColour(side),
        }),
      ]),
    ],
  })
}

/** Two tasks' losses against each other: whoever goes down and left wins for both, and a step aside is a seesaw. */
export function seesaw(of: Pair, tasks: readonly string[], width: number): Drawn {
  const { sides } = of
  const [first, second] = tasks
  const paths = SIDES.map((side) => ({
    side,
    points: sides[side].snapshots.map(({ epoch, validation }) => ({
      epoch,
      x: Object.values(validation[first])[0],
      y: Object.values(validation[second])[0],
    })),
  }))
  const x = domainOf(paths.flatMap(({ points }) => points.map((point) => point.x)))
  const y = domainOf(paths.flatMap(({ points }) => points.map((point) => point.y)))
  return draw(`Validation loss of ${first} against that of ${second}, epoch by epoch.`, {
    width,
    height: Math.min(330, Math.max(250, width * 0.72)),
    marginTop: 18,
    marginBottom: 38,
    marginLeft: 50,
    marginRight: 26,
    x: scaleOf(measureOf(of, first), x),
    y: scaleOf(measureOf(of, second), y),
    marks: [
      grid(ticksIn(y)),
      gridX(ticksIn(x), { stroke: 'var(--line)', strokeOpacity: 1 }),
      axisX(ticksIn(x), { tickSize: 0, tickFormat: written, label: first, labelAnchor: 'right', labelArrow: 'none' }),
      axisY(ticksIn(y), { tickSize: 0, tickFormat: written, label: second, labelAnchor: 'top', labelArrow: 'none' }),
      ...paths.flatMap(({ side, points }) => [
        line(points, { x: 'x', y: 'y', stroke: sideColour(side), strokeWidth: 2 }),
        dot(points, {
          x: 'x',
          y: 'y',
          fill: sideColour(side),
          r: 2.2,
          title: ({ epoch }: { epoch: number }) => `epoch ${epoch}`,
        }),
        dot(points.slice(-1), { x: 'x', y: 'y', fill: sideColour(side), r: 5, stroke: 'var(--card)' }),
        text(points.slice(-1), {
          x: 'x',
          y: 'y',
          dx: side === 'a' ? 9 : -9,
          dy: side === 'a' ? -6 : 8,
          textAnchor: side === 'a' ? 'start' : 'end',
          fontWeight: 650,
          text: () => letterOf(side),
          fill: sideColour(side),
        }),
      ]),
    ],
  })
}

/** How much each gate hears of each expert, epoch by epoch: bands that add up to all. */
export function utilisation({ settings, sides }: Pair, side: SideName, width: number, at: number, last: number): Drawn {
  const { snapshots, ready } = sides[side]
  const tasks = Object.keys(ready?.tasks ?? {})
  const bands = snapshots.flatMap(({ epoch, gates }) =>
    gates.flatMap((level, index) =>
      Object.entries(level).flatMap(([gate, { experts, mean }]) =>
        experts.map((expert, place) => ({
          epoch,
          gate: `level ${index + 1}, ${gate}`,
          expert,
          share: mean[place],
          colour: groupColour(expert.replace(/\.\d+$/, ''), tasks),
          opacity: 0.85 / (1 + 0.55 * Number(/\d+$/.exec(expert)?.[0] ?? 0)),
        })),
      ),
    ),
  )
  const gates = [...new Set(bands.map(({ gate }) => gate))]
  return draw(`Expert utilisation of ${sideName(side, settings)} by epoch, gate by gate.`, {
    width,
    height: 40 + gates.length * 70,
    marginTop: 20,
    marginBottom: 30,
    marginLeft: 8,
    marginRight: 8,
    x: { domain: [0, settings.epochs] },
    y: { axis: null, domain: [0, 1] },
    fy: { domain: gates, axis: null, padding: 0.3 },
    marks: [
      areaY(
        bands,
        stackY({
          x: 'epoch',
          y: 'share',
          z: 'expert',
          fy: 'gate',
          fill: 'colour',
          fillOpacity: 'opacity',
          stroke: 'var(--card)',
          strokeWidth: 1,
        }),
      ),
      text(gates, {
        fy: (gate: string) => gate,
        text: (gate: string) => gate,
        frameAnchor: 'top-left',
        dy: -15,
        fill: 'var(--soft)',
      }),
      epochAxis(),
      ...here(at, last),
    ],
    opacity: { type: 'identity' },
  })
}

/** The cosine between tasks' gradients by each shared part, epoch by epoch: below 0 they pull against each other. */
export function cosines({ settings, sides }: Pair, side: SideName, width: number): Drawn {
  const { snapshots, ready } = sides[side]
  const many = Object.keys(ready?.tasks ?? {}).length > 2
  const cells = snapshots.flatMap(({ epoch, parts }) =>
    parts.flatMap(({ part, cosines }) =>
      cosines.map(({ tasks, cosine }) => ({
        epoch,
        part: many ? `${partName(part)}, ${tasks.join(' · ')}` : partName(part),
        cosine,
      })),
    ),
  )
  const names = [...new Set(cells.map(({ part }) => part))]
  const newest = cells.filter(({ epoch }) => epoch === snapshots[snapshots.length - 1].epoch)
  const signed = (value: number): string =>
    Number.isNaN(value) ? '–' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`
  const letters = Math.max(...names.map((name) => name.length))
  return draw(
    `Cosine between the tasks' gradients in ${sideName(side, settings)}. Newest: ${newest.map(({ part, cosine }) => `${part} ${signed(cosine)}`).join(', ')}.`,
    {
      width,
      height: 34 + names.length * 24,
      marginTop: 4,
      marginBottom: 30,
      marginLeft: Math.min(width * 0.45, 12 + letters * 6.4),
      marginRight: 48,
      x: { domain: Array.from({ length: settings.epochs + 1 }, (_, epoch) => epoch), padding: 0.08 },
      y: { domain: names, padding: 0.14 },
      opacity: { type: 'identity' },
      marks: [
        axisY({ tickSize: 0, label: null }),
        axisX({
          tickSize: 0,
          label: 'epoch',
          labelArrow: 'none',
          labelAnchor: 'right',
          ticks: Array.from({ length: 5 }, (_, at) => Math.round((at * settings.epochs) / 4)),
        }),
        cell(cells, {
          x: 'epoch',
          y: 'part',
          fill: ({ cosine }: { cosine: number }) => (cosine < 0 ? 'var(--loss)' : 'var(--gain)'),
          fillOpacity: ({ cosine }: { cosine: number }) => (Number.isNaN(cosine) ? 0 : 0.06 + 0.94 * Math.abs(cosine)),
          title: ({ epoch, part, cosine }: (typeof cells)[number]) => `${part}, epoch ${epoch}: ${signed(cosine)}`,
        }),
        text(newest, {
          y: 'part',
          frameAnchor: 'right',
          dx: 44,
          text: ({ cosine }: { cosine: number }) => signed(cosine),
          fill: ({ cosine }: { cosine: number }) => (cosine < 0 ? 'var(--loss)' : 'var(--ink)'),
          fontWeight: 600,
        }),
      ],
    },
  )
}

/** The room's curves, by Observable Plot: each a picture with its last numbers as words. */
import { axisX, axisY, dot, gridX, line, lineY, text } from '@observablehq/plot'
import type { Pair, Stand } from './pair.ts'
import { domainOf, draw, epochAxis, grid, here, measureOf, scaleOf, ticksIn, written } from './plots.ts'
import type { Drawn } from './plots.ts'
import { SIDES } from './settings.ts'
import { letterOf, metric, sideColour, sideName } from './words.ts'

export { cosines, utilisation } from './maps.ts'

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

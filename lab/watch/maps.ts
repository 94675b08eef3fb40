/** Whom gates hear and how gradients lie to each other, over epochs: bands and cells, by Observable Plot. */
import { areaY, axisX, axisY, cell, stackY, text } from '@observablehq/plot'
import type { Pair } from './pair.ts'
import { partName } from './parts.ts'
import { draw, epochAxis, here } from './plots.ts'
import type { Drawn } from './plots.ts'
import type { SideName } from './settings.ts'
import { groupColour, sideName } from './words.ts'

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

/** Figures drawn without a browser's document: every byte as a whole one has it. */
import { axisFx, axisX, axisY, cell, dot, frame, gridY, lineY, link, plot, rect, text } from '@observablehq/plot'
import type { PlotOptions } from '@observablehq/plot'
import { JSDOM } from 'jsdom'
import { describe, expect, it } from 'vitest'
import { svgDocument } from '../../../cli/report/svgDocument.ts'

const points = [
  { x: 1, y: 2, name: 'a<b & "c"\u00a0d', panel: 'A' },
  { x: 2, y: 3.5, name: '</style><script>', panel: 'B' },
  { x: 3, y: 1, name: '点击', panel: 'B' },
]

const FIGURES: Readonly<Record<string, PlotOptions>> = {
  'lines and names': {
    ariaLabel: `x <"> & é '`,
    color: { type: 'identity' },
    marks: [
      gridY({ ticks: 4, stroke: 'var(--line)' }),
      axisX({ label: 'epoch', tickFormat: 'd' }),
      axisY({ ticks: 3, label: null }),
      lineY(points, { x: 'x', y: 'y', stroke: 'red' }),
      dot(points, { x: 'x', y: 'y', symbol: 'star', fill: 'red' }),
      text(points, { x: 'x', y: 'y', text: 'name' }),
    ],
  },
  panels: {
    fx: { padding: 0.1 },
    r: { range: [2, 7] },
    marks: [
      frame({ rx: 3 }),
      axisFx({ label: null }),
      link([0], { x1: 0, x2: 1, y1: 0, y2: 1 }),
      dot(points, { x: 'x', y: 'y', fx: 'panel', r: 'x' }),
    ],
  },
  'cells and areas': {
    opacity: { domain: [0, 1], range: [0.03, 1] },
    marks: [cell(points, { x: 'x', y: 'panel', fillOpacity: 'y' }), rect([0], { x1: 0, x2: 1, y1: 0, y2: 2 })],
  },
}

describe('a figure is drawn as by jsdom:', () => {
  it.each(Object.entries(FIGURES))('%s', (_, options) => {
    const { document } = new JSDOM('').window
    const whole = plot({ document, ...options }).outerHTML
    expect(plot({ document: svgDocument(), ...options }).outerHTML).toBe(whole)
    expect(whole.length).toBeGreaterThan(1000)
  })
})

/** The losses of tasks while they fall. It keeps as many points as a screen shows. */
import * as Plot from '@observablehq/plot'
import type { Step } from './session.ts'

const MOST = 400
/** How much of the mean a step leaves as it was. */
const KEPT = 0.9

/** A chart that grows in an element by `add`, and is drawn by `draw`. */
export function lossChart(element: HTMLElement) {
  let points: { task: string; step: number; loss: number }[] = []
  let means = new Map<string, number>()
  let tasks: readonly string[] = []
  const every = (of: number): number => Math.max(1, Math.ceil(of / MOST))
  return {
    begin(names: readonly string[]): void {
      points = []
      means = new Map()
      tasks = names
      element.replaceChildren()
    },
    add({ step, of, losses }: Step): void {
      for (const task of tasks) {
        const loss = losses[task]
        const mean = means.get(task)
        means.set(task, mean === undefined ? loss : KEPT * mean + (1 - KEPT) * loss)
        if (step % every(of) === 0) points.push({ task, step, loss: means.get(task)! })
      }
    },
    draw(): void {
      if (points.length === 0) return
      const colours = tasks.map((_, place) => `var(--task-${place % 4})`)
      const drawn = Plot.plot({
        width: Math.max(300, element.clientWidth),
        height: 240,
        marginRight: 90,
        style: { fontSize: '12px', background: 'transparent' },
        ariaLabel: `Losses of ${tasks.join(', ')} by step`,
        x: { label: 'step' },
        y: { label: 'loss', grid: true, zero: true },
        color: { domain: tasks, range: colours },
        marks: [
          Plot.lineY(points, { x: 'step', y: 'loss', z: 'task', stroke: 'task', strokeWidth: 2 }),
          Plot.text(
            points,
            Plot.selectLast({
              x: 'step',
              y: 'loss',
              z: 'task',
              text: 'task',
              fill: 'task',
              dx: 6,
              textAnchor: 'start',
              fontWeight: 600,
            }),
          ),
        ],
      })
      drawn.setAttribute('role', 'img')
      // What is in an image has no names of its own.
      for (const part of drawn.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label')
      element.replaceChildren(drawn)
    },
  }
}

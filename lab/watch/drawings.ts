/** The charts in their places: each drawn anew where what it shows has changed, one in a frame, so that no frame is late. */
import type * as Charts from './charts.ts'
import type { Pair } from './pair.ts'
import { SIDES } from './settings.ts'
import type { SideName } from './settings.ts'

/** How far apart two drawings of one chart are, in milliseconds. */
const APART = 250

/** What is drawn: two trainings, and the epoch that is looked at. */
export interface Drawn {
  readonly pair: Pair
  readonly at: number
}

export interface Drawings {
  /** Draws what is due, from the next frame on. Whoever asks first has the charts loaded. */
  soon(): void
  /** Draws all anew, when asked. */
  forget(): void
}

function chartFor(id: string, width: number, { pair, at }: Drawn, charts: typeof Charts): Element {
  const [, what, name] = /^(\w+)(?:-(.*))?$/.exec(id)!
  const last = pair.epochs()
  if (what === 'losses') return charts.losses(pair, name, width, at, last)
  if (what === 'seesaw') return charts.seesaw(pair, Object.keys(pair.sides.a.ready!.tasks), width)
  return what === 'utilisation'
    ? charts.utilisation(pair, name as SideName, width, at, last)
    : charts.cosines(pair, name as SideName, width)
}

/** Whatever a chart in a place shows, in short. */
function shownIn({ id, clientWidth }: HTMLElement, { pair, at }: Drawn): string {
  const { a, b } = pair.sides
  const steps = id.startsWith('losses-') ? a.step + b.step : 0
  return [clientWidth, a.snapshots.length, b.snapshots.length, steps, at].join()
}

/** Keeps the charts of a room up to date; `now` says of what. */
export function drawingsIn(root: HTMLElement, now: () => Drawn | undefined): Drawings {
  const drawn = new Map<string, { readonly shown: string; readonly when: number }>()
  let charts: typeof Charts | undefined
  let asked = false

  function next(): void {
    asked = false
    const what = now()
    if (!charts || !what || SIDES.some((side) => what.pair.sides[side].snapshots.length === 0)) return
    const time = performance.now()
    const whenOf = ({ id }: HTMLElement): number => drawn.get(id)?.when ?? -Infinity
    const stale = [...root.querySelectorAll<HTMLElement>('.plot')].filter(
      (place) => drawn.get(place.id)?.shown !== shownIn(place, what),
    )
    const [due] = stale
      .filter((place) => time - whenOf(place) > APART)
      .sort((one, other) => whenOf(one) - whenOf(other))
    if (due) {
      drawn.set(due.id, { shown: shownIn(due, what), when: time })
      due.replaceChildren(chartFor(due.id, due.clientWidth, what, charts))
    }
    if (stale.length > 0) soon()
  }

  async function load(): Promise<void> {
    charts = await import('./charts.ts')
    asked = false
    soon()
  }

  function soon(): void {
    if (asked) return
    asked = true
    if (charts) requestAnimationFrame(next)
    else void load()
  }

  return { soon, forget: () => drawn.clear() }
}

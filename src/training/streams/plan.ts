/** Which rows of which parts are shuffled together, window by window. It refuses to read them. */
import { stream } from '../../tensor/index.ts'

/** Rows `from` … `to` − 1 of a part. */
export interface Slice {
  readonly part: number
  readonly from: number
  readonly to: number
}

/** Rows that are in memory together, and the order that steps take them in: their own without one. */
export interface Window {
  readonly slices: readonly Slice[]
  readonly rows: number
  readonly order: Int32Array | undefined
}

/** How a round is shuffled. */
export interface PlanOptions {
  readonly buffer: number
  readonly stepRows: number
  readonly shuffle: boolean
  readonly seed: number
}

/** Whole steps of at most so many rows, or all: every step is of one window, and all but the last have as many rows. */
export const windowRowsOf = (rows: number, { buffer, stepRows }: Pick<PlanOptions, 'buffer' | 'stepRows'>): number =>
  buffer >= rows ? rows : Math.max(1, Math.floor(buffer / stepRows)) * stepRows

/**
 * The windows of a round: parts in an order of that round, cut where a window is full. Where one window has all rows, they are
 * in the order of the data, and steps take them as they take those of a dataset in memory.
 */
export function* windowsOf(sizes: readonly number[], round: number, options: PlanOptions): Generator<Window, void> {
  const { shuffle, seed } = options
  const total = sizes.reduce((sum, rows) => sum + rows, 0)
  const most = windowRowsOf(total, options)
  const orders = stream(seed).stream('order').stream(String(round))
  const whole = most >= total
  const parts = shuffle && !whole ? orders.stream('parts').permutation(sizes.length) : sizes.keys()
  let slices: Slice[] = []
  let rows = 0
  let count = 0
  const windowOf = (): Window => {
    const shuffled = whole ? orders : orders.stream(`window ${count}`)
    return { slices, rows, order: shuffle ? shuffled.permutation(rows) : undefined }
  }
  for (const part of parts)
    for (let from = 0; from < sizes[part];) {
      const to = Math.min(sizes[part], from + most - rows)
      slices.push({ part, from, to })
      rows += to - from
      from = to
      if (rows < most) continue
      yield windowOf()
      slices = []
      rows = 0
      count++
    }
  if (rows > 0) yield windowOf()
}

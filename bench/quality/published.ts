/** Figures that others have printed, to stand beside ours. They were measured elsewhere: nothing of it runs here. */
import { multiTaskGain } from '../../src/metrics.ts'
import type { Measure, Published } from './setting.ts'

/** A printed metric, and its gain: as printed or, by Eq. 11, over the printed twin. */
export interface Printed {
  readonly value: number
  readonly gain?: number
}

export function printed({ figures, gains }: Published, cell: string, measure: Measure): Printed | undefined {
  const { name, metric, twin } = measure
  const value = figures[cell]?.[name]
  if (value === undefined || cell === twin) return value === undefined ? undefined : { value }
  const single = figures[twin]?.[name]
  const gain = gains?.[cell]?.[name] ?? (single === undefined ? undefined : multiTaskGain(value, single, metric))
  return { value, ...(gain !== undefined && { gain }) }
}

/** Figures as papers print them: a line for each cell, in the order of `measures`. */
export const figuresOf = (
  measures: readonly string[],
  rows: Readonly<Record<string, readonly number[]>>,
): Published['figures'] =>
  Object.fromEntries(
    Object.entries(rows).map(([cell, values]) => [
      cell,
      Object.fromEntries(values.map((value, place) => [measures[place], value])),
    ]),
  )

/** Parts of the dates and times of an Arrow column, in UTC, as SQL takes them. It refuses nothing; who calls knows the type. */
import { numbersBy, valuesOf } from './arrowCells.ts'
import type { ReadCells } from './arrowCells.ts'
import { ARROW } from './arrowTypes.ts'
import type { ArrowData, ArrowType } from './arrowTypes.ts'
import type { TimePart } from './featureSpec.ts'

/** Units in a second, by Arrow's number of the unit: seconds, milli-, micro- and nanoseconds. */
const UNITS = [1n, 1000n, 1_000_000n, 1_000_000_000n]
const MICROSECONDS = 1_000_000n
const DAY = 86_400n * MICROSECONDS

/** Whether hour, weekday and so on are parts of a type, or the hour alone. */
export const timeOf = ({ typeId }: ArrowType): 'clock' | 'calendar' | undefined =>
  typeId === ARROW.time ? 'clock' : typeId === ARROW.timestamp || typeId === ARROW.date ? 'calendar' : undefined

/** Microseconds since 1970, or since midnight. */
export function microseconds(data: ArrowData): (index: number) => bigint {
  const { typeId, unit = 0 } = data.type
  const values = valuesOf(data)
  const at = (index: number): bigint => BigInt(values[index])
  if (typeId === ARROW.date) return (index) => at(index) * (unit === 0 ? DAY : 1000n)
  return (index) => (at(index) * MICROSECONDS) / UNITS[unit]
}

const floored = (x: bigint, by: bigint): bigint => (x - (((x % by) + by) % by)) / by

const PARTS: Readonly<Record<Exclude<TimePart, 'age' | 'hour'>, (date: Date) => number>> = {
  weekday: (date) => date.getUTCDay() || 7,
  day: (date) => date.getUTCDate(),
  month: (date) => date.getUTCMonth() + 1,
  year: (date) => date.getUTCFullYear(),
}

/** A part of a time that is no age. */
export const partRead = (time: Exclude<TimePart, 'age'>): ReadCells =>
  numbersBy((data) => {
    const at = microseconds(data)
    return time === 'hour'
      ? (index) => Number(floored(((at(index) % DAY) + DAY) % DAY, 3600n * MICROSECONDS))
      : (index) => PARTS[time](new Date(Number(floored(at(index), 1000n))))
  })

/** Of a date, or a date and time, as SQL writes it: microseconds since 1970, or nothing. */
export function momentOf(text: string): bigint | undefined {
  const found = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?$/.exec(text.trim())
  const time = found ? Date.parse(`${found[1]}T${found[2] ?? '00:00'}Z`) : NaN
  return Number.isNaN(time) ? undefined : BigInt(time) * 1000n
}

/** Days of so many microseconds. */
export const days = (from: bigint, to: bigint): number => Number(to - from) / Number(DAY)

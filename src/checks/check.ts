/** What may be expected of one value, each said in words once. They refuse to convert: '5' is no number, and 1 no flag. */
import { show } from './show.ts'

export interface Check {
  /** Reads on from the name of the value: `to be an integer of at least 1`. */
  readonly expected: string
  readonly fits: (value: unknown) => boolean
  /** What in it does not fit, where that is told better than by the value as a whole. */
  readonly got?: (value: unknown) => string
  /** Whether it must be given. Default false: what is undefined has a default. */
  readonly needed?: boolean
}

const INTERVAL = /^([[(])(.+), (.+)([\])])$/

const bound = (text: string): number => Number(text.replace('∞', 'Infinity'))

/** A number of an interval as one writes it down: `real('[0, 1)')`, `real('(0, ∞)')`. NaN is in none. */
export function real(interval: string): Check {
  const [, open, least, most, close] = INTERVAL.exec(interval) ?? []
  const [min, max] = [bound(least), bound(most)]
  return {
    expected: `to be a number in ${interval}`,
    fits: (value) =>
      typeof value === 'number' &&
      (open === '[' ? value >= min : value > min) &&
      (close === ']' ? value <= max : value < max),
  }
}

export const finite: Check = { expected: 'to be a finite number', fits: (value) => Number.isFinite(value) }

/** Whether a value is an integer from `least` to `most`: as many as are told from their neighbours. */
export const isWhole = (value: unknown, least = 0, most = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most

export const integer: Check = {
  expected: 'to be an integer',
  fits: (value) => isWhole(value, Number.MIN_SAFE_INTEGER),
}

export const whole = (least: number, most: number = Number.MAX_SAFE_INTEGER): Check => ({
  expected: `to be an integer ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}`,
  fits: (value) => isWhole(value, least, most),
})

export const flag: Check = { expected: 'to be true or false', fits: (value) => typeof value === 'boolean' }

export const text: Check = { expected: 'to be a string', fits: (value) => typeof value === 'string' }

export const callable: Check = { expected: 'to be a function', fits: (value) => typeof value === 'function' }

/** Whether a value is an object of members by name: no list, and not null. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is looked at elsewhere. */
export const anything: Check = { expected: 'to be anything', fits: () => true }

export const oneOf = (...values: readonly (string | number)[]): Check => ({
  expected: `to be ${values.map(show).join(' or ')}`,
  fits: (value) => values.includes(value as string),
})

export const either = (a: Check, b: Check): Check => ({
  expected: `${a.expected} or ${b.expected.replace(/^to be /, '')}`,
  fits: (value) => a.fits(value) || b.fits(value),
})

/** An object, or a function, of these members: `having('an optimizer', 'step')`. */
export const having = (what: string, ...members: readonly string[]): Check => ({
  expected: `to be ${what}`,
  fits: (value) =>
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    members.every((member) => member in value),
})

export const listOf = (member: Check, least = 0): Check => ({
  expected: `to be a list${least > 0 ? ` of at least ${least}` : ''}, each ${member.expected}`,
  fits: (value) => Array.isArray(value) && value.length >= least && value.every(member.fits),
  got: (value) => {
    const bad = Array.isArray(value) ? value.findIndex((each) => !member.fits(each)) : -1
    return bad < 0 ? show(value) : `${show((value as readonly unknown[])[bad])} at position ${bad}`
  },
})

/** An object by name, such as of a number for each task, whose members all fit. */
export const recordOf = (member: Check): Check => ({
  expected: `to be an object, each of its members ${member.expected}`,
  fits: (value) => isRecord(value) && Object.values(value).every(member.fits),
  got: (value) => {
    const bad = isRecord(value) ? Object.entries(value).find(([, each]) => !member.fits(each)) : undefined
    return bad ? `${show(bad[1])} of '${bad[0]}'` : show(value)
  },
})

export const needed = (check: Check): Check => ({ ...check, needed: true })

/** Throws unless the value fits. `name` is what the caller calls it. */
export function checkValue(who: string, name: string, value: unknown, { expected, fits, got = show }: Check): void {
  if (!fits(value)) throw new RangeError(`${who}: expected ${name} ${expected} but got ${got(value)}`)
}

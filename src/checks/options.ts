/** Options objects: every name known, every value in its range. A misspelt name is refused, for it would be a default. */
import { checkValue, isRecord } from './check.ts'
import type { Check } from './check.ts'
import { didYouMean } from './near.ts'
import { show } from './show.ts'

/** A check for each option of `O`; the compiler misses none. */
export type Checks<O> = { readonly [K in keyof Required<O>]: Check }

/** That options are an object, and every one has a name that is known. */
export function checkNames(who: string, options: unknown, names: readonly string[]): void {
  if (!isRecord(options))
    throw new RangeError(
      `${who}: expected an object of options${names.length > 0 ? `, as in { ${names[0]}: … },` : ''} but got ${show(options)}`,
    )
  for (const name of Object.keys(options))
    if (!names.includes(name))
      throw new RangeError(
        `${who}: expected options among ${names.join(', ') || 'none'} but got '${name}'${didYouMean(name, names)}`,
      )
}

/**
 * That options are an object in which every name is known and every value fits its check; undefined is what was not given.
 * @throws RangeError naming the option.
 */
export function checkOptions<O extends object>(who: string, options: O, checks: Checks<O>): void {
  checkNames(who, options, Object.keys(checks))
  for (const [name, check] of Object.entries<Check>(checks)) {
    const value = (options as Readonly<Record<string, unknown>>)[name]
    if (value !== undefined || check.needed) checkValue(who, name, value, check)
  }
}

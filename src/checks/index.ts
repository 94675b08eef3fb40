/** The floor that everything stands on: what a value is called, what may be expected of it, and how options are checked. */
export {
  anything,
  callable,
  checkValue,
  either,
  finite,
  flag,
  having,
  integer,
  isRecord,
  isWhole,
  listOf,
  needed,
  oneOf,
  real,
  recordOf,
  text,
  whole,
} from './check.ts'
export type { Check } from './check.ts'
export { didYouMean } from './near.ts'
export { checkNames, checkOptions } from './options.ts'
export type { Checks } from './options.ts'
export { show } from './show.ts'

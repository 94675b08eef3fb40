/** Refusals in the words of whoever reads or writes, and lists in them by their first members. */
import { show } from '../checks/index.ts'

/** Throws. */
export type Refuse = (expected: string, got: string, because: string) => never

export const refusing =
  (who: string): Refuse =>
  (expected, got, because) => {
    throw new RangeError(`${who}: expected ${expected} but got ${got}: because ${because}`)
  }

const SHOWN = 8

/** `[2, 3]`; of what is no list, as of any value. */
export const showList = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.slice(0, SHOWN).map(show).join(', ')}${value.length > SHOWN ? ', …' : ''}]`
    : show(value)

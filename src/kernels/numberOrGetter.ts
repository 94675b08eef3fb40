/** Numbers that a recorded step cannot know once and for all. */

/** A number, or where to get it anew each time. */
export type NumberOrGetter = number | (() => number)

/** The value at this moment. */
export const now = (value: NumberOrGetter): number => (typeof value === 'number' ? value : value())

/** A function of a number that may change, which changes with it. */
export const derived = (value: NumberOrGetter, change: (value: number) => number): NumberOrGetter =>
  typeof value === 'number' ? change(value) : () => change(value())

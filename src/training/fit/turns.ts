/** Whose turn it is: an order of names that keeps to ratios at every moment. It refuses to know what a turn does. */

/**
 * `roundRobin`: one after the other. `proportional`: as often as each has batches, so that all finish their data
 * together. Or ratios by name, or a function from the number of the step, counted from 0, to a name.
 */
export type TurnOrder = 'roundRobin' | 'proportional' | Readonly<Record<string, number>> | ((step: number) => string)

/** Ratios by name, or undefined where a function decides. Throws a RangeError for ratios that are none. */
export function ratiosOf(
  who: string,
  order: TurnOrder,
  batches: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> | undefined {
  const names = Object.keys(batches)
  if (typeof order === 'function') return undefined
  if (order === 'proportional') return batches
  if (order === 'roundRobin') return Object.fromEntries(names.map((name) => [name, 1]))
  if (typeof order !== 'object')
    throw new RangeError(
      `${who}: expected an order of roundRobin, proportional, ratios or a function but got '${String(order)}'`,
    )
  for (const name of [...Object.keys(order), ...names])
    if (!Object.hasOwn(order, name) || !names.includes(name))
      throw new RangeError(`${who}: expected ratios of ${names.join(', ')} but got ${Object.keys(order).join(', ')}`)
  for (const [name, ratio] of Object.entries(order))
    if (!(ratio > 0 && ratio < Infinity))
      throw new RangeError(`${who}: expected a ratio above 0 for '${name}' but got ${ratio}`)
  return order
}

/**
 * Names without end, in the ratios given: each step all are credited their ratio, and the one with most credit pays for
 * the step. After any number of steps nobody is a whole turn away from its share.
 */
export function* inRatio(ratios: Readonly<Record<string, number>>): Generator<string, never> {
  const names = Object.keys(ratios)
  const total = names.reduce((sum, name) => sum + ratios[name], 0)
  const credit = names.map(() => 0)
  for (;;) {
    names.forEach((name, index) => (credit[index] += ratios[name]))
    const next = credit.indexOf(Math.max(...credit))
    credit[next] -= total
    yield names[next]
  }
}

/** Learning rates that change with the step: plain functions of its number, from 0. They refuse what gives no rate. */

/** A learning rate, or its value at each step. */
export type Schedule = number | ((step: number) => number)

export const rateAt = (schedule: Schedule, step: number): number =>
  typeof schedule === 'number' ? schedule : schedule(step)

/** That numbers, by name, are finite and at least `least`. */
function check(who: string, least: number, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers))
    if (!(value >= least && value < Infinity))
      throw new RangeError(`${who}: expected a finite ${name} of at least ${least} but got ${value}`)
}

/**
 * rate·factor^⌊step/every⌋
 *
 * @throws RangeError unless every ≥ 1, and rate and factor are at least 0.
 */
export function stepDecay(
  rate: number,
  { every, factor = 0.5 }: { readonly every: number; readonly factor?: number },
): Schedule {
  check('stepDecay', 0, { rate, factor })
  check('stepDecay', 1, { every })
  return (step) => rate * factor ** Math.floor(step / every)
}

/**
 * rate·factor^(step/every), without steps.
 *
 * @throws RangeError unless every ≥ 1, and rate and factor are at least 0.
 */
export function exponentialDecay(
  rate: number,
  { every, factor = 0.5 }: { readonly every: number; readonly factor?: number },
): Schedule {
  check('exponentialDecay', 0, { rate, factor })
  check('exponentialDecay', 1, { every })
  return (step) => rate * factor ** (step / every)
}

/**
 * A line from `rate` to `final` over `steps`, then `final`.
 *
 * @throws RangeError unless steps ≥ 1, and rate and final are at least 0.
 */
export function linearDecay(
  rate: number,
  { steps, final = 0 }: { readonly steps: number; readonly final?: number },
): Schedule {
  check('linearDecay', 0, { rate, final })
  check('linearDecay', 1, { steps })
  return (step) => final + (rate - final) * Math.max(0, 1 - step / steps)
}

/** From `rate` at share 0 to `final` at share 1 along half a cosine. */
const cosine = (rate: number, final: number, share: number): number =>
  final + ((rate - final) * (1 + Math.cos(Math.PI * share))) / 2

/**
 * Half a cosine from `rate` down to `final` over `steps`, then `final` (Loshchilov and Hutter 2017, Eq. 5, no restart).
 *
 * @throws RangeError unless steps ≥ 1, and rate and final are at least 0.
 */
export function cosineDecay(
  rate: number,
  { steps, final = 0 }: { readonly steps: number; readonly final?: number },
): Schedule {
  check('cosineDecay', 0, { rate, final })
  check('cosineDecay', 1, { steps })
  return (step) => cosine(rate, final, Math.min(step, steps) / steps)
}

/**
 * Half a cosine from `rate` towards `final` over `steps` (T₀), then again from `rate`, each time over `growth` (T_mult)
 * times as many steps as before: SGDR (Loshchilov and Hutter 2017, Eq. 5).
 *
 * @throws RangeError unless steps and growth are at least 1, and rate and final at least 0.
 */
export function cosineRestarts(
  rate: number,
  { steps, growth = 1, final = 0 }: { readonly steps: number; readonly growth?: number; readonly final?: number },
): Schedule {
  check('cosineRestarts', 0, { rate, final })
  check('cosineRestarts', 1, { steps, growth })
  return (step) => {
    if (growth === 1) return cosine(rate, final, (step % steps) / steps)
    let [since, length] = [step, steps]
    for (; since >= length; length *= growth) since -= length
    return cosine(rate, final, since / length)
  }
}

/**
 * From 0 up to the schedule's own rate over the first `steps`.
 *
 * @throws RangeError unless steps ≥ 1, and a rate that is a number is at least 0.
 */
export function warmUp(schedule: Schedule, { steps }: { readonly steps: number }): Schedule {
  if (typeof schedule === 'number') check('warmUp', 0, { rate: schedule })
  check('warmUp', 1, { steps })
  return (step) => rateAt(schedule, step) * Math.min(1, (step + 1) / steps)
}

/** Learning rates that change with the step: plain functions of its number, from 0. They refuse what gives no rate. */
import { callable, checkOptions, checkValue, either, needed, real } from '../../checks/index.ts'
import type { Check } from '../../checks/index.ts'

/** A learning rate, or its value at each step. */
export type Schedule = number | ((step: number) => number)

export const rateAt = (schedule: Schedule, step: number): number =>
  typeof schedule === 'number' ? schedule : schedule(step)

export const RATE = real('[0, ∞)')

/** A rate, or a function whose rates are looked at step by step. */
export const scheduleOf = (rate: Check): Check => either(rate, callable)

const SPAN = real('[1, ∞)')
const DECAY = { every: needed(SPAN), factor: RATE }
const DESCENT = { steps: needed(SPAN), final: RATE }

function check<O extends object>(
  who: string,
  rate: Schedule,
  options: O,
  checks: { readonly [K in keyof Required<O>]: Check },
): void {
  checkValue(who, 'rate', rate, RATE)
  checkOptions(who, options, checks)
}

/** rate·factor^⌊step/every⌋ @throws RangeError unless every ≥ 1, and rate and factor are at least 0. */
export function stepDecay(rate: number, options: { readonly every: number; readonly factor?: number }): Schedule {
  check('stepDecay', rate, options, DECAY)
  const { every, factor = 0.5 } = options
  return (step) => rate * factor ** Math.floor(step / every)
}

/** rate·factor^(step/every), without steps. @throws RangeError unless every ≥ 1, and rate and factor are at least 0. */
export function exponentialDecay(
  rate: number,
  options: { readonly every: number; readonly factor?: number },
): Schedule {
  check('exponentialDecay', rate, options, DECAY)
  const { every, factor = 0.5 } = options
  return (step) => rate * factor ** (step / every)
}

/**
 * A line from `rate` to `final` over `steps`, then `final`.
 * @throws RangeError unless steps ≥ 1, and rate and final are at least 0.
 */
export function linearDecay(rate: number, options: { readonly steps: number; readonly final?: number }): Schedule {
  check('linearDecay', rate, options, DESCENT)
  const { steps, final = 0 } = options
  return (step) => final + (rate - final) * Math.max(0, 1 - step / steps)
}

/** From `rate` at share 0 to `final` at share 1 along half a cosine. */
const cosine = (rate: number, final: number, share: number): number =>
  final + ((rate - final) * (1 + Math.cos(Math.PI * share))) / 2

/**
 * Half a cosine from `rate` down to `final` over `steps`, then `final` (Loshchilov and Hutter 2017, Eq. 5, no restart).
 * @throws RangeError unless steps ≥ 1, and rate and final are at least 0.
 */
export function cosineDecay(rate: number, options: { readonly steps: number; readonly final?: number }): Schedule {
  check('cosineDecay', rate, options, DESCENT)
  const { steps, final = 0 } = options
  return (step) => cosine(rate, final, Math.min(step, steps) / steps)
}

/**
 * Half a cosine from `rate` towards `final` over `steps` (T₀), then again from `rate`, each time over `growth` (T_mult)
 * times as many steps as before: SGDR (Loshchilov and Hutter 2017, Eq. 5).
 * @throws RangeError unless steps and growth are at least 1, and rate and final at least 0.
 */
export function cosineRestarts(
  rate: number,
  options: { readonly steps: number; readonly growth?: number; readonly final?: number },
): Schedule {
  check('cosineRestarts', rate, options, { ...DESCENT, growth: SPAN })
  const { steps, growth = 1, final = 0 } = options
  return (step) => {
    if (growth === 1) return cosine(rate, final, (step % steps) / steps)
    let [since, length] = [step, steps]
    for (; since >= length; length *= growth) since -= length
    return cosine(rate, final, since / length)
  }
}

/**
 * From 0 up to the schedule's own rate over the first `steps`.
 * @throws RangeError unless steps ≥ 1, and a rate that is a number is at least 0.
 */
export function warmUp(schedule: Schedule, options: { readonly steps: number }): Schedule {
  checkValue('warmUp', 'schedule', schedule, scheduleOf(RATE))
  checkOptions('warmUp', options, { steps: needed(SPAN) })
  const { steps } = options
  return (step) => rateAt(schedule, step) * Math.min(1, (step + 1) / steps)
}

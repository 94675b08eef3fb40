/** Learning rates that change with the step: plain functions of its number, from 0. */

/** A learning rate, or its value at each step. */
export type Schedule = number | ((step: number) => number)

export const rateAt = (schedule: Schedule, step: number): number =>
  typeof schedule === 'number' ? schedule : schedule(step)

/** rate·factor^⌊step/every⌋ */
export const stepDecay =
  (rate: number, { every, factor = 0.5 }: { readonly every: number; readonly factor?: number }): Schedule =>
  (step) =>
    rate * factor ** Math.floor(step / every)

/** rate·factor^(step/every), without steps. */
export const exponentialDecay =
  (rate: number, { every, factor = 0.5 }: { readonly every: number; readonly factor?: number }): Schedule =>
  (step) =>
    rate * factor ** (step / every)

/** Half a cosine from `rate` down to `final` over `steps`, then `final` (Loshchilov and Hutter 2017, Eq. 5, no restart). */
export const cosineDecay =
  (rate: number, { steps, final = 0 }: { readonly steps: number; readonly final?: number }): Schedule =>
  (step) =>
    final + ((rate - final) * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps))) / 2

/** From 0 up to the schedule's own rate over the first `steps`. */
export const warmUp =
  (schedule: Schedule, { steps }: { readonly steps: number }): Schedule =>
  (step) =>
    rateAt(schedule, step) * Math.min(1, (step + 1) / steps)

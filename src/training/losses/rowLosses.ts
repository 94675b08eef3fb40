/** Losses of single rows, for `fit`'s `losses`; each refuses, when it is made, options that make it no loss. */
import {
  abs,
  add,
  scaleShift,
  binaryCrossEntropy,
  clip,
  div,
  exp,
  less,
  mul,
  neg,
  softplus,
  square,
  sub,
  where,
} from '../../autograd/index.ts'
import { callable, checkOptions, either, oneOf, real, recordOf } from '../../checks/index.ts'
import type { Tensor } from '../../tensor/index.ts'

/**
 * The loss of every row (b), from a logit, or from the value itself where the task is regression (b), and labels (b).
 * `binaryCrossEntropy` and `squaredError` are two. It is recorded once and run many times, so it is made of ops.
 */
export type RowLoss = (output: Tensor, labels: Tensor) => Tensor

/** What `crossEntropy` takes. */
export interface CrossEntropyOptions {
  /** w, what a positive counts for: 3 as if each were there three times. Default 1. */
  readonly positiveWeight?: number
  /** ε, how far labels move towards ½. Default 0. */
  readonly labelSmoothing?: number
}

/** What `focalLoss` takes. */
export interface FocalOptions {
  /** γ, how much less a row counts the better it is told; 0 is cross-entropy. Default 2. */
  readonly gamma?: number
  /** α, what a positive counts for, beside 1 − α for a negative. Default: 1 for both. */
  readonly alpha?: number
}

/** What `huber` takes. */
export interface HuberOptions {
  /** δ, the error beyond which the loss grows in a line. Default 1. */
  readonly delta?: number
}

/**
 * −(w·y·ln σ(z) + (1 − y)·ln σ(−z)), y smoothed to (1 − ε)·y + ε/2 (Szegedy et al., CVPR 2016, Section 7, of two
 * classes). A task's mean is over rows, not over weights, as with PyTorch's `pos_weight`.
 *
 * The weight w makes a model predict w·p/(w·p + 1 − p) where a share p is positive: right for ranking, and no probability.
 * @throws RangeError unless w > 0 is finite and 0 ≤ ε < 1.
 */
export function crossEntropy(options: CrossEntropyOptions = {}): RowLoss {
  checkOptions('crossEntropy', options, { positiveWeight: real('(0, ∞)'), labelSmoothing: real('[0, 1)') })
  const { positiveWeight = 1, labelSmoothing = 0 } = options
  const smooth = (labels: Tensor): Tensor =>
    labelSmoothing === 0 ? labels : scaleShift(labels, { factor: 1 - labelSmoothing, shift: labelSmoothing / 2 })
  if (positiveWeight === 1) return (z, labels) => binaryCrossEntropy(z, smooth(labels))
  return (z, labels) => {
    // (w·y + 1 − y) times that of the label that w makes of y, which knows what to do about an infinite logit.
    const y = smooth(labels)
    const positive = scaleShift(y, { factor: positiveWeight })
    const weight = add(positive, scaleShift(y, { factor: -1, shift: 1 }))
    return mul(weight, binaryCrossEntropy(z, div(positive, weight)))
  }
}

/**
 * −αₜ·(1 − pₜ)^γ·ln pₜ, pₜ the probability of the row's own class (Lin et al., ICCV 2017, Eq. 4–5); of a label y between
 * the classes, y times that of a positive plus 1 − y times that of a negative.
 * @throws RangeError unless γ ≥ 0 is finite and 0 ≤ α ≤ 1.
 */
export function focalLoss(options: FocalOptions = {}): RowLoss {
  checkOptions('focalLoss', options, { gamma: real('[0, ∞)'), alpha: real('[0, 1]') })
  const { gamma = 2, alpha } = options
  // 1 − pₜ is exp(−softplus(z)) of a positive: no power of 0, whose slope would not be finite. An infinite logit
  // becomes 0 where the row has no share in the class: 0·∞ is not a number.
  const focal = (share: Tensor, z: Tensor, weight = 1): Tensor => {
    const held = where(add(share, less(abs(z), Infinity)), z, 0)
    const cost = softplus(neg(held))
    const rest = gamma === 0 ? cost : mul(exp(scaleShift(softplus(held), { factor: -gamma })), cost)
    return mul(share, scaleShift(rest, { factor: weight }))
  }
  return (z, labels) =>
    add(
      focal(labels, z, alpha),
      focal(scaleShift(labels, { factor: -1, shift: 1 }), neg(z), alpha === undefined ? 1 : 1 - alpha),
    )
}

/**
 * d²/2 of an error d up to δ, then δ·(|d| − δ/2) (Huber, Annals of Mathematical Statistics 1964): a far label pulls no
 * harder than one δ away.
 * @throws RangeError unless δ > 0 is finite.
 */
export function huber(options: HuberOptions = {}): RowLoss {
  checkOptions('huber', options, { delta: real('(0, ∞)') })
  const { delta = 1 } = options
  return (output, labels) => {
    const error = sub(output, labels)
    const held = clip(error, { min: -delta, max: delta })
    // h²/2 + δ·|d − h|: of the two, one is always flat, and neither multiplies an infinite error by 0.
    return add(scaleShift(square(held), { factor: 0.5 }), scaleShift(abs(sub(error, held)), { factor: delta }))
  }
}

const ROW_LOSSES = { crossEntropy, focal: focalLoss, huber } as const

/** What may be given of losses, by task. */
export const LOSSES = recordOf(either(callable, oneOf(...Object.keys(ROW_LOSSES))))

/** The losses of rows that may be given by name, with their defaults. */
export type RowLossName = keyof typeof ROW_LOSSES

export const rowLossOf = (given: RowLoss | RowLossName): RowLoss =>
  typeof given === 'string' ? ROW_LOSSES[given]() : given

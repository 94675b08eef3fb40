/** The verbs that move what lasts, and the numbers of one such move; they refuse to know which step it is or who calls. */

/**
 * Steps of what lasts: the only kernels that write to their inputs. Gradients come as `count` rows of `d`; row r belongs
 * to row rows[r] of the parameter, to none if that is below 0, or to row r when `rows` is null. `l2` adds
 * 2·l2·parameter to it. Their numbers are read anew at every call.
 */
export interface UpdateKernels<B, I> {
  sgd(
    parameter: B,
    gradient: B,
    velocity: B,
    rows: I | null,
    count: number,
    d: number,
    l2: number,
    numbers: SgdUpdate,
  ): void
  adagrad(
    parameter: B,
    gradient: B,
    sum: B,
    rows: I | null,
    count: number,
    d: number,
    l2: number,
    numbers: AdagradUpdate,
  ): void
  adam(p: B, gradient: B, m: B, v: B, rows: I | null, count: number, d: number, l2: number, numbers: AdamUpdate): void
  ftrl(p: B, gradient: B, z: B, n: B, rows: I | null, count: number, d: number, l2: number, numbers: FtrlUpdate): void
  /** average += momentum·(value − average), as (1 − momentum)·average + momentum·value */
  movingAverage(average: B, value: B, n: number, momentum: number): void
}

/** The numbers of one step of SGD. */
export interface SgdUpdate {
  readonly learningRate: number
  readonly momentum: number
  readonly nesterov: boolean
}

/** The numbers of one step of Adagrad. */
export interface AdagradUpdate {
  readonly learningRate: number
  readonly epsilon: number
}

/** The numbers of one step of Adam. */
export interface AdamUpdate {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** 1 − beta1ᵗ and 1 − beta2ᵗ at step t. */
  readonly correction1: number
  readonly correction2: number
  /** Decoupled weight decay: parameter −= learningRate·decay·parameter. */
  readonly decay: number
}

/** The numbers of one step of FTRL. */
export interface FtrlUpdate {
  readonly learningRate: number
  /** What the sum of squares is raised to, at most 0: −½ divides by its root. */
  readonly learningRatePower: number
  readonly l1: number
  /** Of the step's own problem, beside the `l2` that joins the gradient. */
  readonly l2: number
  readonly l2Shrinkage: number
  readonly beta: number
}

/** The numbers of one update of what lasts, read anew at every call; they refuse to know which step it is. */

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

/** What a binary exports: kernels of addresses (in bytes, 0 for none), sizes and scalars. See assembly/index.ts. */

type Unary = (x: number, out: number, n: number) => void
type Binary = (a: number, b: number, out: number, n: number) => void

export interface Exports {
  readonly scratchBytes: () => number
  readonly setScratch: (address: number) => void

  /** out[i, j] (+)= Σₚ a[i·aRow + p·aStep] · b[p·bStep + j·bColumn] + bias[j]; flags: 1 relu, 2 add to what out holds. */
  readonly gemm: (
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bStep: number,
    bColumn: number,
    bias: number,
    out: number,
    m: number,
    k: number,
    n: number,
    flags: number,
  ) => void
  readonly mix: (list: number, count: number, y: number, out: number, b: number, d: number) => void
  readonly mixDot: (x: number, list: number, out: number, b: number, e: number, d: number) => void
  readonly softmax: (x: number, out: number, b: number, n: number) => void
  readonly logSoftmax: (x: number, out: number, b: number, n: number) => void
  readonly softmaxGradient: (g: number, y: number, out: number, b: number, n: number) => void

  readonly neg: Unary
  readonly abs: Unary
  readonly sqrt: Unary
  readonly square: Unary
  readonly reciprocal: Unary
  readonly relu: Unary
  readonly exp: Unary
  readonly log: Unary
  readonly sigmoid: Unary
  readonly softplus: Unary
  readonly tanh: Unary
  readonly leakyRelu: (x: number, out: number, n: number, slope: number) => void
  readonly clip: (x: number, out: number, n: number, min: number, max: number) => void
  readonly scaleShift: (x: number, out: number, n: number, factor: number, shift: number) => void

  readonly add: Binary
  readonly sub: Binary
  readonly mul: Binary
  readonly div: Binary
  readonly maximum: Binary
  readonly minimum: Binary
  readonly equal: Binary
  readonly less: Binary
  readonly lessEqual: Binary
  readonly reluGradient: Binary
  readonly where: (condition: number, a: number, b: number, out: number, n: number) => void

  /** Rows of `width` numbers from one stride to another. */
  readonly copyRows: (
    from: number,
    fromStride: number,
    to: number,
    toStride: number,
    rows: number,
    width: number,
  ) => void
  readonly fill: (value: number, out: number, n: number) => void
  readonly repeat: (x: number, out: number, o: number, m: number, i: number) => void
  readonly swap: (x: number, out: number, o: number, p: number, q: number, i: number) => void
  readonly sum: (x: number, out: number, o: number, m: number, i: number) => void
  readonly max: (x: number, out: number, o: number, m: number, i: number) => void

  readonly gather: (table: number, ids: number, out: number, b: number, d: number, stride: number) => void
  readonly gatherEach: (list: number, count: number, out: number, b: number, stride: number) => void
  readonly scatterAdd: (rows: number, ids: number, out: number, b: number, v: number, d: number) => void
  readonly mergeRows: (
    rows: number,
    ids: number,
    merged: number,
    leaders: number,
    table: number,
    b: number,
    d: number,
    stride: number,
    start: number,
    size: number,
  ) => void
  readonly nonzeroMask: (ids: number, out: number, n: number) => void

  readonly binaryCrossEntropy: Binary
  readonly dropout: (
    x: number,
    out: number,
    n: number,
    threshold: number,
    scale: number,
    key: number,
    counter: number,
  ) => void

  readonly sgd: (
    parameter: number,
    gradient: number,
    velocity: number,
    rows: number,
    count: number,
    d: number,
    pull: number,
    learningRate: number,
    momentum: number,
    nesterov: boolean,
  ) => void
  readonly adagrad: (
    parameter: number,
    gradient: number,
    sum: number,
    rows: number,
    count: number,
    d: number,
    pull: number,
    learningRate: number,
    epsilon: number,
  ) => void
  readonly adam: (
    parameter: number,
    gradient: number,
    mean: number,
    variance: number,
    rows: number,
    count: number,
    d: number,
    pull: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    rate: number,
    root: number,
    epsilon: number,
    shrink: number,
  ) => void
  readonly ftrl: (
    parameter: number,
    gradient: number,
    z: number,
    squares: number,
    rows: number,
    count: number,
    d: number,
    pull: number,
    inverse: number,
    shrink: number,
    l1: number,
    rest: number,
  ) => void
  readonly movingAverage: (average: number, value: number, n: number, keep: number, momentum: number) => void
}

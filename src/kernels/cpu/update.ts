/**
 * Steps of parameters and statistics, the only kernels that write to their inputs. A gradient that names its rows
 * touches only these, in the parameter and in the optimizer's memory alike: a step costs what the batch costs, not what
 * the vocabulary does.
 */
import type { Floats } from '../buffer.ts'
import type { AdagradUpdate, AdamUpdate, FtrlUpdate, SgdUpdate } from '../updates.ts'

/** v = momentum·v + g; p −= learningRate·v, or ·(g + momentum·v) with Nesterov. Without momentum v is never looked at. */
export function sgd(
  parameter: Floats, // (v d)
  gradient: Floats, // (count d)
  velocity: Floats, // (v d)
  rows: Int32Array | null, // (count), distinct where not below 0
  count: number,
  d: number,
  l2: number,
  { learningRate, momentum, nesterov }: SgdUpdate,
): void {
  for (let row = 0; row < count; row++) {
    if (rows !== null && rows[row] < 0) continue
    const from = row * d
    const to = (rows === null ? row : rows[row]) * d
    for (let j = 0; j < d; j++) {
      const p = parameter[to + j]
      const g = gradient[from + j] + 2 * l2 * p
      let step = g
      if (momentum !== 0) {
        const v = momentum * velocity[to + j] + g
        velocity[to + j] = v
        step = nesterov ? g + momentum * v : v
      }
      parameter[to + j] = p - learningRate * step
    }
  }
}

/** s = s + g²; p −= learningRate·g / (√s + ε) */
export function adagrad(
  parameter: Floats, // (v d)
  gradient: Floats, // (count d)
  sum: Floats, // (v d)
  rows: Int32Array | null, // (count), distinct where not below 0
  count: number,
  d: number,
  l2: number,
  { learningRate, epsilon }: AdagradUpdate,
): void {
  for (let row = 0; row < count; row++) {
    if (rows !== null && rows[row] < 0) continue
    const from = row * d
    const to = (rows === null ? row : rows[row]) * d
    for (let j = 0; j < d; j++) {
      const p = parameter[to + j]
      const g = gradient[from + j] + 2 * l2 * p
      const s = sum[to + j] + g * g
      sum[to + j] = s
      parameter[to + j] = p - (learningRate * g) / (Math.sqrt(s) + epsilon)
    }
  }
}

/** m = β₁m + (1 − β₁)g; v = β₂v + (1 − β₂)g²; p −= learningRate·(m / correction₁) / (√(v / correction₂) + ε) */
export function adam(
  parameter: Floats, // (v d)
  gradient: Floats, // (count d)
  m: Floats, // (v d)
  v: Floats, // (v d)
  rows: Int32Array | null, // (count), distinct where not below 0
  count: number,
  d: number,
  l2: number,
  { learningRate, beta1, beta2, epsilon, correction1, correction2, decay }: AdamUpdate,
): void {
  for (let row = 0; row < count; row++) {
    if (rows !== null && rows[row] < 0) continue
    const from = row * d
    const to = (rows === null ? row : rows[row]) * d
    for (let j = 0; j < d; j++) {
      const p = parameter[to + j]
      const g = gradient[from + j] + 2 * l2 * p
      const mean = beta1 * m[to + j] + (1 - beta1) * g
      const variance = beta2 * v[to + j] + (1 - beta2) * g * g
      m[to + j] = mean
      v[to + j] = variance
      const step = mean / correction1 / (Math.sqrt(variance / correction2) + epsilon)
      parameter[to + j] = p - learningRate * decay * p - learningRate * step
    }
  }
}

/**
 * z += g + 2·l2Shrinkage·p − σ·p and n += g², where σ = Δ(n^−power) / learningRate; then p = 0 where |z| ≤ l1, else
 * (sign(z)·l1 − z) / ((β + n^−power) / learningRate + 2·l2), and 0 where that is divided by 0.
 */
export function ftrl(
  parameter: Floats, // (v d)
  gradient: Floats, // (count d)
  z: Floats, // (v d)
  n: Floats, // (v d)
  rows: Int32Array | null, // (count), distinct where not below 0
  count: number,
  d: number,
  l2: number,
  { learningRate, learningRatePower, l1, l2: proximal, l2Shrinkage, beta }: FtrlUpdate,
): void {
  const rooted = learningRatePower === -0.5
  for (let row = 0; row < count; row++) {
    if (rows !== null && rows[row] < 0) continue
    const from = row * d
    const to = (rows === null ? row : rows[row]) * d
    for (let j = 0; j < d; j++) {
      const p = parameter[to + j]
      const g = gradient[from + j] + 2 * l2 * p
      const before = rooted ? Math.sqrt(n[to + j]) : n[to + j] ** -learningRatePower
      n[to + j] += g * g
      // Of n as it is kept, so that the σ of all steps add up to what p is divided by.
      const after = rooted ? Math.sqrt(n[to + j]) : n[to + j] ** -learningRatePower
      z[to + j] += g + 2 * l2Shrinkage * p - ((after - before) / learningRate) * p
      const sum = z[to + j]
      const scale = (beta + after) / learningRate + 2 * proximal
      parameter[to + j] = Math.abs(sum) <= l1 || scale === 0 ? 0 : (Math.sign(sum) * l1 - sum) / scale
    }
  }
}

/** average = (1 − momentum)·average + momentum·value */
export function movingAverage(
  average: Floats, // (n)
  value: Floats, // (n)
  n: number,
  momentum: number,
): void {
  for (let j = 0; j < n; j++) average[j] = (1 - momentum) * average[j] + momentum * value[j]
}

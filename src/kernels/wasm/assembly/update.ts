/**
 * Steps of parameters and statistics, in place. Gradients come as `count` rows of `d`; row r belongs to row rows[r] of
 * the parameter, to none if that is below 0, or to row r where `rows` is 0. `pull` is 2·l2.
 */
import { get, put } from './lanes.ts'
import { madd } from './madd.ts'

/** The row of the parameter that a row of the gradient belongs to. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function owner(rows: usize, row: i32): i32 {
  return rows === 0 ? row : load<i32>(rows + (row << 2))
}

/**
 * Rounded to whole multiples of 2⁻¹⁰⁰, as every number far below 2⁻⁷⁷ is that is added to 1.5·2⁻⁷⁷, so that nothing made
 * of it is below 2⁻¹²⁶, the smallest normal number. Gradients and moments of what is no longer learned fade towards it,
 * and processors take several times as long over what is smaller.
 */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function faded(x: v128): v128 {
  const far = f32x4.splat(9.926167350636332e-24)
  return f32x4.sub(f32x4.add(x, far), far)
}

/** v = momentum·v + g; p −= learningRate·v, or ·(g + momentum·v) with Nesterov. Without momentum v is never looked at. */
export function sgd(
  parameter: usize, // (v d)
  gradient: usize, // (count d)
  velocity: usize, // (v d)
  rows: usize, // (count)
  count: i32,
  d: i32,
  pull: f32,
  learningRate: f32,
  momentum: f32,
  nesterov: bool,
): void {
  for (let row = 0; row < count; row++, gradient += d << 2) {
    const id = owner(rows, row)
    if (id < 0) continue
    let at: usize = (id * d) << 2
    for (let n = d, from = gradient; n > 0; n -= 4, from += 16, at += 16) {
      const p = get(parameter + at, n)
      const g = madd(f32x4.splat(pull), p, get(from, n))
      let step = g
      if (momentum !== 0) {
        step = madd(f32x4.splat(momentum), get(velocity + at, n), g)
        put(velocity + at, step, n)
        if (nesterov) step = madd(f32x4.splat(momentum), step, g)
      }
      put(parameter + at, madd(f32x4.splat(-learningRate), step, p), n)
    }
  }
}

/** s = s + g²; p −= learningRate·g / (√s + ε) */
export function adagrad(
  parameter: usize, // (v d)
  gradient: usize, // (count d)
  sum: usize, // (v d)
  rows: usize, // (count)
  count: i32,
  d: i32,
  pull: f32,
  learningRate: f32,
  epsilon: f32,
): void {
  for (let row = 0; row < count; row++, gradient += d << 2) {
    const id = owner(rows, row)
    if (id < 0) continue
    let at: usize = (id * d) << 2
    for (let n = d, from = gradient; n > 0; n -= 4, from += 16, at += 16) {
      const p = get(parameter + at, n)
      const g = madd(f32x4.splat(pull), p, get(from, n))
      const s = madd(g, g, get(sum + at, n))
      put(sum + at, s, n)
      const step = f32x4.div(f32x4.mul(f32x4.splat(learningRate), g), f32x4.add(f32x4.sqrt(s), f32x4.splat(epsilon)))
      put(parameter + at, f32x4.sub(p, step), n)
    }
  }
}

/** Four numbers of the step below, or the last `n`. Vectors are made by the caller: V8 would make them anew each time. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function moveByMoments(
  parameter: usize,
  gradient: usize,
  mean: usize,
  variance: usize,
  n: i32,
  pull: v128,
  beta1: v128,
  rest1: v128,
  beta2: v128,
  rest2: v128,
  rate: v128,
  root: v128,
  epsilon: v128,
  shrink: v128,
): void {
  const p = get(parameter, n)
  const g = madd(pull, p, faded(get(gradient, n)))
  const m = faded(madd(rest1, g, f32x4.mul(beta1, get(mean, n))))
  const v = faded(madd(f32x4.mul(rest2, g), g, f32x4.mul(beta2, get(variance, n))))
  put(mean, m, n)
  put(variance, v, n)
  const step = f32x4.div(f32x4.mul(rate, m), madd(root, f32x4.sqrt(v), epsilon))
  put(parameter, f32x4.sub(p, madd(shrink, p, step)), n)
}

/** m = β₁m + (1 − β₁)g; v = β₂v + (1 − β₂)g²; p −= rate·m / (root·√v + ε) + shrink·p */
export function adam(
  parameter: usize, // (v d)
  gradient: usize, // (count d)
  mean: usize, // (v d)
  variance: usize, // (v d)
  rows: usize, // (count)
  count: i32,
  d: i32,
  pull: f32,
  beta1: f32,
  rest1: f32, // 1 − beta1
  beta2: f32,
  rest2: f32, // 1 − beta2
  rate: f32, // learningRate / correction1
  root: f32, // 1 / √correction2
  epsilon: f32,
  shrink: f32, // learningRate·decay
): void {
  const pulls = f32x4.splat(pull)
  const keep1 = f32x4.splat(beta1)
  const take1 = f32x4.splat(rest1)
  const keep2 = f32x4.splat(beta2)
  const take2 = f32x4.splat(rest2)
  const rates = f32x4.splat(rate)
  const roots = f32x4.splat(root)
  const least = f32x4.splat(epsilon)
  const shrinks = f32x4.splat(shrink)
  for (let row = 0; row < count; row++) {
    const id = owner(rows, row)
    let p = parameter + ((id * d) << 2)
    let m = mean + ((id * d) << 2)
    let v = variance + ((id * d) << 2)
    let n = d
    if (id < 0) {
      gradient += d << 2
      continue
    }
    for (; n >= 4; n -= 4, p += 16, gradient += 16, m += 16, v += 16)
      moveByMoments(p, gradient, m, v, 4, pulls, keep1, take1, keep2, take2, rates, roots, least, shrinks)
    if (n > 0) moveByMoments(p, gradient, m, v, n, pulls, keep1, take1, keep2, take2, rates, roots, least, shrinks)
    gradient += n << 2
  }
}

/** average = keep·average + momentum·value, where keep is 1 − momentum */
export function movingAverage(average: usize, value: usize, n: i32, keep: f32, momentum: f32): void {
  for (; n > 0; n -= 4, average += 16, value += 16)
    put(average, madd(f32x4.splat(momentum), get(value, n), f32x4.mul(f32x4.splat(keep), get(average, n))), n)
}

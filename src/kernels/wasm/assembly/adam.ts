/** A step of Adam, in place, on rows as update.ts has them. */
import { put, putPair } from './lanes.ts'
import { madd } from './madd.ts'
import { FAR, knownNumbers } from './numbers.ts'
import { isWide } from './panel.ts'
import { owner } from './update.ts'

/**
 * Rounded to whole multiples of 2⁻¹⁰⁰, as every number far below 2⁻⁷⁷ is that is added to 1.5·2⁻⁷⁷, so that nothing made
 * of it is below 2⁻¹²⁶, the smallest normal number. Gradients and moments of what is no longer learned fade towards it,
 * and processors take several times as long over what is smaller.
 */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function faded(x: v128, far: v128): v128 {
  return f32x4.sub(f32x4.add(x, far), far)
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function meanOf(g: v128, m: v128, keep: v128, take: v128, far: v128): v128 {
  return faded(madd(take, g, f32x4.mul(keep, m)), far)
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function varianceOf(g: v128, v: v128, keep: v128, take: v128, far: v128): v128 {
  return faded(madd(f32x4.mul(take, g), g, f32x4.mul(keep, v)), far)
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function moved(p: v128, m: v128, v: v128, rate: v128, root: v128, epsilon: v128, shrink: v128): v128 {
  const step = f32x4.div(f32x4.mul(rate, m), madd(root, f32x4.sqrt(v), epsilon))
  return f32x4.sub(p, madd(shrink, p, step))
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
  far: v128,
): void {
  const p = v128.load(parameter)
  const g = madd(pull, p, faded(v128.load(gradient), far))
  const m = meanOf(g, v128.load(mean), beta1, rest1, far)
  const v = varianceOf(g, v128.load(variance), beta2, rest2, far)
  put(mean, m, n)
  put(variance, v, n)
  put(parameter, moved(p, m, v, rate, root, epsilon, shrink), n)
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
  const far = v128.load32_splat(knownNumbers(), FAR)
  // Two vectors at once do not fit the registers where they are not joined.
  const pair = isWide ? 8 : i32.MAX_VALUE
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
    for (; n >= pair; n -= 8, p += 32, gradient += 32, m += 32, v += 32) {
      const p0 = v128.load(p)
      const p1 = v128.load(p, 16)
      const g0 = madd(pulls, p0, faded(v128.load(gradient), far))
      const g1 = madd(pulls, p1, faded(v128.load(gradient, 16), far))
      const m0 = meanOf(g0, v128.load(m), keep1, take1, far)
      const m1 = meanOf(g1, v128.load(m, 16), keep1, take1, far)
      const v0 = varianceOf(g0, v128.load(v), keep2, take2, far)
      const v1 = varianceOf(g1, v128.load(v, 16), keep2, take2, far)
      putPair(m, m0, m1)
      putPair(v, v0, v1)
      putPair(
        p,
        moved(p0, m0, v0, rates, roots, least, shrinks),
        moved(p1, m1, v1, rates, roots, least, shrinks),
      )
    }
    for (; n >= 4; n -= 4, p += 16, gradient += 16, m += 16, v += 16)
      moveByMoments(p, gradient, m, v, 4, pulls, keep1, take1, keep2, take2, rates, roots, least, shrinks, far)
    if (n > 0) moveByMoments(p, gradient, m, v, n, pulls, keep1, take1, keep2, take2, rates, roots, least, shrinks, far)
    gradient += n << 2
  }
}

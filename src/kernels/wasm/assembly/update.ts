/**
 * Steps of parameters and statistics, in place. Gradients come as `count` rows of `d`; row r belongs to row rows[r] of
 * the parameter, to none if that is below 0, or to row r where `rows` is 0. `pull` is 2·l2.
 */
import { put, putPair, putPart } from './lanes.ts'
import { madd } from './madd.ts'

/** The row of the parameter that a row of the gradient belongs to. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function owner(rows: usize, row: i32): i32 {
  return rows === 0 ? row : load<i32>(rows + (row << 2))
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
  const pulls = f32x4.splat(pull)
  const kept = f32x4.splat(momentum)
  const rates = f32x4.splat(-learningRate)
  for (let row = 0; row < count; row++, gradient += d << 2) {
    const id = owner(rows, row)
    if (id < 0) continue
    let n = d
    let from = gradient
    let p = parameter + ((id * d) << 2)
    let v = velocity + ((id * d) << 2)
    for (; n >= 8; n -= 8, from += 32, p += 32, v += 32) {
      const p0 = v128.load(p)
      const p1 = v128.load(p, 16)
      const g0 = madd(pulls, p0, v128.load(from))
      const g1 = madd(pulls, p1, v128.load(from, 16))
      let step0 = g0
      let step1 = g1
      if (momentum !== 0) {
        step0 = madd(kept, v128.load(v), g0)
        step1 = madd(kept, v128.load(v, 16), g1)
        putPair(v, step0, step1)
        if (nesterov) {
          step0 = madd(kept, step0, g0)
          step1 = madd(kept, step1, g1)
        }
      }
      putPair(p, madd(rates, step0, p0), madd(rates, step1, p1))
    }
    for (; n > 0; n -= 4, from += 16, p += 16, v += 16) {
      const p0 = v128.load(p)
      const g0 = madd(pulls, p0, v128.load(from))
      let step0 = g0
      if (momentum !== 0) {
        step0 = madd(kept, v128.load(v), g0)
        put(v, step0, n)
        if (nesterov) step0 = madd(kept, step0, g0)
      }
      put(p, madd(rates, step0, p0), n)
    }
  }
}

/** p − learningRate·g / (√s + ε) */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function scaled(p: v128, g: v128, s: v128, rate: v128, epsilon: v128): v128 {
  return f32x4.sub(p, f32x4.div(f32x4.mul(rate, g), f32x4.add(f32x4.sqrt(s), epsilon)))
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
  const pulls = f32x4.splat(pull)
  const rates = f32x4.splat(learningRate)
  const least = f32x4.splat(epsilon)
  for (let row = 0; row < count; row++, gradient += d << 2) {
    const id = owner(rows, row)
    if (id < 0) continue
    let n = d
    let from = gradient
    let p = parameter + ((id * d) << 2)
    let s = sum + ((id * d) << 2)
    for (; n >= 8; n -= 8, from += 32, p += 32, s += 32) {
      const p0 = v128.load(p)
      const p1 = v128.load(p, 16)
      const g0 = madd(pulls, p0, v128.load(from))
      const g1 = madd(pulls, p1, v128.load(from, 16))
      const s0 = madd(g0, g0, v128.load(s))
      const s1 = madd(g1, g1, v128.load(s, 16))
      putPair(s, s0, s1)
      putPair(p, scaled(p0, g0, s0, rates, least), scaled(p1, g1, s1, rates, least))
    }
    for (; n > 0; n -= 4, from += 16, p += 16, s += 16) {
      const p0 = v128.load(p)
      const g0 = madd(pulls, p0, v128.load(from))
      const s0 = madd(g0, g0, v128.load(s))
      put(s, s0, n)
      put(p, scaled(p0, g0, s0, rates, least), n)
    }
  }
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function averaged(average: v128, value: v128, keep: f32, momentum: f32): v128 {
  return madd(f32x4.splat(momentum), value, f32x4.mul(f32x4.splat(keep), average))
}

/** average = keep·average + momentum·value, where keep is 1 − momentum */
export function movingAverage(average: usize, value: usize, n: i32, keep: f32, momentum: f32): void {
  for (; n >= 8; n -= 8, average += 32, value += 32)
    putPair(
      average,
      averaged(v128.load(average), v128.load(value), keep, momentum),
      averaged(v128.load(average, 16), v128.load(value, 16), keep, momentum),
    )
  for (; n > 0; n -= 4, average += 16, value += 16) putPart(average, averaged(v128.load(average), v128.load(value), keep, momentum), n)
}

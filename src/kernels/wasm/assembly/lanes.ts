/**
 * Numbers by fours in a vector, and by eights in two that lie side by side, which some hosts join into one. The last one to
 * three pass through the same formula in the first lanes, so that what a number becomes does not depend on where it lies.
 * What lies behind them is read and comes to nothing; nothing beside them is written.
 */

/** The next four of the `n` numbers that are left, or as many as there are, followed by zeros. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function get(from: usize, n: i32): v128 {
  if (n >= 4) return v128.load(from)
  let numbers = v128.load32_zero(from)
  if (n > 1) numbers = v128.load32_lane(from, numbers, 1, 4)
  if (n > 2) numbers = v128.load32_lane(from, numbers, 2, 8)
  return numbers
}

/** Writes the next four of the `n` numbers that are left, or as many as there are. Written out: for rows of two or three. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function putShort(to: usize, numbers: v128, n: i32): void {
  if (n >= 4) v128.store(to, numbers)
  else {
    v128.store32_lane(to, numbers, 0)
    if (n > 1) v128.store32_lane(to, numbers, 1, 4)
    if (n > 2) v128.store32_lane(to, numbers, 2, 8)
  }
}

/** The same as a call, for what comes last. */
export function putPart(to: usize, numbers: v128, n: i32): void {
  putShort(to, numbers, n)
}

/** The same, where a call is for the last one to three. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function put(to: usize, numbers: v128, n: i32): void {
  if (n >= 4) v128.store(to, numbers)
  else putPart(to, numbers, n)
}

/** Writes eight numbers, the last four first: were the first ones written first, V8 would write them twice. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function putPair(to: usize, first: v128, second: v128): void {
  v128.store(to, second, 16)
  v128.store(to, first)
}

/** to (n) = from (n) */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function copy(from: usize, to: usize, n: i32): void {
  for (; n >= 8; n -= 8, from += 32, to += 32) putPair(to, v128.load(from), v128.load(from, 16))
  for (; n > 0; n -= 4, from += 16, to += 16) put(to, v128.load(from), n)
}

/** to (n) += from (n) */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function addTo(from: usize, to: usize, n: i32): void {
  for (; n >= 8; n -= 8, from += 32, to += 32)
    putPair(to, f32x4.add(v128.load(to), v128.load(from)), f32x4.add(v128.load(to, 16), v128.load(from, 16)))
  for (; n > 0; n -= 4, from += 16, to += 16) put(to, f32x4.add(v128.load(to), v128.load(from)), n)
}

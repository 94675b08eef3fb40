/**
 * Four numbers at a time, and what becomes of the last one to three, which fill no vector: they pass through the same
 * formula in the first lanes, so that what a number becomes does not depend on where it lies. Nothing beside them is
 * read or written.
 */

/** n numbers, 1 to 3, followed by zeros */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function some(from: usize, n: i32): v128 {
  let numbers = v128.load32_zero(from)
  if (n > 1) numbers = v128.load32_lane(from, numbers, 1, 4)
  if (n > 2) numbers = v128.load32_lane(from, numbers, 2, 8)
  return numbers
}

/** Writes what `some` reads. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function write(to: usize, numbers: v128, n: i32): void {
  v128.store32_lane(to, numbers, 0)
  if (n > 1) v128.store32_lane(to, numbers, 1, 4)
  if (n > 2) v128.store32_lane(to, numbers, 2, 8)
}

/** The next four of the `n` numbers that are left, or as many as there are. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function get(from: usize, n: i32): v128 {
  return n >= 4 ? v128.load(from) : some(from, n)
}

/** Writes what `get` reads. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function put(to: usize, numbers: v128, n: i32): void {
  if (n >= 4) v128.store(to, numbers)
  else write(to, numbers, n)
}

// The same as calls, for short formulas, which are written out twice instead. A loop with a call in it, even one that is
// never made, keeps nothing in registers: so these stand behind loops.

export function getPart(from: usize, n: i32): v128 {
  return some(from, n)
}

export function putPart(to: usize, numbers: v128, n: i32): void {
  write(to, numbers, n)
}

/** to (n) = from (n) */
export function copy(from: usize, to: usize, n: i32): void {
  for (; n > 0; n -= 4, from += 16, to += 16) put(to, get(from, n), n)
}

/** to (n) += from (n) */
export function addTo(from: usize, to: usize, n: i32): void {
  for (; n > 0; n -= 4, from += 16, to += 16) put(to, f32x4.add(get(to, n), get(from, n)), n)
}

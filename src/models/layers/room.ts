/** How large a matrix of parameters may be; it refuses, before any memory is taken, what no backend could hold. */

/** In float32, 4 GiB: all that WebAssembly can address. */
const MOST = 2 ** 30

/** Throws a RangeError unless rows · columns numbers fit, saying how much they would take. */
export function checkRoom(who: string, what: string, rows: number, columns: number): void {
  const count = rows * columns
  if (count >= MOST)
    throw new RangeError(
      `${who}: expected ${what} of fewer than ${MOST} numbers but got ${rows} × ${columns}: because in float32 they would take ${(count / 2 ** 28).toFixed(1)} GiB`,
    )
}

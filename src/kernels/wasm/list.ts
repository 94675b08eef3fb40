/** Buffers that a call takes a list of, noted in the memory of the binary: three numbers for each. */

/** The most buffers in one list. */
const LONGEST = 4096
export const LIST_BYTES = LONGEST * 12

export function checkLength(verb: string, length: number): void {
  if (length > LONGEST)
    throw new RangeError(
      `${verb}: expected at most ${LONGEST} buffers but got ${length}: because wasm notes a list in room of fixed size`,
    )
}

export function note(list: Int32Array, index: number, first: number, second: number, third: number): void {
  list[3 * index] = first
  list[3 * index + 1] = second
  list[3 * index + 2] = third
}

/** Plain nested arrays, and the two words in which docs/derivations.md says what is in them. */

export type Nested = number | null | readonly Nested[]

/** Σ over j < n of f(j) */
export function sum(n: number, f: (j: number) => number): number {
  let total = 0
  for (let j = 0; j < n; j++) total += f(j)
  return total
}

type Cell = (...at: readonly number[]) => number

/** The nested array of f(i, j, …) for i < m, j < n, …: called as `table(m, n, f)`. */
export function table(...args: readonly [...extents: number[], cell: Cell]): Nested {
  const extents = args.slice(0, -1) as readonly number[]
  const cell = args[args.length - 1] as Cell
  const visit = (at: readonly number[]): Nested =>
    at.length === extents.length
      ? cell(...at)
      : Array.from({ length: extents[at.length] }, (_, index) => visit([...at, index]))
  return visit([])
}

/** Numbers in row-major order as nested arrays of that shape. */
export function nest(values: ArrayLike<number>, shape: readonly number[]): Nested {
  let at = 0
  return table(...shape, () => values[at++])
}

/** The numbers of nested arrays in row-major order. */
export const flatten = (nested: Nested): number[] =>
  nested === null ? [] : typeof nested === 'number' ? [nested] : nested.flatMap(flatten)

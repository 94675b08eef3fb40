/** Prints tensors for people: shape and dtype first, values aligned, long axes with their middle left out. */
import { isWhole } from '../checks/index.ts'

const EDGE = 3
const LONGEST = 8

/** Whole up to ten digits, else up to four decimals: `12`, `0.25`, `-1.5`, `1.234e-7`, `NaN`. */
const showNumber = (value: number): string => {
  const magnitude = Math.abs(value)
  if (!Number.isFinite(value) || isWhole(magnitude, 0, 1e10 - 1)) return String(value)
  return magnitude < 1e-3 || magnitude >= 1e6 ? value.toExponential(3) : String(Number(value.toFixed(4)))
}

/** The indices of an axis worth showing; −1 stands for the elided middle. */
const shown = (extent: number): readonly number[] => {
  if (extent <= LONGEST) return Array.from({ length: extent }, (_, index) => index)
  const head = Array.from({ length: EDGE }, (_, index) => index)
  return [...head, -1, ...head.map((index) => extent - EDGE + index)]
}

/**
 * Formats as `Tensor (2×3) float32` followed by the nested rows.
 * `values` is undefined where they are on a device; only the head is printed then.
 */
export function format(
  name: string,
  shape: readonly number[],
  dtype: string,
  values: ArrayLike<number> | undefined,
): string {
  const head = `${name} (${shape.join('×')}) ${dtype}`
  if (!values) return `${head} on device`
  if (shape.length === 0) return `${head} ${showNumber(values[0])}`
  if (values.length === 0) return `${head} []`

  let width = 0
  const walk = (axis: number, offset: number, visit: (index: number) => string): string => {
    if (axis === shape.length) return visit(offset)
    const stride = shape.slice(axis + 1).reduce((size, extent) => size * extent, 1)
    const parts = shown(shape[axis]).map((index) => (index < 0 ? '…' : walk(axis + 1, offset + index * stride, visit)))
    const last = axis === shape.length - 1
    return `[${parts.join(last ? '  ' : `\n${' '.repeat(axis + 1)}`)}]`
  }
  walk(0, 0, (index) => {
    width = Math.max(width, showNumber(values[index]).length)
    return ''
  })
  return `${head}\n${walk(0, 0, (index) => showNumber(values[index]).padStart(width))}`
}

/** A value as an error names it: strings quoted, big integers with their n, lists and objects by what they are. */

const LONGEST = 60
const MOST_NAMES = 8

/** `'text'`, `5`, `5n`, `null`, `a list of 3`, `a Float32Array of 3`, `a function`, `an object of a, b`, `a Date`. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value}'`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (Array.isArray(value)) return `a list of ${value.length}`
  const kind = (Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: string } } | null)
    ?.constructor?.name
  if (ArrayBuffer.isView(value) && 'length' in value) return `a ${kind} of ${String(value.length)}`
  if (kind !== undefined && kind !== '' && kind !== 'Object') return `a ${kind}`
  const names = Object.keys(value)
  const told = names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), '…'] : names
  return names.length === 0 ? 'an empty object' : `an object of ${told.join(', ')}`
}

/** Numbers over seeds: their mean, and how far they lie from it. One number lies nowhere. */
export interface Spread {
  readonly mean: number
  /** The sample standard deviation; undefined of fewer than two values. */
  readonly deviation?: number
}

export const spread = (values: readonly number[]): Spread => {
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  if (values.length < 2) return { mean }
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) }
}

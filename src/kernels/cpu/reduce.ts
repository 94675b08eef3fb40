/** Many numbers to one, over the middle axis of (o m i). An empty axis gives the reduction's neutral element. */
import type { Floats } from '../buffer.ts'

export function sum(
  x: Floats, // (o m i)
  out: Floats, // (o i)
  o: number,
  m: number,
  i: number,
): void {
  for (let outer = 0; outer < o; outer++) {
    for (let inner = 0; inner < i; inner++) {
      const start = outer * m * i + inner
      let total = 0
      for (let j = start; j < start + m * i; j += i) total += x[j]
      out[outer * i + inner] = total
    }
  }
}

/** −Infinity over an empty axis; NaN if any is */
export function max(
  x: Floats, // (o m i)
  out: Floats, // (o i)
  o: number,
  m: number,
  i: number,
): void {
  for (let outer = 0; outer < o; outer++) {
    for (let inner = 0; inner < i; inner++) {
      const start = outer * m * i + inner
      let largest = -Infinity
      for (let j = start; j < start + m * i; j += i) largest = Math.max(largest, x[j])
      out[outer * i + inner] = largest
    }
  }
}

/** Infinity over an empty axis; NaN if any is */
export function min(
  x: Floats, // (o m i)
  out: Floats, // (o i)
  o: number,
  m: number,
  i: number,
): void {
  for (let outer = 0; outer < o; outer++) {
    for (let inner = 0; inner < i; inner++) {
      const start = outer * m * i + inner
      let smallest = Infinity
      for (let j = start; j < start + m * i; j += i) smallest = Math.min(smallest, x[j])
      out[outer * i + inner] = smallest
    }
  }
}

/** log Σ exp(x) = max + log Σ exp(x − max); an infinite max is the answer itself */
export function logSumExp(
  x: Floats, // (o m i)
  out: Floats, // (o i)
  o: number,
  m: number,
  i: number,
): void {
  for (let outer = 0; outer < o; outer++) {
    for (let inner = 0; inner < i; inner++) {
      const start = outer * m * i + inner
      let largest = -Infinity
      for (let j = start; j < start + m * i; j += i) largest = Math.max(largest, x[j])
      let total = 0
      for (let j = start; j < start + m * i; j += i) total += Math.exp(x[j] - largest)
      out[outer * i + inner] = Number.isFinite(largest) ? largest + Math.log(total) : largest
    }
  }
}

/** The first index of the largest, where NaN counts as largest of all; 0 over an empty axis */
export function argmax(
  x: Floats, // (o m i)
  out: Int32Array, // (o i)
  o: number,
  m: number,
  i: number,
): void {
  for (let outer = 0; outer < o; outer++) {
    for (let inner = 0; inner < i; inner++) {
      let best = 0
      let largest = -Infinity
      for (let middle = 0; middle < m; middle++) {
        const value = x[(outer * m + middle) * i + inner]
        if (value > largest || (Number.isNaN(value) && !Number.isNaN(largest))) {
          best = middle
          largest = value
        }
      }
      out[outer * i + inner] = best
    }
  }
}

/** Two numbers in, one out. Arrays of equal length only: broadcasting is the business of the ops above. */
import type { Floats } from '../buffer.ts'

export function add(a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = a[j] + b[j]
}

export function sub(a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = a[j] - b[j]
}

export function mul(a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = a[j] * b[j]
}

export function div(a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = a[j] / b[j]
}

/** The larger; NaN if either is */
export function maximum(a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.max(a[j], b[j])
}

/** The smaller; NaN if either is */
export function minimum(a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.min(a[j], b[j])
}

/** 1 where it holds, else 0, as in all comparisons; with NaN none holds */
export function equal(a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = a[j] === b[j] ? 1 : 0
}

export function greater(a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = a[j] > b[j] ? 1 : 0
}

export function greaterEqual(a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = a[j] >= b[j] ? 1 : 0
}

export function less(a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = a[j] < b[j] ? 1 : 0
}

export function lessEqual(a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = a[j] <= b[j] ? 1 : 0
}

/** a where the condition is not 0, else b */
export function where(condition: Floats, a: Floats, b: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = condition[j] !== 0 ? a[j] : b[j]
}

/** 0 where relu cut x off, as its output y tells, else g: NaN is not cut off */
export function reluGradient(g: Floats, y: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = y[j] <= 0 ? 0 : g[j]
}

/**
 * Steps of parameters as the host calls them: fractions are noted at an address, in the order of update.ts, adam.ts and ftrl.ts,
 * because a host makes an object of every fraction that it passes to what it has not inlined.
 */
import * as moments from './adam.ts'
import * as proximal from './ftrl.ts'
import * as update from './update.ts'

/** Fraction `index` of those at an address. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function noted(numbers: usize, index: usize): f32 {
  return f32.load(numbers + (index << 2))
}

export function sgd(p: usize, g: usize, velocity: usize, rows: usize, count: i32, d: i32, numbers: usize): void {
  const nesterov = noted(numbers, 3) != 0
  update.sgd(p, g, velocity, rows, count, d, noted(numbers, 0), noted(numbers, 1), noted(numbers, 2), nesterov)
}

export function adagrad(p: usize, g: usize, sum: usize, rows: usize, count: i32, d: i32, numbers: usize): void {
  update.adagrad(p, g, sum, rows, count, d, noted(numbers, 0), noted(numbers, 1), noted(numbers, 2))
}

export function adam(
  p: usize,
  g: usize,
  mean: usize,
  variance: usize,
  rows: usize,
  count: i32,
  d: i32,
  numbers: usize,
): void {
  moments.adam(
    p,
    g,
    mean,
    variance,
    rows,
    count,
    d,
    noted(numbers, 0),
    noted(numbers, 1),
    noted(numbers, 2),
    noted(numbers, 3),
    noted(numbers, 4),
    noted(numbers, 5),
    noted(numbers, 6),
    noted(numbers, 7),
    noted(numbers, 8),
  )
}

export function ftrl(
  p: usize,
  g: usize,
  z: usize,
  squares: usize,
  rows: usize,
  count: i32,
  d: i32,
  numbers: usize,
): void {
  proximal.ftrl(
    p,
    g,
    z,
    squares,
    rows,
    count,
    d,
    noted(numbers, 0),
    noted(numbers, 1),
    noted(numbers, 2),
    noted(numbers, 3),
    noted(numbers, 4),
  )
}

/** average = (1 − momentum)·average + momentum·value */
export function movingAverage(average: usize, value: usize, n: i32, momentum: f64): void {
  update.movingAverage(average, value, n, <f32>(1 - momentum), <f32>momentum)
}

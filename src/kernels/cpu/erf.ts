/** The error function to full float64 accuracy, from its two textbook expansions. */

const TWO_OVER_ROOT_PI = Math.sqrt(4 / Math.PI)

/** erf(x) = 2/√π · ∫₀ˣ exp(−t²) dt */
export function errorFunction(x: number): number {
  const z = Math.abs(x)
  if (z > 6) return Math.sign(x)
  return z < 2 ? x * series(z) : Math.sign(x) * (1 - tail(z))
}

/** erf(x)/x = 2/√π · exp(−x²) · (1 + 2x²/3 + (2x²)²/(3·5) + …): every term positive, so nothing cancels. */
function series(x: number): number {
  const square = 2 * x * x
  let sum = 1
  let term = 1
  for (let odd = 3; term > 1e-17 * sum; odd += 2) {
    term *= square / odd
    sum += term
  }
  return TWO_OVER_ROOT_PI * Math.exp(-x * x) * sum
}

/** 1 − erf(x) = exp(−x²)/√π · 1/(x + ½/(x + 1/(x + 1½/(x + …)))), for x at least 2. */
function tail(x: number): number {
  let fraction = x
  for (let numerator = 35; numerator > 0; numerator -= 0.5) fraction = x + numerator / fraction
  return ((TWO_OVER_ROOT_PI / 2) * Math.exp(-x * x)) / fraction
}

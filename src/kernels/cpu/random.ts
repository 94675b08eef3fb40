/** Kernels that toss coins: the coins are a function of key and counter, so the backward pass tosses the same ones. */
import type { Floats } from '../buffer.ts'
import { now } from '../numberOrGetter.ts'
import type { NumberOrGetter } from '../numberOrGetter.ts'
import { randomUniform } from '../random.ts'

/** out[j] = x[j] / (1 − rate) where coin (key, counter + j) is at least `rate`, else 0 */
export function dropout(
  x: Floats, // (n)
  out: Floats, // (n)
  n: number,
  rate: number,
  key: NumberOrGetter,
  counter: number,
): void {
  const scale = 1 / (1 - rate)
  const stream = now(key)
  for (let j = 0; j < n; j++) out[j] = randomUniform(stream, counter + j) >= rate ? x[j] * scale : 0
}

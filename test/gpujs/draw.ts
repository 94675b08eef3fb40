/** Numbers for kernels: as many as asked for, between −1 and 1, the same ones for a seed. */
import { stream } from '../../src/tensor/index.ts'

export const draw = (length: number, seed: number): Float32Array => {
  const random = stream(seed)
  return Float32Array.from({ length }, (_, at) => 2 * random.uniform(at) - 1)
}

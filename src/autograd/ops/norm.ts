/** The Euclidean norm, at any scale, and with a gradient where it is 0. */
import { TENSOR, composite } from '../composite.ts'
import { detach } from '../../tensor/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { div, equal, greater, less, maximum, mul, where } from './binary.ts'
import { REDUCE, max, sum } from './reduce.ts'
import type { ReduceOptions } from './reduce.ts'
import { reshape } from './shape.ts'
import { abs, sqrt, square } from './unary.ts'

/**
 * √Σx² over the axes; 0 over an empty one. The gradient is x/√Σx², and 0 where all are 0. Squares are taken of x over its
 * largest magnitude s, of which √Σ(x/s)²·s is the same function: none overflows, and none is lost.
 */
export const norm = composite(
  'norm',
  { x: TENSOR },
  (x: Tensor, options: ReduceOptions = {}): Tensor => {
    const largest = maximum(max(abs(detach(x)), { ...options, keepDims: true }), 0)
    const scale = where(mul(greater(largest, 0), less(largest, Infinity)), largest, 1)
    const total = sum(square(div(x, scale)), options)
    // The slope of √ at 0 is infinite, so that 1 stands there, times a largest magnitude of 0.
    return mul(sqrt(where(equal(total, 0), 1, total)), reshape(largest, total.shape))
  },
  REDUCE,
)

/** A layer: a thread for each unit of each row, which adds up its product, its bias and, for relu, cuts below 0. */
import type * as cpu from '../cpu/dense.ts'
import type { KernelsOf } from './buffer.ts'
import type { Launcher } from './launch.ts'

/** out[row, unit] = Σₗ x[row, l]·w[l, unit] + c[unit] */
const DENSE = `function (x, w, c) {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.o);
  const unit = this.thread.x - row * this.constants.o;
  let sum = 0;
  for (let l = 0; l < this.constants.i; l++) {
    sum += x[row * this.constants.i + l] * w[l * this.constants.o + unit];
  }
  return sum + c[unit];
}`

const DENSE_RELU = DENSE.replace('return sum + c[unit]', 'return larger(sum + c[unit], 0)')

export const dense = ({ launch }: Launcher): KernelsOf<typeof cpu> => ({
  dense: (x, w, c, out, _b, i, o) => {
    launch(DENSE, out, [x, w, c], { i, o })
  },
  denseRelu: (x, w, c, out, _b, i, o) => {
    launch(DENSE_RELU, out, [x, w, c], { i, o })
  },
})

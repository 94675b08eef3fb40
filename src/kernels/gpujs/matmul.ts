/**
 * Products of matrices: a thread for each element of the output, which walks a row of one matrix and a column of the
 * other. No tiles and no shared memory: GPU.js has neither.
 */
import type * as cpu from '../cpu/matmul.ts'
import type { KernelsOf } from './buffer.ts'
import type { Launcher } from './launch.ts'

// Half an element before the division: a shader's may be off by a rounding, and its floor then by one.

/** out[row, column] = Σₗ a[row, l]·b[l, column] */
const MATMUL = `function (a, b) {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.n);
  const column = this.thread.x - row * this.constants.n;
  let sum = 0;
  for (let l = 0; l < this.constants.k; l++) {
    sum += a[row * this.constants.k + l] * b[l * this.constants.n + column];
  }
  return sum;
}`

/** out[row, column] = Σₗ a[row, l]·b[column, l] */
const MATMUL_NT = `function (a, b) {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.n);
  const column = this.thread.x - row * this.constants.n;
  let sum = 0;
  for (let l = 0; l < this.constants.k; l++) {
    sum += a[row * this.constants.k + l] * b[column * this.constants.k + l];
  }
  return sum;
}`

/** out[row, column] = Σₗ a[l, row]·b[l, column] */
const MATMUL_TN = `function (a, b) {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.n);
  const column = this.thread.x - row * this.constants.n;
  let sum = 0;
  for (let l = 0; l < this.constants.k; l++) {
    sum += a[l * this.constants.m + row] * b[l * this.constants.n + column];
  }
  return sum;
}`

// The batched forms do the same within block `batch` of either input.

const BATCH_MATMUL = `function (a, b) {
  const line = Math.floor((this.thread.x + 0.5) / this.constants.n);
  const column = this.thread.x - line * this.constants.n;
  const block = Math.floor((line + 0.5) / this.constants.m);
  let sum = 0;
  for (let l = 0; l < this.constants.k; l++) {
    sum += a[line * this.constants.k + l] * b[(block * this.constants.k + l) * this.constants.n + column];
  }
  return sum;
}`

const BATCH_MATMUL_NT = `function (a, b) {
  const line = Math.floor((this.thread.x + 0.5) / this.constants.n);
  const column = this.thread.x - line * this.constants.n;
  const block = Math.floor((line + 0.5) / this.constants.m);
  let sum = 0;
  for (let l = 0; l < this.constants.k; l++) {
    sum += a[line * this.constants.k + l] * b[(block * this.constants.n + column) * this.constants.k + l];
  }
  return sum;
}`

const BATCH_MATMUL_TN = `function (a, b) {
  const line = Math.floor((this.thread.x + 0.5) / this.constants.n);
  const column = this.thread.x - line * this.constants.n;
  const block = Math.floor((line + 0.5) / this.constants.m);
  const row = line - block * this.constants.m;
  let sum = 0;
  for (let l = 0; l < this.constants.k; l++) {
    sum += a[(block * this.constants.k + l) * this.constants.m + row]
      * b[(block * this.constants.k + l) * this.constants.n + column];
  }
  return sum;
}`

export const matmul = ({ launch }: Launcher): KernelsOf<typeof cpu> => ({
  matmul: (a, b, out, _m, k, n) => {
    launch(MATMUL, out, [a, b], { k, n })
  },
  matmulNT: (a, b, out, _m, k, n) => {
    launch(MATMUL_NT, out, [a, b], { k, n })
  },
  matmulTN: (a, b, out, m, k, n) => {
    launch(MATMUL_TN, out, [a, b], { m, k, n })
  },
  batchMatmul: (a, b, out, _batch, m, k, n) => {
    launch(BATCH_MATMUL, out, [a, b], { m, k, n })
  },
  batchMatmulNT: (a, b, out, _batch, m, k, n) => {
    launch(BATCH_MATMUL_NT, out, [a, b], { m, k, n })
  },
  batchMatmulTN: (a, b, out, _batch, m, k, n) => {
    launch(BATCH_MATMUL_TN, out, [a, b], { m, k, n })
  },
})

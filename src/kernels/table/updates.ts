/** Kernels that take a step of what lasts: the only ones that write to their inputs. They refuse to know which step it is. */
import * as updates from '../cpu/update.ts'
import { kernel } from '../kernel.ts'

// Gradients come as `count` rows of d; row r belongs to row rows[r] of the parameter, to none if that is below 0, or to
// row r when `rows` is null. `l2` adds 2·l2·parameter to it. The numbers in braces are read anew at every call.

export const sgd = kernel(
  'sgd',
  '!parameter:v d, gradient:count d, !velocity:v d, rows?<v:count | count d l2 {sgd}',
  updates.sgd,
  { flops: '4 count d' },
)
export const adagrad = kernel(
  'adagrad',
  '!parameter:v d, gradient:count d, !sum:v d, rows?<v:count | count d l2 {adagrad}',
  updates.adagrad,
  { costly: true, flops: '9 count d' },
)
export const adam = kernel(
  'adam',
  '!parameter:v d, gradient:count d, !m:v d, !v:v d, rows?<v:count | count d l2 {adam}',
  updates.adam,
  { costly: true, flops: '18 count d' },
)
export const ftrl = kernel(
  'ftrl',
  '!parameter:v d, gradient:count d, !z:v d, !n:v d, rows?<v:count | count d l2 {ftrl}',
  updates.ftrl,
  { costly: true, flops: '20 count d' },
)
/** average += momentum·(value − average), as (1 − momentum)·average + momentum·value */
export const movingAverage = kernel('movingAverage', '!average:n, value:n | n momentum', updates.movingAverage, {
  flops: '3 n',
  draw: ({ real }) => ({ momentum: real(0, 1) }),
})

/** Joins a product, its bias and its relu to one call of a layer; it leaves a result that others read where it is. */
import * as kernels from '../../kernels/table/index.ts'
import { as, callOf } from '../slot.ts'
import type { Call, Pass } from '../slot.ts'
import { joining } from './pattern.ts'
import type { Joined, OnlyMaker } from './pattern.ts'

/** add(matmul(x, w), repeat(c)) as dense(x, w, c) */
function biased(call: Call, only: OnlyMaker): Joined | undefined {
  const add = as(call, kernels.add)
  if (!add) return undefined
  for (const [product, bias] of [
    [add.a, add.b],
    [add.b, add.a],
  ]) {
    const matmul = only(product, kernels.matmul)
    const repeat = only(bias, kernels.repeat)
    if (!matmul || !repeat) continue
    const { a: x, b: w, m: b, k: i, n: o } = matmul
    if (repeat.o !== 1 || repeat.m !== b || repeat.i !== o) continue
    const dense = callOf(kernels.dense, { x, w, c: repeat.x, out: add.out, b, i, o }, call.op)
    return { calls: [dense], taken: [matmul.call, repeat.call] }
  }
  return undefined
}

/** relu(dense(x, w, c)) as denseRelu(x, w, c) */
function activated(call: Call, only: OnlyMaker): Joined | undefined {
  const relu = as(call, kernels.relu)
  const dense = relu && only(relu.x, kernels.dense)
  if (!dense) return undefined
  return { calls: [callOf(kernels.denseRelu, { ...dense, out: relu.out }, call.op)], taken: [dense.call] }
}

export const fuseLayers: Pass = {
  name: 'fuse layers',
  does: 'joins a product, its bias and its relu to one call',
  run: (listing) => joining(joining(listing, biased), activated),
}

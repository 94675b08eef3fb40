/** Joins a product, its bias and its relu to one call of a layer; it leaves a result that others read where it is. */
import type { Call, Pass } from '../slot.ts'
import { joining } from './pattern.ts'
import type { Joined, OnlyMaker } from './pattern.ts'

/** add(matmul(x, w), repeat(c)) as dense(x, w, c) */
function biased(call: Call, only: OnlyMaker): Joined | undefined {
  const [left, right, out] = call.args
  for (const [product, bias] of [
    [left, right],
    [right, left],
  ]) {
    const matmul = only(product, 'matmul')
    const repeat = only(bias, 'repeat')
    if (!matmul || !repeat) continue
    const [x, w, , b, i, o] = matmul.args
    const [c, , outer, rows, inner] = repeat.args
    if (outer === 1 && rows === b && inner === o)
      return { calls: [{ verb: 'dense', args: [x, w, c, out, b, i, o], op: call.op }], taken: [matmul, repeat] }
  }
  return undefined
}

/** relu(dense(x, w, c)) as denseRelu(x, w, c) */
function activated(call: Call, only: OnlyMaker): Joined | undefined {
  const [input, out] = call.args
  const dense = only(input, 'dense')
  if (!dense) return undefined
  const args = dense.args.map((argument, index) => (index === 3 ? out : argument))
  return { calls: [{ verb: 'denseRelu', args, op: call.op }], taken: [dense] }
}

export const fuseLayers: Pass = {
  name: 'fuse layers',
  does: 'joins a product, its bias and its relu to one call',
  run: (listing) =>
    joining(
      joining(listing, (call, only) => (call.verb === 'add' ? biased(call, only) : undefined)),
      (call, only) => (call.verb === 'relu' ? activated(call, only) : undefined),
    ),
}

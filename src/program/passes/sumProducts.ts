/**
 * Joins products that are only added up to one call that adds them where they are made: the gradient of a signal that
 * several experts and gates read. Whatever else is added stays an addition.
 */
import * as kernels from '../../kernels/table/index.ts'
import { Slot, as, callOf } from '../slot.ts'
import type { Call, Named, Pass } from '../slot.ts'
import { joining } from './pattern.ts'
import type { Made, OnlyMaker } from './pattern.ts'

interface Leaves {
  readonly products: readonly Made<typeof kernels.matmulNT>[]
  readonly others: readonly Slot[]
  readonly adds: readonly Call[]
}

/** What a tree of additions adds up, left to right. */
function leaves(slot: Slot, only: OnlyMaker): Leaves {
  const product = only(slot, kernels.matmulNT)
  if (product) return { products: [product], others: [], adds: [] }
  const add = only(slot, kernels.add)
  if (!add) return { products: [], others: [slot], adds: [] }
  const { products, others, adds } = joined(add, only)
  return { products, others, adds: [add.call, ...adds] }
}

function joined({ a, b }: Named<typeof kernels.add>, only: OnlyMaker): Leaves {
  const [left, right] = [leaves(a, only), leaves(b, only)]
  return {
    products: [...left.products, ...right.products],
    others: [...left.others, ...right.others],
    adds: [...left.adds, ...right.adds],
  }
}

export const sumProducts: Pass = {
  name: 'sum products',
  does: 'joins products that are added up to one call',
  run: (listing, offered) => {
    if (!offered(kernels.matmulNTSum)) return listing
    return joining(listing, (call, only) => {
      const add = as(call, kernels.add)
      if (!add) return undefined
      const { products, others, adds } = joined(add, only)
      if (products.length < 2) return undefined
      const [{ m, n }] = products
      // The same memory may be looked at as (m n) and as another (m n).
      if (products.some((product) => product.m !== m || product.n !== n)) return undefined
      const { op } = call
      const { out, n: length } = add
      // What else is added comes after, each addition into a slot of its own but for the last, which has the total.
      const totals = [...others.map(() => new Slot('floats', out.shape, length)), out]
      const parts = { as: products.map(({ a }) => a), bs: products.map(({ b }) => b), k: products.map(({ k }) => k) }
      const sum = callOf(kernels.matmulNTSum, { ...parts, out: totals[0], m, n }, op)
      const additions = others.map((b, index) =>
        callOf(kernels.add, { a: totals[index], b, out: totals[index + 1], n: length }, op),
      )
      return { calls: [sum, ...additions], taken: [...products.map((product) => product.call), ...adds] }
    })
  },
}

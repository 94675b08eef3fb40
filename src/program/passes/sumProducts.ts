/**
 * Joins products that are only added up to one call that adds them where they are made: the gradient of a signal that
 * several experts and gates read. Whatever else is added stays an addition.
 */
import { Slot } from '../slot.ts'
import type { Call, Pass } from '../slot.ts'
import { joining } from './pattern.ts'
import type { OnlyMaker } from './pattern.ts'

interface Leaves {
  readonly products: readonly Call[]
  readonly others: readonly unknown[]
  readonly adds: readonly Call[]
}

/** What a tree of additions adds up, left to right. */
function leaves(slot: unknown, only: OnlyMaker): Leaves {
  const product = only(slot, 'matmulNT')
  if (product) return { products: [product], others: [], adds: [] }
  const add = only(slot, 'add')
  if (!add) return { products: [], others: [slot], adds: [] }
  return joined(add, only)
}

function joined(add: Call, only: OnlyMaker): Leaves {
  const [left, right] = [leaves(add.args[0], only), leaves(add.args[1], only)]
  return {
    products: [...left.products, ...right.products],
    others: [...left.others, ...right.others],
    adds: [add, ...left.adds, ...right.adds],
  }
}

export const sumProducts: Pass = {
  name: 'sum products',
  does: 'joins products that are added up to one call',
  run: (listing, offered) => {
    if (!offered('matmulNTSum')) return listing
    return joining(listing, (call, only) => {
      if (call.verb !== 'add') return undefined
      const { products, others, adds } = joined(call, only)
      const [, , , m, , n] = products[0]?.args ?? []
      // The same memory may be looked at as (m n) and as another (m n).
      if (products.length < 2 || products.some(({ args }) => args[3] !== m || args[5] !== n)) return undefined
      const { op } = call
      const [, , out, length] = call.args as readonly [Slot, Slot, Slot, number]
      const column = (index: number): readonly unknown[] => products.map(({ args }) => args[index])
      // What else is added comes after, each addition into a slot of its own but for the last, which has the total.
      const totals = [...others.map(() => new Slot('floats', out.shape, length)), out]
      const sum: Call = { verb: 'matmulNTSum', args: [column(0), column(1), totals[0], m, column(4), n], op }
      const additions = others.map((other, index): Call => ({
        verb: 'add',
        args: [totals[index], other, totals[index + 1], length],
        op,
      }))
      return { calls: [sum, ...additions], taken: [...products, ...adds.slice(1)] }
    })
  },
}

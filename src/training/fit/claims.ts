/** Who is being trained. It refuses a second training of what one has in hand: the steps of two would fall between each other. */
import { parameters } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'

const taken = new WeakMap<object, string>()

/**
 * Takes a model, by its parameters, and what keeps state of its training, by names for errors; what it returns gives them back.
 * @throws Error where a training that has not ended has one of them.
 */
export function claim(who: string, model: Model, kept: readonly (readonly [string, object])[]): () => void {
  const all = [...Object.entries(parameters(model)), ...kept]
  const held = all.find(([, each]) => taken.has(each))
  if (held)
    throw new Error(
      `${who}: expected what nobody else trains but got ${held[0]}, which ${taken.get(held[1])} has: because steps of the ` +
        'two would fall between each other; await the first',
    )
  for (const [, each] of all) taken.set(each, who)
  return () => {
    for (const [, each] of all) taken.delete(each)
  }
}

/** Merges layers that read the same input, all experts of a level and all gates, to one call where the first one was. */
import * as kernels from '../../kernels/table/index.ts'
import { as, callOf, updates, writes } from '../slot.ts'
import type { Call, Pass, Slot } from '../slot.ts'

export interface Layer {
  readonly call: Call
  readonly x: Slot
  readonly w: Slot
  readonly c: Slot | null
  readonly out: Slot
  readonly b: number
  readonly i: number
  readonly o: number
}

/** The parts of a layer; nothing if the call is none. */
function layerOf(call: Call): Layer | undefined {
  const product = as(call, kernels.matmul)
  if (product) {
    const { a: x, b: w, out, m: b, k: i, n: o } = product
    return { call, x, w, c: null, out, b, i, o }
  }
  const layer = as(call, kernels.dense) ?? as(call, kernels.denseRelu)
  return layer && { ...layer, call }
}

/** Layers that may be one call, and where the first of them is. */
export interface Group {
  readonly place: number
  readonly layers: Layer[]
}

/** Layers by input and its shape; each is ready, with the numbers that it has in its own place, where its group begins. */
export function groupsOf(calls: readonly Call[]): Group[] {
  const groups: Group[] = []
  const changed = new Map<Slot, number>()
  calls.forEach((call, place) => {
    const layer = layerOf(call)
    if (layer) {
      const { x, w, c, b, i } = layer
      const ready = Math.max(...[x, w, c].map((slot) => (slot && changed.get(slot)) ?? -1))
      const group = groups.find(
        ({ place: start, layers: [first] }) => ready < start && first.x === x && first.b === b && first.i === i,
      )
      if (group) group.layers.push(layer)
      else groups.push({ place, layers: [layer] })
    }
    for (const slot of [...writes(call), ...updates(call)]) changed.set(slot, place)
  })
  return groups
}

/** The ops that layers came from. */
export const opsOf = (layers: readonly Layer[]): string => [...new Set(layers.map(({ call }) => call.op))].join(', ')

function merged({ layers }: Group): Call {
  const [{ x, b, i }] = layers
  const args = {
    x,
    ws: layers.map(({ w }) => w),
    cs: layers.map(({ c }) => c),
    outs: layers.map(({ out }) => out),
    b,
    i,
    o: layers.map(({ o }) => o),
    relu: layers.map(({ call }) => call.kernel === kernels.denseRelu),
  }
  return callOf(kernels.denseEach, args, opsOf(layers))
}

export const mergeLayers: Pass = {
  name: 'merge layers',
  does: 'merges layers that read the same input to one call',
  run: ({ calls, outputs }, offered) => {
    if (!offered(kernels.denseEach)) return { calls, outputs }
    const groups = groupsOf(calls).filter(({ layers }) => layers.length > 1)
    const leads = new Map(groups.map((group) => [group.layers[0].call, group]))
    const gone = new Set(groups.flatMap(({ layers }) => layers.map(({ call }) => call)))
    return {
      outputs,
      calls: calls.flatMap((call) => {
        const group = leads.get(call)
        return group ? [merged(group)] : gone.has(call) ? [] : [call]
      }),
    }
  },
}

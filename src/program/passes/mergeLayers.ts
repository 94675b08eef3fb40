/** Merges layers that read the same input, all experts of a level and all gates, to one call where the first one was. */
import { writes } from '../slot.ts'
import type { Call, Pass, Slot } from '../slot.ts'

interface Layer {
  readonly call: Call
  readonly w: Slot
  readonly c: Slot | null
  readonly out: Slot
  readonly o: number
}

/** x, b and i of a layer, and its own part; nothing if the call is none. */
function layerOf(call: Call): { readonly key: readonly unknown[]; readonly layer: Layer } | undefined {
  if (call.verb === 'matmul') {
    const [x, w, out, b, i, o] = call.args as readonly [Slot, Slot, Slot, number, number, number]
    return { key: [x, b, i], layer: { call, w, c: null, out, o } }
  }
  if (call.verb !== 'dense' && call.verb !== 'denseRelu') return undefined
  const [x, w, c, out, b, i, o] = call.args as readonly [Slot, Slot, Slot, Slot, number, number, number]
  return { key: [x, b, i], layer: { call, w, c, out, o } }
}

export const mergeLayers: Pass = {
  name: 'merge layers',
  does: 'merges layers that read the same input to one call',
  run: ({ calls, outputs }, offered) => {
    if (!offered('denseEach')) return { calls, outputs }
    const groups = new Map<unknown, Layer[]>()
    const leads = new Map<Call, { readonly key: readonly unknown[]; readonly layers: Layer[] }>()
    const made = new Map<Slot, number>()
    calls.forEach((call, index) => {
      for (const slot of writes(call)) made.set(slot, index)
      const found = layerOf(call)
      if (!found) return
      const { key, layer } = found
      const layers = groups.get(key[0]) ?? []
      // Weights that are computed must be there when the first layer is; most are parameters, which always are.
      const start = layers.length > 0 ? calls.indexOf(layers[0].call) : index
      if ([layer.w, layer.c].some((slot) => slot && (made.get(slot) ?? -1) >= start)) return
      if (layers.length === 0) leads.set(call, { key, layers })
      layers.push(layer)
      groups.set(key[0], layers)
    })
    const merged = new Set(
      [...leads.values()].filter(({ layers }) => layers.length > 1).flatMap(({ layers }) => layers),
    )
    const gone = new Set([...merged].map(({ call }) => call))
    return {
      outputs,
      calls: calls.flatMap((call): Call[] => {
        const lead = leads.get(call)
        if (!lead || lead.layers.length === 1) return gone.has(call) ? [] : [call]
        const [x, b, i] = lead.key
        const { layers } = lead
        const args = [
          x,
          layers.map(({ w }) => w),
          layers.map(({ c }) => c),
          layers.map(({ out }) => out),
          b,
          i,
          layers.map(({ o }) => o),
          layers.map((layer) => layer.call.verb === 'denseRelu'),
        ]
        return [{ verb: 'denseEach', args, op: [...new Set(layers.map((layer) => layer.call.op))].join(', ') }]
      }),
    }
  },
}

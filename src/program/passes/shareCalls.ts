/** Makes equal calls once: the same kernel on the same numbers. Calls that change what lasts, or call the host, stay. */
import { Slot, isHost, replacing, updates, writes } from '../slot.ts'
import type { Argument, Call, Pass } from '../slot.ts'

/** Gives every object a number of its own, and equal numbers and constants the same. */
function naming(): (argument: Argument) => string {
  const numbers = new Map<unknown, number>()
  const name = (argument: Argument): string => {
    if (Array.isArray(argument)) return `[${argument.map(name).join(' ')}]`
    if (argument instanceof Slot && argument.place.at === 'constant' && argument.length === 1)
      return `constant ${argument.place.values[0]}`
    if (typeof argument === 'number' || typeof argument === 'boolean' || argument === null) return `${argument}`
    const found = numbers.get(argument) ?? numbers.size
    numbers.set(argument, found)
    return `#${found}`
  }
  return name
}

export const shareCalls: Pass = {
  name: 'share calls',
  does: 'makes calls of the same kernel on the same numbers once',
  run: ({ calls, outputs }) => {
    const name = naming()
    const first = new Map<string, Call>()
    const same = new Map<Slot, Slot>()
    const now = (slot: Slot): Slot => same.get(slot) ?? slot
    const kept: Call[] = []
    // What lasts has other numbers once it was changed: what was computed from it before is not what would be after.
    // The same holds for functions that options are read from, once the host was called.
    const changed = new Map<unknown, number>()
    let hostCalls = 0
    const versionOf = (input: unknown): number => (typeof input === 'function' ? hostCalls : (changed.get(input) ?? 0))
    for (const original of calls) {
      const call = replacing(original, now)
      const outs = writes(call)
      for (const slot of updates(call)) changed.set(slot, (changed.get(slot) ?? 0) + 1)
      if (isHost(call)) hostCalls++
      if (isHost(call) || outs.length === 0) {
        kept.push(call)
        continue
      }
      const inputs = call.args.filter((argument) => !outs.includes(argument as Slot))
      const versions = inputs.flat().map(versionOf)
      const key = `${call.kernel.verb} ${inputs.map(name).join(', ')} after ${versions.join(' ')}`
      const before = first.get(key)
      if (before) writes(before).forEach((slot, index) => same.set(outs[index], slot))
      else {
        first.set(key, call)
        kept.push(call)
      }
    }
    return { calls: kept, outputs: outputs.map(now) }
  },
}

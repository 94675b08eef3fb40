/** Climbs the ladder in the place where it runs, a process or a page, and tells of each step as it is done. */
import { gpujs } from '../../src/gpujs.ts'
import type { GpujsBackend, Mode } from '../../src/gpujs.ts'
import { cpu, wasm } from '../../src/index.ts'
import type { Backend } from '../../src/index.ts'
import { enableVectors } from '../../src/vectors.ts'
import { driverOf } from './drivers.ts'
import { isTimed } from './rung.ts'
import type { Entry, Rung } from './rung.ts'
import { GROUPS } from './rungs.ts'
import { trial } from './trial.ts'

export interface Asked {
  readonly modes: readonly Mode[]
  /** Names of groups. */
  readonly groups: readonly string[]
}

/** What a place tells whoever asked it to climb. */
export type Told =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'skipped'; readonly entry: Entry }
  | { readonly kind: 'rung'; readonly rung: Rung }

/** What an error says after its because. */
const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  return message.split(': because ').at(-1) ?? message
}

interface Opened {
  readonly name: string
  readonly backend: Backend
}

export async function climb({ modes, groups }: Asked, tell: (told: Told) => void): Promise<void> {
  enableVectors()
  const fast = wasm({ bytes: 2 ** 28 })
  const entrants: Opened[] = [
    { name: 'cpu', backend: cpu },
    { name: 'wasm', backend: fast },
  ]
  tell({ kind: 'entry', entry: { name: 'cpu', driver: 'plain TypeScript' } })
  tell({
    kind: 'entry',
    entry: { name: 'wasm', driver: `WebAssembly, ${fast.variant} SIMD${fast.wide ? ', wide' : ''}, one thread` },
  })
  const devices: GpujsBackend[] = []
  for (const mode of modes) {
    const name = `gpujs ${mode}`
    try {
      const backend = await gpujs({ mode })
      devices.push(backend)
      const driver = await driverOf(mode)
      entrants.push({ name, backend })
      tell({ kind: 'entry', entry: { name, driver } })
    } catch (error) {
      tell({ kind: 'skipped', entry: { name, driver: reasonOf(error) } })
    }
  }
  for (const { name: group, verbs, workOf } of GROUPS.filter(({ name }) => groups.includes(name))) {
    /** Milliseconds of a unit of work, by the size before. */
    const rates = new Map<string, number>()
    for (const make of verbs) {
      const verb = make()
      const work = workOf(verb)
      const results = await trial(
        verb,
        entrants.map((entrant) => ({ ...entrant, expected: (rates.get(entrant.name) ?? 0) * work })),
      )
      for (const result of results.filter(isTimed)) rates.set(result.name, result.resident.median / work)
      tell({ kind: 'rung', rung: { group, size: verb.size, work, results } })
    }
  }
  for (const device of devices) await device.release()
}

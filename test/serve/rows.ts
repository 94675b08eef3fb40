/** Rows of the features of programs.ts, and whether a served program scores them as its model did, wherever it runs. */
import { loadProgram, servingCpu, servingWasm } from '../../src/serve.ts'
import type { Row } from '../../src/serve.ts'

export const TRANSFORMS = { minutes: Math.log1p }

export const ROWS: readonly Row[] = [
  {
    user: 'ann',
    city: 'Bonn',
    hour: 7,
    device: 'tv',
    friends: ['bob'],
    tags: ['cats'],
    heat: [0.5],
    seen: [1, 6, 3],
    seconds: [1, -2, 3],
    minutes: 3,
    place: [1, 2],
    size: [7, null],
    price: 9.99,
  },
  {
    user: 'dan',
    city: 'Ulm',
    hour: 0,
    device: null,
    friends: [],
    tags: ['a', 'b', 'c', 'd'],
    heat: [1, 2, 3, 4],
    seen: [],
    seconds: [],
    minutes: 0,
    place: [0, -1],
    size: null,
    price: null,
  },
  {
    user: null,
    city: undefined,
    hour: 23,
    device: 'x',
    friends: ['ann', 'eve'],
    tags: [],
    heat: [],
    seen: [5],
    seconds: [0.1],
    minutes: 100,
    place: [4, 4],
    size: [-1, 99],
    price: 1e9,
  },
]

/** A saved program as text, and the bits of what its model scores on each backend. */
export interface Travelling {
  readonly name: string
  readonly file: string
  readonly bits: Readonly<Record<string, string>>
}

/** The backends that score the same bits on every machine: relaxed SIMD rounds as the machine does. */
export const BACKENDS = [servingCpu, servingWasm({ bytes: 2 ** 24, variant: 'simd' })] as const

/** The bits of all rows' scores. */
export const bitsOf = (score: (row: Row) => Readonly<Record<string, number>>): string =>
  ROWS.map((row) => new Uint32Array(Float32Array.from(Object.values(score(row))).buffer).join()).join(' ')

/** Throws unless each gives the bits of its model, on each backend; says how many did. */
export function checkArrived(programs: readonly Travelling[]): string {
  for (const { name, file, bits } of programs)
    for (const backend of BACKENDS) {
      const bytes = Uint8Array.from(atob(file), (character) => character.charCodeAt(0))
      const served = loadProgram(bytes, { backend, transforms: TRANSFORMS })
      const got = bitsOf((row) => served.score(row))
      served.release()
      if (got !== bits[backend.name])
        throw new Error(`${name} on ${backend.name}: expected ${bits[backend.name]} but got ${got}`)
    }
  return `${programs.length} programs on ${BACKENDS.map(({ name }) => name).join(' and ')}`
}

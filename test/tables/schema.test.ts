/** Features and splits as JSON are what their schemas say, by another validator too, and each refusal names its path. */
import Ajv from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FEATURES_SCHEMA, SPLIT_SCHEMA, checkJSON, checkSpecs } from '../../src/tables.ts'
import type { Schema } from '../../src/tables.ts'

const REFUSED: readonly (readonly [value: unknown, message: string])[] = [
  [7, 'features to be a list of at least 1 but got 7'],
  [[], 'features to be a list of at least 1 but got'],
  [['user'], "features[0] to be an object but got 'user'"],
  [[{ name: 'a' }], "features[0].kind to be 'sparse' or 'varLen' or 'dense' or 'crossed' but got undefined"],
  [
    [{ kind: 'spares', name: 'a' }],
    "features[0].kind to be 'sparse' or 'varLen' or 'dense' or 'crossed' but got 'spares'",
  ],
  [[{ kind: 'sparse' }], 'features[0].name to be a string that is not empty but got none'],
  [[{ kind: 'sparse', name: '' }], "features[0].name to be a string that is not empty but got ''"],
  [[{ kind: 'sparse', name: 'a', binz: 3 }], "'binz', did you mean 'bins'?"],
  [
    [
      { kind: 'sparse', name: 'a' },
      { kind: 'sparse', name: 'b', vocabulary: { minCount: 0 } },
    ],
    'features[1].vocabulary.minCount to be an integer of at least 1 but got 0',
  ],
  [
    [{ kind: 'sparse', name: 'a', vocabulary: { maxSize: 1 } }],
    'features[0].vocabulary.maxSize to be an integer of at least 2 but got 1',
  ],
  [[{ kind: 'sparse', name: 'a', vocabulary: 5 }], 'features[0].vocabulary to be an object but got 5'],
  [[{ kind: 'sparse', name: 'a', edges: [1, '2'] }], "features[0].edges[1] to be a number but got '2'"],
  [
    [{ kind: 'sparse', name: 'a', dimension: 'wide' }],
    "features[0].dimension to be an integer of at least 1 or 'auto' but got 'wide'",
  ],
  [[{ kind: 'sparse', name: 'a', trainable: 1 }], 'features[0].trainable to be true or false but got 1'],
  [[{ kind: 'sparse', name: 'a', initStd: -1 }], 'features[0].initStd to be a number of at least 0 but got -1'],
  [[{ kind: 'sparse', name: 'a', time: 'week' }], "features[0].time to be 'hour' or 'weekday'"],
  [[{ kind: 'varLen', name: 'a' }], 'features[0].maxLength to be an integer of at least 1 but got none'],
  [[{ kind: 'dense', name: 'a', clip: [1] }], 'features[0].clip to be a list of 2 but got'],
  [
    [{ kind: 'dense', name: 'a', clipQuantiles: [0, 2] }],
    'features[0].clipQuantiles[1] to be a number of at least 0 and of at most 1 but got 2',
  ],
  [
    [{ kind: 'dense', name: 'a', missing: 'mode' }],
    "features[0].missing to be 'mean' or 'median' or a number but got 'mode'",
  ],
  [[{ kind: 'crossed', columns: ['a'], hashBuckets: 9 }], 'features[0].columns to be a list of at least 2 but got'],
  [[{ kind: 'crossed', columns: ['a', 'b'] }], 'features[0].hashBuckets to be an integer of at least 1 but got none'],
  [
    [
      { kind: 'dense', name: 'a' },
      { kind: 'sparse', name: 'a' },
    ],
    "features[1] to have a name of its own but got 'a': because features[0] has it",
  ],
  [[{ kind: 'dense', name: 'a', time: 'age' }], 'features[0] to have until beside the time age but got none'],
  [
    [{ kind: 'dense', name: 'a', until: '2024-01-01' }],
    'features[0] to have until beside the time age but got one beside no time',
  ],
  [
    [{ kind: 'sparse', name: 'a', bins: 3, hashBuckets: 4 }],
    'features[0] to have one of vocabulary, hashBuckets, bins, edges, vocabularySize but got hashBuckets and bins',
  ],
]

it.each(REFUSED)('%j', (value, message) => {
  expect(() => checkSpecs('tableDataset', 'features', value)).toThrow(RangeError)
  expect(() => checkSpecs('tableDataset', 'features', value)).toThrow(message)
})

const word = fc.constantFrom('a', 'b', 'user')
const count = fc.integer({ min: 1, max: 9 })
const optional = <T>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }, ...requiredKeys: (keyof T)[]) =>
  fc.record(record, { requiredKeys })
const embedding = {
  dimension: fc.oneof(count, fc.constant('auto')),
  table: word,
  initStd: fc.nat(3),
  trainable: fc.boolean(),
}
const ways = {
  vocabulary: optional({ minCount: count, maxSize: fc.integer({ min: 2, max: 9 }) }),
  hashBuckets: count,
  bins: count,
  edges: fc.array(fc.nat(9), { maxLength: 3 }),
  vocabularySize: count,
}
const as = fc.constantFrom('text', 'number')
const time = fc.constantFrom('hour', 'weekday', 'day', 'month', 'year', 'age')
const spec = fc.oneof(
  optional(
    { kind: fc.constant('sparse'), name: word, column: word, as, time, until: word, why: word, ...ways, ...embedding },
    'kind',
    'name',
  ),
  optional(
    {
      kind: fc.constant('varLen'),
      name: word,
      maxLength: count,
      separator: word,
      pooling: fc.constantFrom('mean', 'attention'),
      attentionHiddenUnits: fc.array(count),
      ...ways,
      ...embedding,
    },
    ...(['kind', 'name', 'maxLength'] as const),
  ),
  optional(
    {
      kind: fc.constant('dense'),
      name: word,
      missing: fc.oneof(fc.constantFrom('mean', 'median'), fc.nat(3)),
      clip: fc.tuple(fc.nat(3), fc.nat(3)),
      clipQuantiles: fc.constant([0.1, 0.9]),
      log: fc.boolean(),
      time,
    },
    ...(['kind', 'name'] as const),
  ),
  optional(
    {
      kind: fc.constant('crossed'),
      columns: fc.array(word, { minLength: 2, maxLength: 3 }),
      hashBuckets: count,
      name: word,
      ...embedding,
    },
    ...(['kind', 'columns', 'hashBuckets'] as const),
  ),
)
const split = fc.oneof(
  optional(
    { by: fc.constant('time'), column: word, validation: fc.constant(0.1), testFrom: fc.oneof(word, fc.nat(9)) },
    'by',
    'column',
  ),
  optional({ by: fc.constantFrom('hash', 'column'), column: word }, 'by', 'column'),
  optional({ by: fc.constant('random'), test: fc.constant(0.2), seed: fc.nat(9) }, 'by'),
)

const ODD = [null, true, '', 'x', 0, 1, -1, 1.5, 100, [], {}, [1], ['a'], { minCount: 0 }, { kind: 'dense', name: 'q' }]

type Place = readonly (string | number)[]
const placesOf = (value: unknown, here: Place = []): readonly Place[] => [
  here,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, member]) =>
        placesOf(member, [...here, Array.isArray(value) ? Number(name) : name]),
      )
    : []),
]
interface Damage {
  readonly at: number
  readonly how: 'replace' | 'remove' | 'rename'
  readonly odd: unknown
}
const damage = fc.record<Damage>({
  at: fc.nat(1000),
  how: fc.constantFrom('replace', 'remove', 'rename'),
  odd: fc.constantFrom(...ODD),
})

/** A copy with one value of it replaced, taken away or given another name. */
function damaged(value: unknown, { at, how, odd }: Damage): unknown {
  const places = placesOf(value)
  const place = places[at % places.length]
  if (place.length === 0) return how === 'replace' ? odd : value
  const copy = structuredClone(value)
  const holder = place
    .slice(0, -1)
    .reduce<unknown>((held, key) => (held as Record<string, unknown>)[key], copy) as Record<string, unknown>
  const key = place.at(-1)!
  const { [key]: member } = holder
  if (how === 'replace') holder[key] = odd
  else if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else {
    Reflect.deleteProperty(holder, key)
    if (how === 'rename') holder[`${key}s`] = member
  }
  return copy
}

const ajv = new Ajv({ schemaId: 'auto' })
const cases: readonly (readonly [string, Schema, fc.Arbitrary<unknown>])[] = [
  ['features', FEATURES_SCHEMA, fc.array(spec, { minLength: 1, maxLength: 3 })],
  ['split', SPLIT_SCHEMA, split],
]

describe.each(cases)('%s', (path, schema, valid) => {
  const accepts = ajv.compile(schema)
  const said = (value: unknown): string | undefined => {
    try {
      checkJSON('someone', path, value, schema)
      return undefined
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError)
      return (error as Error).message
    }
  }

  it('are taken as they are drawn', () => {
    fc.assert(fc.property(valid, (value) => said(value) === undefined && accepts(value) === true))
  })

  it('that are damaged are taken where another validator takes them, and refused by path where it does not', () => {
    let refused = 0
    fc.assert(
      fc.property(valid, damage, (value, how) => {
        const broken = damaged(value, how)
        const message = said(broken)
        expect({ broken, taken: message === undefined }).toEqual({ broken, taken: accepts(broken) })
        if (message === undefined) return
        refused++
        expect(message).toMatch(new RegExp(`^someone: expected ${path}(\\[\\d+\\]|\\.\\w+)* to be|to have `))
      }),
      { numRuns: 2000 },
    )
    expect(refused).toBeGreaterThan(500)
  })
})

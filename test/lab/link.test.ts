/** Settings of the lab as links: there and back, and what a wrong one is answered. */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { queryOf, readSettings } from '../../lab/watch/link.ts'
import {
  DEFAULTS,
  FIELDS,
  KINDS,
  OPTIMIZERS,
  PACES,
  SIDE_FIELDS,
  STRATEGIES,
  lackOf,
} from '../../lab/watch/settings.ts'
import type { NumberField, Settings, Side } from '../../lab/watch/settings.ts'

const number = ({ least, most, whole }: NumberField) =>
  whole
    ? fc.integer({ min: least, max: most })
    : fc.double({ min: least, max: most, noNaN: true }).map((each) => each + 0)
const numbers = <K extends string>(fields: Readonly<Record<K, NumberField>>) =>
  fc.record(
    Object.fromEntries(Object.entries<NumberField>(fields).map(([name, field]) => [name, number(field)])),
  ) as unknown as fc.Arbitrary<Record<K, number>>
const one = <K extends string>(choices: Readonly<Record<K, string>>) =>
  fc.constantFrom(...(Object.keys(choices) as K[]))
const names = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 3 })

const side: fc.Arbitrary<Side> = fc
  .tuple(numbers(SIDE_FIELDS), one(KINDS), one(STRATEGIES), one(OPTIMIZERS))
  .map(([fields, kind, strategy, optimizer]) => ({ ...fields, kind, strategy, optimizer }))
  .filter((each) => lackOf(each) === undefined)
const settings: fc.Arbitrary<Settings> = fc
  .tuple(
    numbers(FIELDS),
    one(PACES),
    side,
    side,
    fc.record({ number: names, category: names, binary: names, regression: names }),
  )
  .map(([fields, pace, a, b, roles]) => ({ ...fields, data: 'file', pace, a, b, roles }))

it('come back as they were', () => {
  fc.assert(
    fc.property(settings, (given) => {
      expect(readSettings(queryOf(given))).toEqual({ settings: given, complaints: [] })
    }),
  )
})

it('are nothing where all are default', () => {
  expect(queryOf(DEFAULTS)).toBe('')
  expect(readSettings('')).toEqual({ settings: DEFAULTS, complaints: [] })
})

it('keep what is right where something is wrong, and say what that is', () => {
  const { settings: read, complaints } = readSettings('?seed=-1&rows=512&b.kind=cgc&b.shared=0&b.own=0&data=real')
  expect(read).toEqual({ ...DEFAULTS, rows: 512 })
  expect(complaints).toEqual([
    "The link: expected seed to be a whole number from 0 to 2147483647 but got '-1', so the default stands.",
    "The link: expected data to be one of tasks, feed, file but got 'real', so the default stands.",
    'The link: expected an expert for the gates of CGC to hear but got none, so the default stands.',
  ])
})

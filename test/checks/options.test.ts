/** Options are checked at one place: unknown names, values out of range, and the words for both. */
import { describe, expect, it } from 'vitest'
import {
  callable,
  checkNames,
  checkOptions,
  didYouMean,
  either,
  flag,
  having,
  listOf,
  needed,
  oneOf,
  real,
  recordOf,
  show,
  whole,
} from '../../src/checks/index.ts'

interface Options {
  readonly epochs?: number
  readonly rate?: number | ((step: number) => number)
  readonly shuffle?: boolean
  readonly units?: readonly number[]
  readonly weights?: Readonly<Record<string, number>>
  readonly pooling?: 'mean' | 'sum'
  readonly data?: object
}

const check = (options: unknown): void =>
  checkOptions('fit', options as Options, {
    epochs: whole(1),
    rate: either(real('[0, ∞)'), callable),
    shuffle: flag,
    units: listOf(whole(1), 1),
    weights: recordOf(real('[0, 1)')),
    pooling: oneOf('mean', 'sum'),
    data: having('a dataset', 'rows', 'ids'),
  })

describe('checkOptions', () => {
  it('lets through what fits, what is undefined, and objects without a prototype', () => {
    check({})
    check({ epochs: 3, rate: () => 1, shuffle: false, units: [4], weights: { a: 0 }, pooling: 'sum' })
    check({ epochs: undefined })
    check(Object.assign(Object.create(null), { epochs: 2, data: { rows: 1, ids: {} } }))
  })

  it.each([
    [{ epoch: 5 }, `fit: expected options among epochs, rate, .* but got 'epoch', did you mean 'epochs'\\?`],
    [{ epochs: '5' }, `fit: expected epochs to be an integer of at least 1 but got '5'`],
    [{ epochs: 5n }, 'but got 5n'],
    [{ rate: -1 }, 'fit: expected rate to be a number in \\[0, ∞\\) or a function but got -1'],
    [{ rate: NaN }, 'but got NaN'],
    [{ rate: Infinity }, 'but got Infinity'],
    [{ rate: null }, 'but got null'],
    [{ shuffle: 1 }, 'expected shuffle to be true or false but got 1'],
    [{ units: 16 }, 'expected units to be a list of at least 1, each to be an integer of at least 1 but got 16'],
    [{ units: [8, 0.5] }, 'but got 0.5 at position 1'],
    [{ weights: { a: 0, b: 1 } }, `but got 1 of 'b'`],
    [{ pooling: 'max' }, `expected pooling to be 'mean' or 'sum' but got 'max'`],
    [{ data: [] }, 'expected data to be a dataset but got a list of 0'],
    ['adam', `fit: expected an object of options, as in { epochs: … }, but got 'adam'`],
    [null, 'but got null'],
    [[1], 'but got a list of 1'],
  ])('refuses %o', (options, words) => {
    expect(() => {
      check(options)
    }).toThrow(new RegExp(words))
  })

  it('refuses what must be given and is not', () => {
    expect(() => {
      checkOptions('PLE', {} as { taskTypes: unknown }, { taskTypes: needed(listOf(oneOf('binary'))) })
    }).toThrow(`PLE: expected taskTypes to be a list, each to be 'binary' but got undefined`)
  })

  it('says that there are no options where there are none', () => {
    expect(() => {
      checkNames('relu', { slope: 1 }, [])
    }).toThrow(`relu: expected options among none but got 'slope'`)
  })
})

describe('an interval', () => {
  const inside = (interval: string, value: unknown): boolean => real(interval).fits(value)

  it('has the ends that its brackets say', () => {
    expect([inside('[0, 1)', 0), inside('[0, 1)', 1), inside('(0, 1]', 0), inside('(0, 1]', 1)]).toEqual([
      true,
      false,
      false,
      true,
    ])
    expect([inside('(0, ∞)', Infinity), inside('(0, ∞]', Infinity), inside('(-∞, 0]', -5)]).toEqual([false, true, true])
    expect([inside('[0, 1]', NaN), inside('[0, 1]', '1')]).toEqual([false, false])
  })
})

describe('a suggestion', () => {
  it('is the nearest name, however its words are joined', () => {
    expect(didYouMean('dnnUseBN', ['dnnDropout', 'dnnUseBn'])).toBe(`, did you mean 'dnnUseBn'?`)
    expect(didYouMean('l2_reg_dnn', ['l2RegEmbedding', 'l2RegDnn'])).toBe(`, did you mean 'l2RegDnn'?`)
    expect(didYouMean('contry', ['user', 'country'])).toBe(`, did you mean 'country'?`)
  })

  it('is not made where nothing is near', () => {
    expect(didYouMean('minutes', ['user'])).toBe('')
    expect(didYouMean('a', ['b'])).toBe('')
    expect(didYouMean('x', [])).toBe('')
  })
})

it('shows values as what they are', () => {
  expect(
    ['5', 5, 5n, null, undefined, -0, [1, 2], new Float32Array(3), Math.log1p, { a: 1 }, new Date(0)].map(show),
  ).toEqual([
    `'5'`,
    '5',
    '5n',
    'null',
    'undefined',
    '-0',
    'a list of 2',
    'a Float32Array of 3',
    'a function',
    'an object of a',
    'a Date',
  ])
  expect([Object.create(null) as unknown, {}, Symbol('s'), ''].map(show)).toEqual([
    'an empty object',
    'an empty object',
    'Symbol(s)',
    `''`,
  ])
  expect(show('x'.repeat(99))).toBe(`'${'x'.repeat(60)}…'`)
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`n${index}`, index]))
  expect(show(many)).toBe('an object of n0, n1, n2, n3, n4, n5, n6, n7, …')
})

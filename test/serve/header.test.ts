/** What a file of a saved program may say: all that `saveProgram` writes, and nothing else. */
import { describe, expect, it } from 'vitest'
import { checkHeader } from '../../src/serve/header.ts'

const VAR_LEN = {
  ...{ kind: 'varLen', name: 'tags', vocabularySize: 9, hashBuckets: 8, dimension: 2, table: 'tags' },
  ...{ trainable: false, initStd: 0.5 },
  ...{ maxLength: 3, pooling: 'sum', weights: 'heat', weightNorm: true },
}
const SCALING = {
  ...{ missing: [3], indicator: true, least: [1], most: [50], log: true, mean: [1], deviation: [0.3] },
}
const GOOD = {
  rows: 2,
  features: [
    { kind: 'sparse', name: 'user', vocabulary: { values: ['ann'] }, vocabularySize: 3, dimension: 4, table: 'user' },
    { kind: 'sparse', name: 'year', vocabulary: { values: [1999] }, vocabularySize: 3, dimension: 1, table: 'year' },
    { kind: 'sparse', name: 'both', crosses: ['a', 'b'], hashBuckets: 9, vocabularySize: 10, dimension: 1, table: 'x' },
    { kind: 'dense', name: 'age', dimension: 1, transformed: true },
    { kind: 'dense', name: 'size', dimension: 1, scaling: SCALING },
    { kind: 'sparse', name: 'price', edges: [0, 2.5], vocabularySize: 4, dimension: 1, table: 'price' },
    VAR_LEN,
  ],
  memory: 32,
  floats: [
    [0, 16],
    [16, 16],
  ],
  ids: [2, 6],
  inputs: { 'ids.user': [0, -1, 3], 'numbers.age': [1] },
  calls: [['neg', 0, 1, 16]],
  outputs: { like: 1 },
}
const checked = (header: unknown, numbers = 16) => {
  checkHeader(header, numbers)
}

it('a header is taken as it is written', () => {
  expect(() => {
    checked(GOOD)
    checked(GOOD, 32)
    checked({ ...GOOD, memory: 0, floats: [], ids: [] }, 0)
  }).not.toThrow()
})

describe('a header is refused', () => {
  it.each<readonly [name: string, value: unknown]>([
    ['rows', 0],
    ['rows', 1.5],
    ['rows', '2'],
    ['rows', undefined],
    ['features', {}],
    ['features', [null]],
    ['features', [[]]],
    ['features', [{ ...VAR_LEN, kind: 'text' }]],
    ['features', [{ ...VAR_LEN, name: 5 }]],
    ['features', [{ ...VAR_LEN, name: 'constructor' }]],
    ['features', [{ ...VAR_LEN, dimension: 0 }]],
    ['features', [{ ...VAR_LEN, dimension: undefined }]],
    ['features', [{ ...VAR_LEN, transformed: false }]],
    ['features', [{ ...VAR_LEN, table: 5 }]],
    ['features', [{ ...VAR_LEN, vocabularySize: 2 ** 31 }]],
    ['features', [{ ...VAR_LEN, vocabulary: ['a'] }]],
    ['features', [{ ...VAR_LEN, vocabulary: { values: ['a', 1] } }]],
    ['features', [{ ...VAR_LEN, vocabulary: { values: [null] } }]],
    ['features', [{ ...VAR_LEN, hashBuckets: 0.5 }]],
    ['features', [{ ...VAR_LEN, edges: 5 }]],
    ['features', [{ ...VAR_LEN, edges: ['1'] }]],
    ['features', [{ ...VAR_LEN, scaling: [] }]],
    ['features', [{ ...VAR_LEN, scaling: { ...SCALING, missing: 3 } }]],
    ['features', [{ ...VAR_LEN, scaling: { ...SCALING, indicator: 1 } }]],
    ['features', [{ ...VAR_LEN, scaling: { ...SCALING, least: [null] } }]],
    ['features', [{ ...VAR_LEN, scaling: { ...SCALING, most: ['1'] } }]],
    ['features', [{ ...VAR_LEN, scaling: { ...SCALING, log: 'no' } }]],
    ['features', [{ ...VAR_LEN, scaling: { ...SCALING, mean: {} } }]],
    ['features', [{ ...VAR_LEN, scaling: { ...SCALING, deviation: true } }]],
    ['features', [{ ...VAR_LEN, scaling: { ...SCALING, fill: [1] } }]],
    ['features', [{ ...VAR_LEN, crosses: 'ab' }]],
    ['features', [{ ...VAR_LEN, crosses: ['a', 5] }]],
    ['features', [{ ...VAR_LEN, maxLength: -1 }]],
    ['features', [{ ...VAR_LEN, pooling: 5 }]],
    ['features', [{ ...VAR_LEN, weights: ['heat'] }]],
    ['features', [{ ...VAR_LEN, weightNorm: 1 }]],
    ['features', [{ ...VAR_LEN, trainable: 0 }]],
    ['features', [{ ...VAR_LEN, initStd: '1' }]],
    ['features', [{ ...VAR_LEN, pretrained: [1] }]],
    ['features', [{ ...VAR_LEN, toString: 'no' }]],
    ['memory', -1],
    ['memory', 2 ** 30 + 1],
    ['floats', [[0]]],
    ['floats', [[0, 16, 1]]],
    ['floats', [[-1, 1]]],
    ['ids', [0.5]],
    ['ids', 2],
    ['inputs', []],
    ['inputs', null],
    ['inputs', { 'ids.user': 0 }],
    ['inputs', { 'ids.user': [0, -2, 3] }],
    ['calls', [{}]],
    ['calls', ['neg']],
    ['outputs', { like: -1 }],
    ['outputs', 5],
    ['toString', 5],
  ])("that has for '%s' %j", (name, value) => {
    expect(() => {
      checked({ ...GOOD, [name]: value })
    }).toThrow(`loadProgram: expected '${name}' as saveProgram writes it but got`)
  })

  it.each([null, 5, [], 'header'])('that is %j', (header) => {
    expect(() => {
      checked(header)
    }).toThrow("loadProgram: expected 'rows' as saveProgram writes it but got undefined")
  })

  it.each([
    ['a part that ends behind memory', { floats: [[16, 17]] }, 16],
    ['more numbers than memory', {}, 33],
    ['more ids than there can be', { ids: [2 ** 30, 1] }, 16],
  ])('for %s', (_, change, numbers) => {
    expect(() => {
      checked({ ...GOOD, ...change }, numbers)
    }).toThrow('loadProgram: expected parts within a memory of 32 but got')
  })
})

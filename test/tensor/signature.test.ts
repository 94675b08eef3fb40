/** The language of shapes: how a line is read, how arguments fit it, and every way in which they may not. */
import { describe, expect, it } from 'vitest'
import { ids, zeros } from '../../src/index.ts'
import { bind, parse, showSignature } from '../../src/tensor/index.ts'
import type { Ids, Tensor } from '../../src/index.ts'
import type { Argument } from '../../src/tensor/index.ts'

const of = (...shape: number[]): Tensor => zeros(shape)
const idsOf = (...values: number[]): Ids => ids(values)
const fit = (text: string, args: readonly Argument[], free?: Record<string, unknown>) =>
  bind('op', parse(text), args, free)

describe('a signature', () => {
  it('is read into axes, ids, lists, and what they are called', () => {
    expect(parse('m k, k n -> m n')).toEqual({
      inputs: [
        {
          kind: 'tensor',
          axes: [
            { name: 'm', kind: 'one' },
            { name: 'k', kind: 'one' },
          ],
        },
        {
          kind: 'tensor',
          axes: [
            { name: 'k', kind: 'one' },
            { name: 'n', kind: 'one' },
          ],
        },
      ],
      output: [
        { name: 'm', kind: 'one' },
        { name: 'n', kind: 'one' },
      ],
    })
    expect(parse('v d, ...b<v -> ...b d').inputs[1]).toEqual({
      kind: 'ids',
      axes: [{ name: 'b', kind: 'leading' }],
      below: 'v',
    })
    expect(parse('b e, [b d]e -> b d').inputs[1]).toMatchObject({ kind: 'list', count: 'e' })
    expect(parse('[o p+ i] -> o p i').inputs[0].axes[1]).toEqual({ name: 'p', kind: 'ragged' })
    expect(parse('[o p+ i] -> o p i').inputs[0]).not.toHaveProperty('count')
    expect(parse('...n -> ').output).toEqual([])
  })

  it('is shown as errors name it', () => {
    expect(showSignature(parse('m k, k n -> m n'))).toBe('(m k), (k n)')
    expect(showSignature(parse('v d, ...b<v -> ...b d'))).toBe('(v d), ids (...b) below v')
    expect(showSignature(parse('b e, [b d]e -> b d'))).toBe('(b e), [(b d)]e')
    expect(showSignature(parse('[o p+ i] -> o p i'))).toBe('[(o p+ i)]')
  })
})

describe('arguments that fit', () => {
  it('tell every size and the output’s shape', () => {
    expect(fit('m k, k n -> m n', [of(2, 3), of(3, 4)])).toEqual({ sizes: { m: 2, k: 3, n: 4 }, shape: [2, 4] })
  })

  it('may lead with any axes, whose product is one size', () => {
    expect(fit('...b n -> ...b n', [of(2, 3, 4)])).toEqual({ sizes: { b: 6, n: 4 }, shape: [2, 3, 4] })
    expect(fit('...b n -> ...b n', [of(4)])).toEqual({ sizes: { b: 1, n: 4 }, shape: [4] })
    expect(fit('...n -> ...n', [of()])).toEqual({ sizes: { n: 1 }, shape: [] })
    expect(fit('o ...m i -> o i', [of(2, 3, 4, 5)])).toEqual({ sizes: { o: 2, m: 12, i: 5 }, shape: [2, 5] })
  })

  it('may be ids and lists', () => {
    expect(fit('v d, ...b<v -> ...b d', [of(5, 2), ids([[4, 0]])])).toEqual({
      sizes: { v: 5, b: 2, d: 2 },
      shape: [1, 2, 2],
    })
    expect(fit('b e, [b d]e -> b d', [of(2, 3), [of(2, 7), of(2, 7), of(2, 7)]]).sizes).toEqual({ b: 2, e: 3, d: 7 })
    expect(fit('[o p+ i] -> o p i', [[of(1, 2, 3), of(1, 0, 3), of(1, 4, 3)]])).toEqual({
      sizes: { o: 1, p: 6, i: 3 },
      shape: [1, 6, 3],
    })
  })

  it('may leave output axes to the caller', () => {
    expect(fit('o i -> o m i', [of(2, 3)], { m: 4 })).toEqual({ sizes: { o: 2, i: 3, m: 4 }, shape: [2, 4, 3] })
    expect(fit('...n -> ...m', [of(6)], { m: [2, 3] })).toEqual({ sizes: { n: 6, m: 6 }, shape: [2, 3] })
    expect(fit('b d, b<v -> v d', [of(2, 3), idsOf(0, 4)], { v: 5 }).shape).toEqual([5, 3])
  })

  it('may be empty', () => {
    expect(fit('m k, k n -> m n', [of(0, 3), of(3, 0)])).toEqual({ sizes: { m: 0, k: 3, n: 0 }, shape: [0, 0] })
    expect(fit('v d, b<v -> b d', [of(0, 2), idsOf()]).shape).toEqual([0, 2])
  })
})

describe('arguments that do not fit are refused:', () => {
  it.each<[string, string, readonly Argument[], string]>([
    [
      'an axis that disagrees',
      'm k, k n -> m n',
      [of(32, 64), of(128, 10)],
      '(m k), (k n) but got (32×64), (128×10): axis k is 64 in input 0 and 128 in input 1',
    ],
    [
      'an axis that disagrees with itself',
      'n n -> n',
      [of(2, 3)],
      '(n n) but got (2×3): axis n is 2 in input 0 and 3 in input 0',
    ],
    [
      'leading axes that disagree',
      '...b n, ...b -> ...b n',
      [of(2, 3, 4), of(3, 2)],
      '(...b n), (...b) but got (2×3×4), (3×2): axis b is (2×3) in input 0 and (3×2) in input 1',
    ],
    ['too many axes', 'm k -> m', [of(1, 2, 3)], '(m k) but got (1×2×3): input 0 has 3 axes, not 2'],
    ['too few axes', 'm k -> m', [of(1)], '(m k) but got (1): input 0 has 1 axes, not 2'],
    [
      'too few beside leading ones',
      '...b m n -> m',
      [of(1)],
      '(...b m n) but got (1): input 0 has 1 axes, not at least 2',
    ],
    ['too few arguments', 'm k, k n -> m n', [of(1, 2)], '(m k), (k n) but got (1×2): 1 inputs were given, not 2'],
    ['no arguments', 'm -> m', [], '(m) but got : 0 inputs were given, not 1'],
    ['ids for a tensor', 'm -> m', [idsOf(1)], '(m) but got ids (1): input 0 is not a tensor'],
    [
      'a tensor for ids',
      'v d, b<v -> b d',
      [of(2, 2), of(2)],
      '(v d), ids (b) below v but got (2×2), (2): input 1 is not ids',
    ],
    ['a tensor for a list', '[n]e -> n', [of(2)], '[(n)]e but got (2): input 0 is not a list'],
    ['an empty list', '[n]e -> n', [[]], '[(n)]e but got []: input 0 is an empty list'],
    [
      'a list of another length',
      'b e, [b d]e -> b d',
      [of(2, 3), [of(2, 4)]],
      '(b e), [(b d)]e but got (2×3), [(2×4)]: axis e is 3 in input 0 and 1 in input 1',
    ],
    [
      'a member of another shape',
      '[b d]e -> b d',
      [[of(2, 3), of(2, 4)]],
      '[(b d)]e but got [(2×3), (2×4)]: axis d is 3 in input 0[0] and 4 in input 0[1]',
    ],
    [
      'an id that is too large',
      'v d, b<v -> b d',
      [of(5, 2), idsOf(0, 5)],
      '(v d), ids (b) below v but got (5×2), ids (2): id 5 in input 1 is not below 5, the extent of v',
    ],
    [
      'an id where there is no value to have',
      'v d, b<v -> b d',
      [of(0, 2), idsOf(0)],
      '(v d), ids (b) below v but got (0×2), ids (1): id 0 in input 1 is not below 0, the extent of v',
    ],
    [
      'a free axis that is not given',
      'o i -> o m i',
      [of(1, 2)],
      '(o i) but got (1×2): axis m of the output must be given as an extent',
    ],
    [
      'free leading axes that are not given',
      '...n -> ...m',
      [of(2)],
      '(...n) but got (2): axis m of the output must be given as a list of extents',
    ],
  ])('%s', (_, text, args, message) => {
    expect(() => fit(text, args)).toThrow(new RangeError(`op: expected ${message}`))
  })

  it.each([-1, 0.5, NaN, '3', [3], null])('a free axis given as %j', (m) => {
    expect(() => fit('o i -> o m i', [of(1, 2)], { m })).toThrow('axis m of the output must be given as an extent')
  })

  it.each([3, [-1], [0.5], ['2'], null])('free leading axes given as %j', (m) => {
    expect(() => fit('...n -> ...m', [of(2)], { m })).toThrow('axis m of the output must be given as a list of extents')
  })

  it('what is no argument at all, by its type', () => {
    const wrong = [undefined, 3, 'x', {}, [1]] as unknown as Argument[]
    for (const argument of wrong)
      expect(() => fit('m -> m', [argument])).toThrow(/^op: expected \(m\) but got .*: input 0 is not a tensor$/)
  })
})

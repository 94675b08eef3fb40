/** How tensors print, to the letter. */
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Parameter, cpu, cpu64, full, ids, tensor, zeros } from '../../src/index.ts'
import type { Backend, Nested } from '../../src/index.ts'

const print = (values: Nested): string => tensor(values, undefined, cpu64).toString()
const lines = (...text: string[]): string => text.join('\n')

describe('a tensor prints', () => {
  it('its class, shape and dtype first', () => {
    expect(tensor([[1, 2]]).toString()).toBe('Tensor (1×2) float32\n[[1  2]]')
    expect(new Parameter(zeros([1], cpu64)).toString()).toBe('Parameter (1) float64\n[0]')
    expect(ids([3, 1]).toString()).toBe('Ids (2) int32\n[3  1]')
  })

  it('a scalar and an empty one on that line alone', () => {
    expect(print(1.5)).toBe('Tensor () float64 1.5')
    expect(zeros([0]).toString()).toBe('Tensor (0) float32 []')
    expect(zeros([2, 0]).toString()).toBe('Tensor (2×0) float32 []')
  })

  it('numbers to four decimals, aligned to the right', () => {
    expect(
      print([
        [1, -2.5],
        [1 / 3, 100],
      ]),
    ).toBe(lines('Tensor (2×2) float64', '[[     1    -2.5]', ' [0.3333     100]]'))
  })

  it('very small and very large ones with an exponent', () => {
    expect(print([1e-7, 0.00099, 1234567.8])).toBe(lines('Tensor (3) float64', '[1.000e-7  9.900e-4  1.235e+6]'))
    expect(print([0.001, 123456.7])).toBe(lines('Tensor (2) float64', '[   0.001  123456.7]'))
    expect(full([1], 1e21).toString()).toBe(lines('Tensor (1) float32', '[1.000e+21]'))
  })

  it('whole numbers whole, up to ten digits', () => {
    expect(print([1e6, 2 ** 31])).toBe(lines('Tensor (2) float64', '[   1000000  2147483648]'))
    expect(print([1e10])).toBe(lines('Tensor (1) float64', '[1.000e+10]'))
  })

  it('what is not a number, and what is not finite, by name', () => {
    expect(print([NaN, -Infinity, 0])).toBe(lines('Tensor (3) float64', '[      NaN  -Infinity          0]'))
  })

  it('rows below one another, matrices too', () => {
    expect(
      print([
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ]),
    ).toBe(lines('Tensor (2×2×2) float64', '[[[1  2]', '  [3  4]]', ' [[5  6]', '  [7  8]]]'))
  })

  it('eight values of an axis, and of a longer one the ends', () => {
    expect(print([1, 2, 3, 4, 5, 6, 7, 8])).toBe(lines('Tensor (8) float64', '[1  2  3  4  5  6  7  8]'))
    expect(print([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBe(lines('Tensor (9) float64', '[1  2  3  …  7  8  9]'))
    expect(zeros([9, 1]).toString()).toBe(
      lines('Tensor (9×1) float32', '[[0]', ' [0]', ' [0]', ' …', ' [0]', ' [0]', ' [0]]'),
    )
  })

  it('alignment by the values shown, not by those left out', () => {
    expect(print([1, 1, 1, 1e5, 1, 1, 1, 1, 1])).toBe(lines('Tensor (9) float64', '[1  1  1  …  1  1  1]'))
  })

  it('where its numbers are, if not at hand', () => {
    const device: Backend = { ...cpu, view: () => undefined }
    expect(zeros([2, 3], device).toString()).toBe('Tensor (2×3) float32 on device')
  })

  it('the same in Node’s console', () => {
    expect(inspect(tensor([1, 2]))).toBe('Tensor (2) float32\n[1  2]')
    expect(inspect(ids([1]))).toBe('Ids (1) int32\n[1]')
  })
})

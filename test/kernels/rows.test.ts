import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpuKernels } from '../../src/kernels/index.ts'
import type { Draw } from './law.ts'
import { drawFrom, law, output, poisoned, SIZES } from './law.ts'

const idsBelow = (v: number, b: number, draw: Draw): Int32Array => new Int32Array(b).map(() => draw.below(v))

describe('rows by integer ids', () => {
  law('gather is out[b, d] = table[ids[b], d]', 'more b d', ({ more, b, d }, draw) => {
    const v = more + 1
    const ids = idsBelow(v, b, draw)
    return {
      inputs: [v * d],
      out: b * d,
      run: ([table], out) => cpuKernels.gather(table, ids, out, b, d),
      formula: ([table], at) => table[ids[Math.floor(at / d)] * d + (at % d)],
    }
  })

  law('scatterAdd is the sum of the rows of each id', 'more b d', ({ more, b, d }, draw) => {
    const v = more + 1
    const ids = idsBelow(v, b, draw)
    return {
      inputs: [b * d],
      out: v * d,
      run: ([rows], out) => cpuKernels.scatterAdd(rows, ids, out, b, v, d),
      formula: ([rows], at) => {
        let sum = 0
        for (let row = 0; row < b; row++) if (ids[row] === Math.floor(at / d)) sum += rows[row * d + (at % d)]
        return sum
      },
    }
  })

  law(
    'segmentMax is the largest of the rows of each id, 0 where there are none',
    'more b d',
    ({ more, b, d }, draw) => {
      const v = more + 1
      const ids = idsBelow(v, b, draw)
      return {
        inputs: [b * d],
        out: v * d,
        run: ([rows], out) => cpuKernels.segmentMax(rows, ids, out, b, v, d),
        formula: ([rows], at) => {
          const values: number[] = []
          for (let row = 0; row < b; row++) if (ids[row] === Math.floor(at / d)) values.push(rows[row * d + (at % d)])
          return values.length === 0 ? 0 : Math.max(...values)
        },
      }
    },
  )

  it('fills a table of no rows from no rows', () => {
    const [none, ids] = [new Float64Array(0), new Int32Array(0)]
    expect(output(0, (out) => cpuKernels.scatterAdd(none, ids, out, 0, 0, 3))).toEqual([])
    expect(output(0, (out) => cpuKernels.gather(none, ids, out, 0, 3))).toEqual([])
    expect(output(6, (out) => cpuKernels.segmentMax(none, ids, out, 0, 2, 3))).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('keeps −Infinity and NaN where a segment holds them', () => {
    const rows = Float64Array.of(-Infinity, NaN, -5)
    const ids = Int32Array.of(0, 1, 1)
    expect(output(3, (out) => cpuKernels.segmentMax(rows, ids, out, 3, 3, 1))).toEqual([-Infinity, NaN, 0])
    expect(output(3, (out) => cpuKernels.scatterAdd(rows, ids, out, 3, 3, 1))).toEqual([-Infinity, NaN, 0])
    const table = Float64Array.of(NaN, 1)
    expect(output(2, (out) => cpuKernels.gather(table, Int32Array.of(1, 0), out, 2, 1))).toEqual([1, NaN])
  })
})

describe('distinct', () => {
  it('numbers ids in order of appearance and leaves its slots as it found them', () => {
    const property = fc.property(
      fc.constantFrom(...SIZES),
      fc.constantFrom(1, 2, 5, 40),
      fc.integer(),
      (b, v, seed) => {
        const ids = idsBelow(v, b, drawFrom(seed))
        const distinct = new Int32Array(b)
        const slots = new Int32Array(v).fill(-1)
        let count = -1
        const position = poisoned(Int32Array, b, (out) => {
          count = cpuKernels.distinct(ids, out, distinct, slots, b)
        })
        expect([...distinct.subarray(0, count)]).toEqual([...new Set(ids)])
        expect([...position].map((slot) => distinct[slot])).toEqual([...ids])
        expect([...slots]).toEqual(new Array(v).fill(-1))
      },
    )
    fc.assert(property)
  })
})

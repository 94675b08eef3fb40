import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpuKernels } from '../../src/kernels/index.ts'
import type { Draw } from './law.ts'
import { drawFrom, law, output, poisoned, SIZES } from './law.ts'

const idsBelow = (v: number, b: number, draw: Draw): Int32Array => new Int32Array(b).map(() => draw.below(v))

describe('rows by integer ids', () => {
  law('gather is out[b, d] = table[ids[b], d], and 0 of an id below 0', 'more b d', ({ more, b, d }, draw) => {
    const v = more + 1
    const ids = idsBelow(v + 1, b, draw).map((id) => id - 1)
    return {
      inputs: [v * d],
      out: b * d,
      run: ([table], out) => cpuKernels.gather(table, ids, out, b, d),
      formula: ([table], at) => {
        const id = ids[Math.floor(at / d)]
        return id < 0 ? 0 : table[id * d + (at % d)]
      },
    }
  })

  law('scatterAdd is the sum of the rows of each id, and an id below 0 is nobody’s', 'more b d', (sizes, draw) => {
    const { b, d } = sizes
    const v = sizes.more + 1
    const ids = idsBelow(v + 2, b, draw).map((id) => id - 2)
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

/** The inverse of the hash's factor among integers modulo 2³², by Newton's method. */
function inverseOf(factor: number): number {
  let inverse = factor
  for (let bits = 3; bits < 32; bits *= 2) inverse = Math.imul(inverse, 2 - Math.imul(factor, inverse))
  return inverse
}

/** Ids whose product with the hash's factor ends up close to `from`: they meet in one slot of any small table. */
const meeting = (from: number): number[] =>
  Array.from({ length: 100 }, (_, k) => Math.imul(inverseOf(0x9e3779b1), from - k)).filter((id) => id >= 0)

/** Where the ids of a batch may come from. */
const ORIGINS: Readonly<Record<string, (draw: Draw) => number>> = {
  'a few ids, each of them often': (draw) => draw.below(4),
  'many ids, most of them once': (draw) => draw.below(500),
  'multiples of a power of 2': (draw) => draw.below(64) * 2 ** 25,
  'a few ids, and many of nobody': (draw) => draw.below(8) - 4,
  'both ends of what ids can be': (draw) => (draw.below(2) === 0 ? 2 ** 31 - 1 - draw.below(9) : draw.below(9)),
  'ids that meet in the first slot': (draw) => meeting(99)[draw.below(20)],
  'ids that meet in the last slot, and go on from the first': (draw) => meeting(-1)[draw.below(20)],
}

describe('mergeRows', () => {
  for (const [origin, idFrom] of Object.entries(ORIGINS)) {
    law(`adds up the rows of each id where it comes first: ${origin}`, 'b d before after', (sizes, draw) => {
      const { b, d, before: start, after } = sizes
      const stride = start + d + after
      const ids = new Int32Array(b).map(() => idFrom(draw))
      // The smallest table that is allowed, or one with room to spare.
      const size = (2 ** Math.ceil(Math.log2(Math.max(2 * b, 1)))) << (draw.below(3) * 2)
      const leads = (row: number): boolean => ids[row] >= 0 && ids.indexOf(ids[row]) === row
      return {
        inputs: [b * stride],
        out: b * d,
        run: ([rows], merged) => {
          const given = ids.slice()
          const leaders = poisoned(Int32Array, b, (found) => {
            poisoned(Int32Array, size, (table) => {
              cpuKernels.mergeRows(rows, given, merged, found, table, b, d, stride, start, size)
            })
          })
          expect(given).toEqual(ids)
          expect(leaders).toEqual(ids.map((id, row) => (leads(row) ? id : -1)))
        },
        formula: ([rows], at) => {
          const [row, column] = [Math.floor(at / d), start + (at % d)]
          let sum = 0
          for (let other = 0; leads(row) && other < b; other++)
            if (ids[other] === ids[row]) sum += rows[other * stride + column]
          return sum
        },
      }
    })
  }

  it('adds in the order of the rows, which decides the last bit', () => {
    const [rows, merged] = [Float32Array.of(1e8, 1, -1e8, 1), new Float32Array(4).fill(NaN)]
    const leaders = new Int32Array(4)
    cpuKernels.mergeRows(rows, Int32Array.of(7, 7, 7, 7), merged, leaders, new Int32Array(8), 4, 1, 1, 0, 8)
    expect([...merged]).toEqual([Math.fround(Math.fround(1e8 + 1) - 1e8) + 1, 0, 0, 0])
    expect([...leaders]).toEqual([7, -1, -1, -1])
  })

  it('keeps infinities and NaN to the id that has them', () => {
    const rows = Float64Array.of(NaN, 1, Infinity, 2)
    const leaders = new Int32Array(4)
    const merged = output(4, (out) => {
      cpuKernels.mergeRows(rows, Int32Array.of(3, 5, 3, 5), out, leaders, new Int32Array(8), 4, 1, 1, 0, 8)
    })
    expect(merged).toEqual([NaN, 3, 0, 0])
    expect([...leaders]).toEqual([3, 5, -1, -1])
  })

  it('names ids for which scatterAdd finds the sums again', () => {
    const rows = Float64Array.of(1, 2, 4, 8, 16)
    const ids = Int32Array.of(2, 0, 2, 2, 0)
    const leaders = new Int32Array(5)
    const merged = output(5, (out) => {
      cpuKernels.mergeRows(rows, ids, out, leaders, new Int32Array(16), 5, 1, 1, 0, 16)
    })
    const whole = output(3, (out) => cpuKernels.scatterAdd(Float64Array.from(merged), leaders, out, 5, 3, 1))
    expect(whole).toEqual(output(3, (out) => cpuKernels.scatterAdd(rows, ids, out, 5, 3, 1)))
    expect(whole).toEqual([18, 0, 13])
  })
})

describe('ids themselves', () => {
  law('nonzeroMask is 0 where the id is 0, and 1 elsewhere', 'n', ({ n }, draw) => {
    const ids = new Int32Array(n).map(() => draw.below(3) * draw.below(2 ** 30))
    return {
      inputs: [],
      out: n,
      run: (_, out) => cpuKernels.nonzeroMask(ids, out, n),
      formula: (_, at) => (ids[at] === 0 ? 0 : 1),
    }
  })

  it('presentIds is −1, which is nobody’s, where the id is 0', () => {
    // Longer than said, on both sides.
    const [ids, out] = [Int32Array.of(3, 0, 0, 2 ** 31 - 1, -1, 0), new Int32Array(6).fill(77)]
    cpuKernels.presentIds(ids, out, 5)
    expect([...out]).toEqual([3, -1, -1, 2 ** 31 - 1, -1, 77])
    expect([...ids]).toEqual([3, 0, 0, 2 ** 31 - 1, -1, 0])
  })

  it('joinIds is the one list, then the other', () => {
    const size = fc.constantFrom(...SIZES)
    const property = fc.property(size, size, fc.integer(), (m, n, seed) => {
      const draw = drawFrom(seed)
      // Longer than said, so that a kernel that goes by the length of its inputs is seen.
      const [a, b] = [m, n].map((length) => idsBelow(2 ** 31, length + 3, draw))
      const [aBefore, bBefore] = [a.slice(), b.slice()]
      const joined = poisoned(Int32Array, m + n, (out) => {
        cpuKernels.joinIds(a, b, out, m, n)
      })
      expect([...joined]).toEqual([...a.subarray(0, m), ...b.subarray(0, n)])
      expect([a, b]).toEqual([aBefore, bBefore])
    })
    fc.assert(property)
  })
})

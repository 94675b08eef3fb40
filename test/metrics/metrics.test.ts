/** Metrics against oracles that count pairs, rows and users one by one; nothing is compared with its own sweep. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  METRICS,
  METRIC_DIRECTIONS,
  auc,
  calibration,
  gauc,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  multiTaskGain,
  rootMeanSquaredError,
} from '../../src/metrics/index.ts'
import type { MetricName } from '../../src/metrics/index.ts'

interface Row {
  readonly score: number
  readonly label: number
  readonly weight: number
  readonly user: number
}

const scoresOf = (rows: readonly Row[]): number[] => rows.map((row) => row.score)
const labelsOf = (rows: readonly Row[]): number[] => rows.map((row) => row.label)
const weightsOf = (rows: readonly Row[]): number[] => rows.map((row) => row.weight)
const usersOf = (rows: readonly Row[]): number[] => rows.map((row) => row.user)

const few = fc.constantFrom(-2, -0.5, -0, 0, 0.25, 0.5, 3)
const any = fc.double({ noNaN: true })
const probability = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.1, 0.5, 0.7, 1))

const rowsOf = (score: fc.Arbitrary<number>, label: fc.Arbitrary<number> = fc.constantFrom(0, 1, NaN)) =>
  fc.array(fc.record({ score, label, weight: fc.integer({ min: 0, max: 4 }), user: fc.integer({ min: 0, max: 3 }) }), {
    maxLength: 40,
  })
const ranked = rowsOf(fc.oneof(few, any))

/** Rows together with the same rows in another order. */
const shuffled = (rows: fc.Arbitrary<Row[]>) =>
  rows.chain((original) =>
    fc.tuple(
      fc.constant(original),
      fc.shuffledSubarray(original, { minLength: original.length, maxLength: original.length }),
    ),
  )

/** Every pair of a positive and a negative row, counted one by one. */
function countedPairs(rows: readonly Row[], weightOf: (row: Row) => number): number {
  let won = 0
  let pairs = 0
  for (const positive of rows.filter((row) => row.label === 1))
    for (const negative of rows.filter((row) => row.label === 0)) {
      const weight = weightOf(positive) * weightOf(negative)
      pairs += weight
      if (positive.score > negative.score) won += weight
      if (positive.score === negative.score) won += weight / 2
    }
  return won / pairs
}

const once = (): number => 1
const inside = (rows: readonly Row[]): Row[] => rows.filter((row) => !Number.isNaN(row.label))
const repeated = (rows: readonly Row[]): Row[] => rows.flatMap((row) => Array.from({ length: row.weight }, () => row))

describe('auc', () => {
  it('is 3 of 4 pairs on the textbook example', () => {
    expect(auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75)
  })

  it('is 1 for a perfect ranking, 0 for its reverse and ½ for a constant', () => {
    expect(auc([-3, -2, 5, 9], [0, 0, 1, 1])).toBe(1)
    expect(auc([9, 5, -2, -3], [0, 0, 1, 1])).toBe(0)
    expect(auc([7, 7, 7, 7], [0, 0, 1, 1])).toBe(0.5)
  })

  it('equals counting every pair, ties as halves', () => {
    fc.assert(
      fc.property(ranked, (rows) => {
        expect(auc(scoresOf(rows), labelsOf(rows))).toBe(countedPairs(rows, once))
      }),
    )
  })

  it('equals counting every weighted pair', () => {
    fc.assert(
      fc.property(ranked, (rows) => {
        expect(auc(scoresOf(rows), labelsOf(rows), { weights: weightsOf(rows) })).toBe(
          countedPairs(rows, (row) => row.weight),
        )
      }),
    )
  })

  it('takes fractional weights', () => {
    expect(auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], { weights: [0.5, 1.5, 2.5, 0.25] })).toBeCloseTo(
      (0.5 * 2.5 + 0.5 * 0.25 + 1.5 * 0.25) / (2 * 2.75),
      14,
    )
  })

  it('treats an integer weight as that many copies of the row', () => {
    fc.assert(
      fc.property(ranked, (rows) => {
        const copies = repeated(rows)
        expect(auc(scoresOf(rows), labelsOf(rows), { weights: weightsOf(rows) })).toBe(
          auc(scoresOf(copies), labelsOf(copies)),
        )
      }),
    )
  })

  it('ranks thousands of scores that differ only in their last bits, negative and positive', () => {
    const rows = Array.from({ length: 3001 }, (_, index) => ({
      score: (index % 2 ? 1 : -1) * (1 + ((index * 7919) % 3001) * Number.EPSILON),
      label: (index * 31) % 7 < 3 ? 1 : 0,
      weight: 1,
      user: 0,
    }))
    expect(auc(scoresOf(rows), labelsOf(rows))).toBe(countedPairs(rows, once))
  })

  it('tells subnormal numbers, zeros and infinities apart, and not 0 from −0', () => {
    const tiny = Number.MIN_VALUE
    expect(auc([-Infinity, -1e308, -tiny, 0, tiny, Infinity], [0, 0, 0, 1, 1, 1])).toBe(1)
    expect(auc([0, -0], [0, 1])).toBe(0.5)
    expect(auc([-0, 0], [0, 1])).toBe(0.5)
    expect(auc([Infinity, Infinity], [0, 1])).toBe(0.5)
  })

  it('does not change under transforms that keep the order', () => {
    fc.assert(
      fc.property(rowsOf(few), (rows) => {
        const plain = auc(scoresOf(rows), labelsOf(rows))
        for (const transform of [Math.atan, Math.exp, (score: number) => score ** 3, (score: number) => 5 * score - 9])
          expect(auc(scoresOf(rows).map(transform), labelsOf(rows))).toBe(plain)
      }),
    )
  })

  it('becomes 1 − AUC when the labels are flipped, and when the scores are negated', () => {
    fc.assert(
      fc.property(ranked, (rows) => {
        const plain = auc(scoresOf(rows), labelsOf(rows))
        fc.pre(!Number.isNaN(plain))
        const flipped = labelsOf(rows).map((label) => 1 - label)
        const negated = scoresOf(rows).map((score) => -score)
        expect(auc(scoresOf(rows), flipped)).toBeCloseTo(1 - plain, 14)
        expect(auc(negated, labelsOf(rows))).toBeCloseTo(1 - plain, 14)
        expect(auc(negated, flipped)).toBe(plain)
      }),
    )
  })

  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(shuffled(ranked), ([rows, other]) => {
        expect(auc(scoresOf(other), labelsOf(other))).toBe(auc(scoresOf(rows), labelsOf(rows)))
      }),
    )
  })

  it('reads plain arrays, Float32Array and Float64Array alike, and writes to none', () => {
    const scores = [0.75, 0.5, 0.5, 0.25, -1]
    const labels = [1, 0, 1, NaN, 0]
    const expected = auc(scores, labels)
    expect(expected).toBe(0.875)
    expect(auc(Float32Array.from(scores), Float32Array.from(labels))).toBe(expected)
    expect(auc(Float64Array.from(scores), Float64Array.from(labels))).toBe(expected)
    expect(scores).toEqual([0.75, 0.5, 0.5, 0.25, -1])
    expect(labels).toEqual([1, 0, 1, NaN, 0])
  })

  it('is NaN where a class is missing', () => {
    expect(auc([], [])).toBeNaN()
    expect(auc([1, 2], [1, 1])).toBeNaN()
    expect(auc([1, 2], [0, 0])).toBeNaN()
    expect(auc([1, 2], [0, NaN])).toBeNaN()
    expect(auc([1, 2], [0, 1], { weights: [1, 0] })).toBeNaN()
  })

  it('names the row of a NaN score', () => {
    expect(() => auc([1, 2, NaN], [0, 1, 1])).toThrow(/^auc: expected a score but got NaN at row 2: because /)
  })
})

describe('gauc', () => {
  /** Users one by one, each filtered out of all rows. */
  function countedUsers(rows: readonly Row[]): number {
    let sum = 0
    let impressions = 0
    for (const user of new Set(usersOf(rows))) {
      const own = inside(rows).filter((row) => row.user === user)
      if (new Set(labelsOf(own)).size < 2) continue
      sum += countedPairs(own, once) * own.length
      impressions += own.length
    }
    return sum / impressions
  }

  it('weighs two users by their impressions and skips a third who never clicked', () => {
    const users = [1, 1, 1, 2, 2, 3]
    expect(gauc([0.9, 0.1, 0.5, 0.2, 0.3, 0.99], [1, 0, 0, 1, 0, 0], users)).toBe((3 * 1 + 2 * 0) / 5)
  })

  it('equals ranking every user apart', () => {
    fc.assert(
      fc.property(ranked, (rows) => {
        const expected = countedUsers(rows)
        const actual = gauc(scoresOf(rows), labelsOf(rows), usersOf(rows))
        if (Number.isNaN(expected)) expect(actual).toBeNaN()
        else expect(actual).toBeCloseTo(expected, 14)
      }),
    )
  })

  it('is the AUC where there is one user', () => {
    fc.assert(
      fc.property(ranked, (rows) => {
        const plain = auc(scoresOf(rows), labelsOf(rows))
        const users = rows.map(() => 7)
        if (Number.isNaN(plain)) expect(gauc(scoresOf(rows), labelsOf(rows), users)).toBeNaN()
        else expect(gauc(scoresOf(rows), labelsOf(rows), users)).toBeCloseTo(plain, 14)
      }),
    )
  })

  it('does not see a shift of all the scores of one user, which moves the AUC', () => {
    const scores = [0.1, 0.2, 0.3, 0.4]
    const shifted = [0.1, 0.2, 10.3, 10.4]
    const labels = [0, 1, 0, 1]
    const users = ['a', 'a', 'b', 'b']
    expect(gauc(shifted, labels, users)).toBe(gauc(scores, labels, users))
    expect(gauc([0.3, 0.4, 0.1, 0.2], labels, users)).toBe(1)
    expect(auc(scores, labels)).toBe(0.75)
  })

  it('knows a user by any number or string, whatever the order of the rows', () => {
    fc.assert(
      fc.property(shuffled(ranked), ([rows, other]) => {
        const plain = gauc(scoresOf(rows), labelsOf(rows), usersOf(rows))
        const renamed = usersOf(other).map((user) => ['−1', 'zoe', ' ', '1e9'][user])
        const actual = gauc(scoresOf(other), labelsOf(other), renamed)
        if (Number.isNaN(plain)) expect(actual).toBeNaN()
        else expect(actual).toBeCloseTo(plain, 14)
      }),
    )
  })

  it('does not count rows outside the sample space as impressions', () => {
    const users = [1, 1, 1, 1, 2, 2]
    expect(gauc([2, 1, 9, 9, 1, 2], [1, 0, NaN, NaN, 1, 0], users)).toBe(0.5)
  })

  it('is NaN where no user saw both classes', () => {
    expect(gauc([], [], [])).toBeNaN()
    expect(gauc([1, 2, 3, 4], [0, 0, 1, 1], [5, 5, 6, 6])).toBeNaN()
  })

  it('refuses a NaN user, and users of another length', () => {
    expect(() => gauc([1, 2], [0, 1], [3, NaN])).toThrow(/^gauc: expected a user but got NaN at row 1: because /)
    expect(() => gauc([1, 2], [0, 1], [3])).toThrow(/^gauc: expected 2 users but got 1: because /)
    expect(gauc([1, 2, 3], [0, 1, NaN], [3, 3, NaN])).toBe(1)
  })

  it('pools nobody into one: a missing user is refused, whatever stands for it, unless the row is left out', () => {
    for (const nobody of [null, undefined, NaN, '']) {
      const users = ['a', 'a', nobody] as string[]
      expect(() => gauc([1, 2, 3], [0, 1, 1], users)).toThrow(
        `gauc: expected a user but got ${nobody === '' ? "''" : String(nobody)} at row 2: because its rows would be nobody's`,
      )
      expect(gauc([1, 2, 3], [0, 1, NaN], users)).toBe(1)
    }
    expect(() => gauc([1], [1], null as never)).toThrow('gauc: expected users to be a list but got null')
    expect(() => gauc([1], [1], [{} as never])).toThrow(
      'gauc: expected a string, a BigInt or a finite number but got an',
    )
  })

  it('tells users of 64 bits apart as strings and as big integers, and refuses them as numbers', () => {
    const users = BigInt64Array.from({ length: 6 }, (_, row) => 2n ** 53n + BigInt(row >> 1))
    const [scores, labels] = [
      [1, 2, 5, 4, 8, 9],
      [0, 1, 0, 1, 0, 1],
    ]
    expect(gauc(scores, labels, users)).toBe(2 / 3)
    expect(gauc(scores, labels, Array.from(users, String))).toBe(2 / 3)
    expect(gauc(scores, labels, [...users.subarray(0, 3), ...Array.from(users, String).slice(3)])).toBe(2 / 3)
    expect(() => gauc(scores, labels, Array.from(users, Number))).toThrow(
      'gauc: expected a string, a BigInt or a finite number but got 9007199254740992 at row 0: because whole numbers beyond',
    )
  })
})

describe('labels that are big integers', () => {
  it('count as the numbers that they are, in every metric', () => {
    const [scores, labels, users] = [
      [0.1, 0.4, 0.35, 0.8],
      [0, 0, 1, 1],
      ['a', 'b', 'a', 'b'],
    ]
    for (const big of [BigInt64Array.from(labels, BigInt), labels.map(BigInt)]) {
      for (const { compute } of Object.values(METRICS)) expect(compute(scores, big)).toBe(compute(scores, labels))
      expect(gauc(scores, big, users)).toBe(gauc(scores, labels, users))
      expect(calibration(scores, big)).toEqual(calibration(scores, labels))
    }
    expect(() => auc(scores, [0n, 2n, 1n, 1n])).toThrow('auc: expected a label of 0 or 1 but got 2 at row 1')
    expect(() => auc(scores, ['', 0, 1, 1] as never)).toThrow("auc: expected a label of 0 or 1 but got '' at row 0")
  })
})

describe('the metrics of one cost per row', () => {
  /** Costs as the textbook writes them, summed over copies of the rows. */
  const oracles = {
    logLoss: {
      metric: logLoss,
      cost: (p: number, y: number) => -Math.log(Math.max(1e-7, y === 1 ? p : 1 - p)),
      finish: (mean: number) => mean,
    },
    meanSquaredError: {
      metric: meanSquaredError,
      cost: (p: number, y: number) => (p - y) * (p - y),
      finish: (mean: number) => mean,
    },
    meanAbsoluteError: {
      metric: meanAbsoluteError,
      cost: (p: number, y: number) => (p > y ? p - y : y - p),
      finish: (mean: number) => mean,
    },
    rootMeanSquaredError: {
      metric: rootMeanSquaredError,
      cost: (p: number, y: number) => (p - y) * (p - y),
      finish: Math.sqrt,
    },
  }

  for (const [name, { metric, cost, finish }] of Object.entries(oracles)) {
    const binary = name === 'logLoss'
    const number = fc.double({ min: -1e3, max: 1e3, noNaN: true })
    const rows = binary ? rowsOf(probability) : rowsOf(number, fc.oneof(number, fc.constant(NaN)))

    it(`${name} is the mean of its cost over the rows, each repeated by its weight`, () => {
      fc.assert(
        fc.property(rows, (drawn) => {
          const copies = repeated(inside(drawn))
          const sum = copies.reduce((total, row) => total + cost(row.score, row.label), 0)
          const expected = finish(sum / copies.length)
          const actual = metric(scoresOf(drawn), labelsOf(drawn), { weights: weightsOf(drawn) })
          if (copies.length === 0) expect(actual).toBeNaN()
          else expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected))
        }),
      )
    })

    it(`${name} gives every row the weight 1 by default`, () => {
      fc.assert(
        fc.property(rows, (drawn) => {
          const ones = drawn.map(() => 1)
          expect(metric(scoresOf(drawn), labelsOf(drawn))).toBe(
            metric(scoresOf(drawn), labelsOf(drawn), { weights: ones }),
          )
        }),
      )
    })

    it(`${name} is NaN without rows`, () => {
      expect(metric([], [])).toBeNaN()
      expect(metric([0.5], [NaN])).toBeNaN()
      expect(metric([0.5], [1], { weights: [0] })).toBeNaN()
    })
  }

  it('logLoss is log 2 for a coin, 0 for a certainty that is right and −log 1e-7 for one that is wrong', () => {
    expect(logLoss([0.5, 0.5], [0, 1])).toBeCloseTo(Math.LN2, 15)
    expect(logLoss([0, 1], [0, 1])).toBeCloseTo(0, 15)
    expect(logLoss([1], [0])).toBeCloseTo(7 * Math.LN10, 7)
    expect(logLoss([0], [1])).toBeCloseTo(7 * Math.LN10, 12)
    expect(logLoss(Float32Array.of(1 - 2 ** -24), [0])).toBeLessThanOrEqual(logLoss([1], [0]))
  })

  it('the errors have the values that a hand computes', () => {
    expect(meanSquaredError([1, 5], [2, 2])).toBe(5)
    expect(rootMeanSquaredError([1, 5], [2, 2])).toBe(Math.sqrt(5))
    expect(meanAbsoluteError([1, 5], [2, 2])).toBe(2)
    expect(meanAbsoluteError([1, 5], [2, 2], { weights: [3, 1] })).toBe(1.5)
  })

  it('an overflowed prediction costs Infinity, and nothing where its weight is 0', () => {
    expect(meanSquaredError([Infinity, 1], [0, 1])).toBe(Infinity)
    expect(meanSquaredError([Infinity, 1], [0, 2], { weights: [0, 1] })).toBe(1)
  })
})

describe('rows outside the sample space', () => {
  for (const [name, { compute }] of Object.entries(METRICS))
    it(`count for ${name} as if they were not there, whatever their prediction and weight`, () => {
      fc.assert(
        fc.property(rowsOf(probability), fc.constantFrom(NaN, -7, 1e300, Infinity), (rows, rubbish) => {
          const dirty = rows.map((row) => (Number.isNaN(row.label) ? { ...row, score: rubbish, weight: rubbish } : row))
          const kept = inside(rows)
          expect(compute(scoresOf(dirty), labelsOf(dirty))).toBe(compute(scoresOf(kept), labelsOf(kept)))
          expect(compute(scoresOf(dirty), labelsOf(dirty), { weights: weightsOf(dirty) })).toBe(
            compute(scoresOf(kept), labelsOf(kept), { weights: weightsOf(kept) }),
          )
        }),
      )
    })

  it('count for gauc and calibration as if they were not there', () => {
    fc.assert(
      fc.property(rowsOf(probability), fc.constantFrom('uniform' as const, 'quantile' as const), (rows, strategy) => {
        const dirty = rows.map((row) => (Number.isNaN(row.label) ? { ...row, score: NaN, user: NaN } : row))
        const kept = inside(rows)
        expect(gauc(scoresOf(dirty), labelsOf(dirty), usersOf(dirty))).toBe(
          gauc(scoresOf(kept), labelsOf(kept), usersOf(kept)),
        )
        expect(calibration(scoresOf(dirty), labelsOf(dirty), { strategy })).toEqual(
          calibration(scoresOf(kept), labelsOf(kept), { strategy }),
        )
      }),
    )
  })
})

describe('refusals', () => {
  const names = {
    auc: 'auc',
    logLoss: 'logLoss',
    mse: 'meanSquaredError',
    mae: 'meanAbsoluteError',
    rmse: 'rootMeanSquaredError',
  }

  for (const [name, { compute }] of Object.entries(METRICS)) {
    const who = names[name as keyof typeof names]

    it(`${who} refuses lengths that differ, with both numbers`, () => {
      const refusal = (what: string, got: number) =>
        `${who}: expected 2 ${what} but got ${got}: because there are 2 labels, one per row`
      expect(() => compute([1, 0, 1], [0, 1])).toThrow(new RangeError(refusal('predictions', 3)))
      expect(() => compute([1], [0, 1])).toThrow(new RangeError(refusal('predictions', 1)))
      expect(() => compute([1, 0], [0, 1], { weights: [1] })).toThrow(new RangeError(refusal('weights', 1)))
      expect(() => compute([1, 0], [0, 1], { weights: [1, 1, 1] })).toThrow(new RangeError(refusal('weights', 3)))
    })

    it(`${who} refuses a weight that is negative, NaN or infinite, naming its row`, () => {
      for (const weight of [-0.5, NaN, Infinity])
        expect(() => compute([1, 0], [0, 1], { weights: [1, weight] })).toThrow(
          new RangeError(
            `${who}: expected a finite weight of at least 0 but got ${weight} at row 1: ` +
              'because a weight says how many rows this one stands for',
          ),
        )
    })

    it(`${who} refuses a NaN prediction, naming its row, even where its weight is 0`, () => {
      expect(() => compute([1, NaN], [0, 1])).toThrow(/^\w+: expected a .* but got NaN at row 1: because /)
      expect(() => compute([1, NaN], [0, 1], { weights: [1, 0] })).toThrow(/at row 1/)
    })

    it(`${who} refuses an infinite label, naming its row`, () => {
      expect(() => compute([1, 1, 0], [0, 1, Infinity])).toThrow(
        /^\w+: expected a (finite label|label of 0 or 1) but got Infinity at row 2: because /,
      )
    })
  }

  it('the metrics of classes refuse labels other than 0, 1 and NaN', () => {
    for (const label of [2, -1, 0.5]) {
      const refusal = (who: string) => `${who}: expected a label of 0 or 1 but got ${label} at row 1: because `
      expect(() => auc([1, 0, 1], [0, label, 1])).toThrow(refusal('auc'))
      expect(() => gauc([1, 0, 1], [0, label, 1], [0, 0, 0])).toThrow(refusal('gauc'))
      expect(() => logLoss([1, 0, 1], [0, label, 1])).toThrow(refusal('logLoss'))
      expect(() => calibration([1, 0, 1], [0, label, 1])).toThrow(refusal('calibration'))
    }
  })

  it('the metrics of probabilities refuse numbers outside [0, 1]', () => {
    for (const score of [-1e-9, 1.0001, Infinity]) {
      const refusal = (who: string) => `${who}: expected a probability in [0, 1] but got ${score} at row 0: because `
      expect(() => logLoss([score, 0], [0, 1])).toThrow(refusal('logLoss'))
      expect(() => calibration([score, 0], [0, 1])).toThrow(refusal('calibration'))
    }
  })

  it('calibration refuses bins that are no count and strategies it does not know', () => {
    for (const bins of [0, -1, 2.5, NaN, Infinity])
      expect(() => calibration([1, 0], [0, 1], { bins })).toThrow(
        `calibration: expected bins to be an integer of at least 1 but got ${bins}`,
      )
    expect(() => calibration([1, 0], [0, 1], { strategy: 'equal' as 'uniform' })).toThrow(
      "calibration: expected strategy to be 'uniform' or 'quantile' but got 'equal'",
    )
  })
})

describe('calibration', () => {
  const binary = rowsOf(probability, fc.constantFrom(0, 1))

  it('compares the mean prediction with the share of positives in each bin', () => {
    const { bins, expectedCalibrationError, ratio } = calibration([0.1, 0.3, 0.6, 0.8, 1], [0, 1, 1, 1, 0], { bins: 2 })
    expect(bins.map((bin) => bin.count)).toEqual([2, 3])
    expect(bins[0].meanPrediction).toBeCloseTo(0.2, 15)
    expect(bins[0].meanLabel).toBe(0.5)
    expect(bins[1].meanPrediction).toBeCloseTo(0.8, 15)
    expect(bins[1].meanLabel).toBeCloseTo(2 / 3, 15)
    expect(expectedCalibrationError).toBeCloseTo((2 * 0.3 + 3 * (0.8 - 2 / 3)) / 5, 15)
    expect(ratio).toBeCloseTo(2.8 / 3, 15)
  })

  it('has ten bins of equal width by default, empty ones in their place', () => {
    const { bins } = calibration([0.05, 0.95, 1], [0, 1, 1])
    expect(bins.map((bin) => bin.count)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 2])
    expect(bins[4]).toEqual({ count: 0, meanPrediction: NaN, meanLabel: NaN })
  })

  it('puts every prediction between the edges of its bin, the lower one included, whatever the rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(200), fc.constantFrom(-1, 0, 1), (bins, edge, nudge) => {
        const p = Math.min(1, Math.max(0, (edge % (bins + 1)) / bins + nudge * 2 ** -54))
        const bin = calibration([p], [1], { bins }).bins.findIndex(({ count }) => count === 1)
        expect(p).toBeGreaterThanOrEqual(bin / bins)
        if (p === 1) expect(bin).toBe(bins - 1)
        else expect(p).toBeLessThan((bin + 1) / bins)
      }),
      { numRuns: 2000 },
    )
  })

  it('has quantile bins whose counts differ by one at most where no predictions tie', () => {
    fc.assert(
      fc.property(fc.uniqueArray(probability, { minLength: 1 }), fc.integer({ min: 1, max: 12 }), (values, bins) => {
        const result = calibration(
          values,
          values.map(() => 1),
          { bins, strategy: 'quantile' },
        )
        const counts = result.bins.map((bin) => bin.count)
        expect(counts.reduce((total, count) => total + count)).toBe(values.length)
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        const means = result.bins.filter((bin) => bin.count > 0).map((bin) => bin.meanPrediction)
        expect(means).toEqual([...means].sort((a, b) => a - b))
      }),
    )
  })

  it('keeps tied predictions in one quantile bin, so that the order of the rows does not matter', () => {
    const tied = calibration([0.5, 0.5, 0.5, 0.9], [0, 1, 1, 1], { bins: 2, strategy: 'quantile' })
    expect(tied.bins.map((bin) => bin.count)).toEqual([3, 1])
    fc.assert(
      fc.property(shuffled(rowsOf(fc.constantFrom(0, 0.25, 0.5, 1), fc.constantFrom(0, 1))), ([rows, other]) => {
        const options = { bins: 4, strategy: 'quantile' } as const
        expect(calibration(scoresOf(other), labelsOf(other), options)).toEqual(
          calibration(scoresOf(rows), labelsOf(rows), options),
        )
      }),
    )
  })

  it('has an error of 0 and a ratio of 1 where each bin keeps its word', () => {
    const result = calibration([0.25, 0.25, 0.25, 0.25, 0.5, 0.5], [0, 0, 1, 0, 1, 0])
    expect(result.expectedCalibrationError).toBe(0)
    expect(result.ratio).toBe(1)
  })

  it('sums to the whole: counts, predictions and positives of the bins are those of the rows', () => {
    fc.assert(
      fc.property(binary, fc.constantFrom('uniform' as const, 'quantile' as const), (rows, strategy) => {
        fc.pre(rows.length > 0)
        const { bins, expectedCalibrationError, ratio } = calibration(scoresOf(rows), labelsOf(rows), { strategy })
        const full = bins.filter((bin) => bin.count > 0)
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
        expect(sum(full.map((bin) => bin.count))).toBe(rows.length)
        expect(sum(full.map((bin) => bin.count * bin.meanPrediction))).toBeCloseTo(sum(scoresOf(rows)), 10)
        expect(sum(full.map((bin) => bin.count * bin.meanLabel))).toBeCloseTo(sum(labelsOf(rows)), 10)
        const gaps = full.map((bin) => bin.count * Math.abs(bin.meanPrediction - bin.meanLabel))
        expect(expectedCalibrationError).toBeCloseTo(sum(gaps) / rows.length, 10)
        if (sum(labelsOf(rows)) > 0) expect(ratio).toBeCloseTo(sum(scoresOf(rows)) / sum(labelsOf(rows)), 10)
      }),
    )
  })

  it('has an infinite ratio where nothing positive happened, and none without rows', () => {
    expect(calibration([0.5], [0]).ratio).toBe(Infinity)
    expect(calibration([], []).ratio).toBeNaN()
    expect(calibration([], []).expectedCalibrationError).toBeNaN()
    expect(calibration([], [], { strategy: 'quantile' }).bins).toHaveLength(10)
  })
})

describe('the named metrics', () => {
  it('have the names of the field', () => {
    expect(METRICS.auc.compute).toBe(auc)
    expect(METRICS.logLoss.compute).toBe(logLoss)
    expect(METRICS.mse.compute).toBe(meanSquaredError)
    expect(METRICS.mae.compute).toBe(meanAbsoluteError)
    expect(METRICS.rmse.compute).toBe(rootMeanSquaredError)
    expect(Object.keys(METRICS)).toHaveLength(5)
  })

  for (const [name, { compute, direction }] of Object.entries(METRICS))
    it(`${name} is ${direction} for the better of two models`, () => {
      const labels = [0, 1, 0, 1]
      const better = compute([0.1, 0.9, 0.2, 0.8], labels)
      const worse = compute([0.9, 0.1, 0.2, 0.8], labels)
      expect(direction === 'higher' ? better > worse : better < worse).toBe(true)
    })
})

describe('multiTaskGain', () => {
  it('is model − single where higher is better, and single − model where lower is', () => {
    expect(multiTaskGain(0.75, 0.5, 'auc')).toBe(0.25)
    for (const name of ['logLoss', 'mse', 'mae', 'rmse'] as const) expect(multiTaskGain(0.75, 0.5, name)).toBe(-0.25)
  })

  it('takes a direction for metrics that have no name here', () => {
    expect(multiTaskGain(0.75, 0.5, { direction: 'higher' })).toBe(0.25)
    expect(multiTaskGain(0.75, 0.5, { direction: 'lower' })).toBe(-0.25)
  })

  it('is NaN where a value is', () => {
    expect(multiTaskGain(NaN, 0.5, 'auc')).toBeNaN()
    expect(multiTaskGain(0.5, NaN, 'mse')).toBeNaN()
  })

  it('refuses a name it does not know, with the ones it does', () => {
    for (const name of ['AUC', 'toString'])
      expect(() => multiTaskGain(1, 1, name as MetricName)).toThrow(
        `multiTaskGain: expected one of auc, logLoss, mse, mae, rmse, accuracy, poissonDeviance but got '${name}'`,
      )
  })
})

it('a metric has one direction, by its name and as itself', () => {
  for (const [name, { direction }] of Object.entries(METRICS))
    expect(METRIC_DIRECTIONS[name as keyof typeof METRICS]).toBe(direction)
})

/** Loaders of the feed example on the real files, where they are: rows and rates as others have counted them. */
import { describe, expect, it } from 'vitest'
import { census } from '../../examples/feed/sources/census.ts'
import { hasData } from '../../examples/feed/sources/folder.ts'
import { kuairand } from '../../examples/feed/sources/kuairand.ts'

const present = (name: string): boolean => {
  if (!hasData(name)) process.stderr.write(`skipped: no folder '${name}': set PLEGRAD_DATA to where it is\n`)
  return hasData(name)
}

const mean = (labels: Float32Array): number => {
  const inside = labels.filter((label) => !Number.isNaN(label))
  return inside.reduce((sum, label) => sum + label, 0) / inside.length
}
const outside = (labels: Float32Array): number => labels.filter(Number.isNaN).length

describe.runIf(present('kuairand'))('kuairand', () => {
  it('has the rows and rates of its data sheet', async () => {
    const { train, validation, test, features, users } = await kuairand()
    expect([train.rows, validation.rows, test.rows]).toEqual([94_784, 20_790, 56_097])
    expect([train, validation, test].map(({ labels }) => mean(labels.vtr).toFixed(4))).toEqual([
      '0.3073',
      '0.3184',
      '0.3173',
    ])
    expect([train, validation, test].map(({ labels }) => mean(labels.vcr).toFixed(4))).toEqual([
      '0.3000',
      '0.3121',
      '0.3057',
    ])
    expect([train, validation, test].map(({ labels }) => outside(labels.vcr))).toEqual([1665, 356, 625])
    expect(features.length).toBe(35)
    expect(new Set(users.train).size).toBe(21_184)
  })
})

describe.runIf(present('census'))('census', () => {
  it('has the rows and rates of its data sheet', async () => {
    const { train, validation, test, features } = await census()
    expect([train.rows, validation.rows, test.rows]).toEqual([199_523, 49_881, 49_881])
    expect(mean(train.labels.income).toFixed(4)).toBe('0.0621')
    expect(mean(train.labels.neverMarried).toFixed(4)).toBe('0.4335')
    expect(mean(validation.labels.income) + mean(test.labels.income)).toBeCloseTo((2 * 6186) / 99_762, 6)
    expect(features.length).toBe(31)
  })
})

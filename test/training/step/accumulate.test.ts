/** A step over several batches is the step over all their rows at once, but for what dropout drops. */
import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../../src/data/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { saveState } from '../../../src/models/index.ts'
import type { PLEOptions, State } from '../../../src/models/index.ts'
import { fit, pcGrad, sgd } from '../../../src/training/index.ts'
import type { FitOptions, Progress } from '../../../src/training/index.ts'
import { feed } from '../../models/feed.ts'
import { smallPLE } from '../strategies/models.ts'

/** Rows with a label for every task: a mean of means is the mean only where all batches have as many. */
const data: Dataset = (() => {
  const given = feed(22)
  const labelled = (values: Float32Array): Float32Array =>
    values.map((value, row) => (Number.isNaN(value) ? row % 2 : value))
  const labels = Object.fromEntries(Object.entries(given.labels).map(([task, values]) => [task, labelled(values)]))
  return { ...given, labels }
})()

async function trained(options: Partial<FitOptions>, model: Partial<PLEOptions> = {}) {
  const fresh = smallPLE({ backend: cpu64, ...model })
  const told: Progress[] = []
  const onBatch = (progress: Progress): void => void told.push(progress)
  const optimizer = sgd({ learningRate: 0.1 })
  const history = await fit(fresh, { data, epochs: 2, optimizer, onBatch, ...options })
  return { state: saveState(fresh), told, history, optimizer }
}
const apart = (a: State, b: State): number =>
  Math.max(...Object.keys(a).flatMap((path) => Array.from(a[path], (value, at) => Math.abs(value - b[path][at]))))

describe('batches that make one step', () => {
  it.each<readonly [string, Partial<FitOptions>]>([
    ['as they are', {}],
    ['with clipped gradients', { clipNorm: 0.01 }],
    ['op by op', { compiled: false }],
  ])('are one batch of their rows, short last steps included, %s', async (_, options) => {
    const parts = await trained({ batchSize: 4, accumulate: 2, ...options })
    const whole = await trained({ batchSize: 8, ...options })
    expect(apart(parts.state, whole.state)).toBeLessThan(1e-12)
    expect(apart(parts.state, saveState(smallPLE({ backend: cpu64 })))).toBeGreaterThan(1e-3)
    expect([parts.history.steps, parts.optimizer.steps]).toEqual([6, 6])
    parts.told.forEach(({ losses }, step) => {
      for (const [task, loss] of Object.entries(losses)) expect(loss).toBeCloseTo(whole.told[step].losses[task], 12)
    })
  })

  it('each drop other values', async () => {
    const twice = feed(22).select([0, 2, 3, 4, 0, 2, 3, 4])
    const options = { data: twice, batchSize: 4, shuffle: false, epochs: 1 }
    const seen = await trained({ ...options, accumulate: 2 }, { dnnDropout: 0.5 })
    const alone = await trained(options, { dnnDropout: 0.5 })
    // If both batches of the first step dropped the same, its loss would be that of either alone.
    expect(seen.told[0].losses.click_buy_price).not.toBeCloseTo(alone.told[0].losses.click_buy_price, 6)
  })

  it('go through strategies of gradients one by one, and tell their mean weights', async () => {
    const { told, state } = await trained({ batchSize: 4, accumulate: 3, strategy: pcGrad() })
    for (const { weights } of told) expect(Object.keys(weights)).toHaveLength(3)
    for (const values of Object.values(state)) expect(Array.from(values).every(Number.isFinite)).toBe(true)
  })
})

/** What holds for every strategy: one line in fit, compiled as eager, its weights told, a short last batch. */
import { describe, expect, it } from 'vitest'
import { cpu, wasm } from '../../../src/kernels/index.ts'
import { saveState } from '../../../src/models/index.ts'
import type { State } from '../../../src/models/index.ts'
import {
  caGrad,
  decayingWeights,
  dwa,
  fit,
  fixedWeights,
  gradNorm,
  pcGrad,
  sgd,
  uncertainty,
} from '../../../src/training/index.ts'
import type { FitOptions, Progress, Strategy } from '../../../src/training/index.ts'
import type { TaskType } from '../../../src/models/index.ts'
import { FEATURES, KINDS, TASKS, TYPES, feed } from '../../models/feed.ts'
import { smallPLE } from './models.ts'

const STRATEGIES: Readonly<Record<string, () => Strategy>> = {
  'fixed weights': () => fixedWeights({ click: 2 }),
  'decaying weights': () => decayingWeights({ ratio: { click: 0.5 } }),
  uncertainty: () => uncertainty(),
  DWA: () => dwa(),
  GradNorm: () => gradNorm(),
  PCGrad: () => pcGrad(),
  CAGrad: () => caGrad(),
}

const EPOCHS = 4

/** Five steps of an epoch, the last of two rows. */
async function trained(strategy: Strategy, options: Partial<FitOptions>, taskTypes: readonly TaskType[] = TYPES) {
  const data = feed(22, 1, FEATURES, taskTypes)
  const model = smallPLE({ taskTypes })
  const told: Progress[] = []
  // Plain steps: what rounding makes of a gradient of nearly 0 is not made a whole step of.
  const optimizer = sgd({ learningRate: 0.05 })
  const onBatch = (progress: Progress): void => void told.push(progress)
  const history = await fit(model, { data, epochs: EPOCHS, batchSize: 5, optimizer, strategy, onBatch, ...options })
  return { state: saveState(model), told, history }
}

/** The largest difference of two states. */
const apart = (a: State, b: State): number =>
  Math.max(...Object.keys(a).flatMap((path) => Array.from(a[path], (value, at) => Math.abs(value - b[path][at]))))

describe.each(Object.entries(STRATEGIES))('%s', (name, make) => {
  it.each([
    ['binary tasks and a regression', TYPES],
    ['classes, labels and counts', KINDS],
  ])('of %s compiled is what it is op by op, on cpu and on WASM, over 20 steps with short ones', async (_, types) => {
    const eager = await trained(make(), { compiled: false }, types)
    expect(eager.told).toHaveLength(20)
    const cases: readonly (readonly [Partial<FitOptions>, number])[] = [
      [{ backend: cpu }, 0],
      [{ backend: wasm() }, 1e-5],
    ]
    for (const [options, tolerance] of cases) {
      const compiled = await trained(make(), options, types)
      expect(apart(eager.state, compiled.state)).toBeLessThanOrEqual(tolerance)
      compiled.told.forEach(({ weights }, step) => {
        for (const task of TASKS) {
          const error = Math.abs(weights[task] - eager.told[step].weights[task])
          expect(error).toBeLessThanOrEqual(100 * tolerance * Math.abs(weights[task]))
        }
      })
    }
    expect(eager.history.strategy).toBe(name)
    for (const { weights } of eager.told) {
      expect(Object.keys(weights)).toEqual(TASKS)
      for (const weight of Object.values(weights)) expect(weight).toSatisfy(Number.isFinite)
    }
    const means = (task: string): number =>
      eager.told.slice(-5).reduce((sum, { weights }) => sum + weights[task], 0) / 5
    for (const task of TASKS) expect(eager.history.epochs[EPOCHS - 1].weights[task]).toBeCloseTo(means(task), 9)
  })
})

describe('strategies', () => {
  it('train differently, one from the other', async () => {
    const states = await Promise.all(
      Object.values(STRATEGIES).map(async (make) => (await trained(make(), { compiled: false })).state),
    )
    states.forEach((state, at) => {
      for (const other of states.slice(at + 1)) expect(apart(state, other)).toBeGreaterThan(0)
    })
  })
})

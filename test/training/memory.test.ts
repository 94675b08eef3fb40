/** Training keeps nothing of a step but what it has learned: after collection, memory is level. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { PLE } from '../../src/models/index.ts'
import { adam, fit } from '../../src/training/index.ts'
import { FEATURES, feed } from '../models/feed.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes alive on the heap, and in typed arrays beside it, once garbage is gone. */
function alive(): number {
  for (let round = 0; round < 3; round++) collect()
  const { used_heap_size: heap, external_memory: beside } = getHeapStatistics()
  return heap + beside
}

/** The engine itself still compiles and optimises code meanwhile; one number kept per step and tensor would be more. */
const TOLERANCE = 400 * 1024

it('memory is level after a thousand steps more, within 400 kilobytes', async () => {
  // A sparse, a var-len and a dense feature: tables of both kinds, and gradients of both.
  const features = FEATURES.slice(0, 3)
  const model = new PLE({
    features,
    taskNames: ['click', 'click_buy'],
    taskTypes: ['binary', 'binary'],
    numLevels: 1,
    expertDnnHiddenUnits: [4],
    towerDnnHiddenUnits: [],
    dnnUseBn: true,
    dnnDropout: 0.1,
  })
  const levels: number[] = []
  await fit(model, {
    data: feed(400, 1, features),
    batchSize: 4,
    epochs: 18,
    optimizer: adam(),
    clipNorm: 1,
    onBatch: ({ step }) => {
      if (step === 800 || step === 1800) levels.push(alive())
    },
  })
  expect(levels).toHaveLength(2)
  expect(levels[1] - levels[0]).toBeLessThan(TOLERANCE)
})

/** Training keeps nothing of a step but what it has learned: after collection, memory is level. */
import { getHeapStatistics } from 'node:v8'
import { expect, it } from 'vitest'
import { PLE } from '../../../src/models/index.ts'
import { adam, fit } from '../../../src/training/index.ts'
import { collect } from '../../heapBytes.ts'
import { FEATURES, feed } from '../../models/feed.ts'

/** Bytes alive on the heap, and in typed arrays beside it, once garbage is gone. */
function alive(): number {
  collect()
  const { used_heap_size: heap, external_memory: beside } = getHeapStatistics()
  return heap + beside
}

/** One number kept per step and tensor would be more, every thousand steps. The engine's own code grows now and then. */
const TOLERANCE = 400 * 1024

it('memory is level over one of two thousands of steps more, within 400 kilobytes', async () => {
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
    epochs: 28,
    optimizer: adam(),
    clipNorm: 1,
    onBatch: ({ step }) => {
      if (step === 800 || step === 1800 || step === 2800) levels.push(alive())
    },
  })
  expect(levels).toHaveLength(3)
  expect(Math.min(levels[1] - levels[0], levels[2] - levels[1])).toBeLessThan(TOLERANCE)
})

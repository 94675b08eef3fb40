/** What competes: a zoo of the widths of one model, in which that model stands as it is. */
import { describe, expect, it } from 'vitest'
import { HOUSE, NAMES, buildsOf, zooOf } from '../../../cli/compare/models.ts'
import { MODELS } from '../../../cli/config/schema.ts'
import { countParameters, sparseFeature } from '../../../src/index.ts'

const modelsOf = (own: Parameters<typeof zooOf>[0], tasks = 2) =>
  Object.fromEntries(Object.entries(zooOf(own, tasks)).map(([name, { model }]) => [name, model]))

describe('a zoo', () => {
  it('has a name for every kind of model that plegrad.json knows', () => {
    expect(Object.keys(NAMES).sort()).toEqual(MODELS.map(({ properties }) => properties!.kind.const).sort())
  })

  it('is as wide as the one model, wherever its options have a place', () => {
    const own = {
      kind: 'PLE',
      expertDnnHiddenUnits: [24, 12],
      towerDnnHiddenUnits: [6],
      numLevels: 3,
      dnnDropout: 0.1,
      seed: 7,
    }
    const shared = { towerDnnHiddenUnits: [6], dnnDropout: 0.1 }
    expect(modelsOf(own, 3)).toEqual({
      'single-task': { kind: 'SingleTask', bottomDnnHiddenUnits: [24, 12], ...shared },
      'shared-bottom': { kind: 'SharedBottom', bottomDnnHiddenUnits: [48, 24, 12], ...shared },
      mmoe: { kind: 'mmoe', expertDnnHiddenUnits: [24, 12], numExperts: 4, ...shared },
      'ml-mmoe': { kind: 'mlMmoe', expertDnnHiddenUnits: [24, 12], numExperts: 4, numLevels: 3, ...shared },
      cgc: { kind: 'cgc', expertDnnHiddenUnits: [24, 12], ...shared },
      ple: { kind: 'PLE', expertDnnHiddenUnits: [24, 12], numLevels: 3, ...shared },
      esmm: { kind: 'ESMM', ...shared, towerDnnHiddenUnits: [24, 12, 6] },
      'wide-deep': { kind: 'WideDeep', bottomDnnHiddenUnits: [24, 12], ...shared },
    })
  })

  it('leaves what the one model does not say to the library, and takes its default where others need one', () => {
    const { ple, 'single-task': single } = modelsOf({ kind: 'PLE' })
    expect(ple).toEqual({ kind: 'PLE' })
    expect(single).toEqual({ kind: 'SingleTask', bottomDnnHiddenUnits: [256] })
    expect(modelsOf({ kind: 'SharedBottom', bottomDnnHiddenUnits: [9] }).mmoe.expertDnnHiddenUnits).toEqual([9])
  })

  it('is made at the widths of the reference figures', () => {
    const features = [sparseFeature('user', { vocabularySize: 10, dimension: 4 })]
    const builds = buildsOf(HOUSE, 2)
    const numbers = Object.fromEntries(
      ['single-task', 'shared-bottom', 'mmoe', 'cgc', 'ple'].map((name) => [
        name,
        countParameters(builds[name](features, { one: 'binary', two: 'regression' }, 1)),
      ]),
    )
    const [embedding, towers] = [40, 2 * (64 * 32 + 32 + 32 + 1)]
    const expert = 4 * 64 + 64
    expect(numbers).toEqual({
      'single-task': 2 * (embedding + expert) + towers,
      'shared-bottom': embedding + (4 * 128 + 128) + (128 * 64 + 64) + towers,
      mmoe: embedding + 3 * expert + 2 * 3 * 4 + towers,
      cgc: embedding + 3 * expert + 2 * 2 * 4 + towers,
      ple: embedding + 3 * expert + (2 + 2 + 3) * 4 + 3 * (64 * 64 + 64) + 2 * 2 * 64 + towers,
    })
  })
})

/** Who hears whom: gates, the groups they hear, and what a level makes of signals. Numbers are the laws' business. */
import { describe, expect, it } from 'vitest'
import { cpu64 } from '../../src/kernels/index.ts'
import {
  Expert,
  Extraction,
  Gate,
  INFERENCE,
  PLE,
  SHARED,
  Tower,
  audible,
  mlMmoe,
  parameters,
} from '../../src/models/index.ts'
import type { ExtractionOptions } from '../../src/models/index.ts'
import { stream, tensor } from '../../src/tensor/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { FEATURES, TASKS, TYPES } from './feed.ts'

const signal = (width: number, rows = 4): Tensor =>
  tensor(
    Float64Array.from({ length: rows * width }, (_, at) => 30 * stream(11).normal(at)),
    [rows, width],
    cpu64,
  )

describe('audible', () => {
  it('is, to a task, its own group and the shared one', () => {
    expect(audible('click', ['click', 'click_buy', SHARED])).toEqual(['click', SHARED])
    expect(audible('click_buy', ['click', 'click_buy', SHARED])).toEqual(['click_buy', SHARED])
  })

  it('is, to the shared gate, everyone in order', () => {
    expect(audible(SHARED, ['click', 'click_buy', SHARED])).toEqual(['click', 'click_buy', SHARED])
  })
})

describe('a gate', () => {
  it.each([
    ['of one expert', 1, []],
    ['of many', 9, []],
    ['with a network in front', 4, [3, 2]],
  ])('%s gives weights that add up to 1 in each row', (_, experts, units) => {
    const gate = new Gate(5, experts, units, stream(11), { activation: 'relu', backend: cpu64 })
    const weights = gate.forward(signal(5), INFERENCE)
    expect(weights.shape).toEqual([4, experts])
    for (let row = 0; row < 4; row++) {
      const values = [...weights.values.subarray(row * experts, (row + 1) * experts)]
      expect(values.every((value) => value >= 0)).toBe(true)
      expect(values.reduce((total, value) => total + value)).toBeCloseTo(1, 14)
    }
  })

  it('has no bias, l2 or dropout in front of its softmax, but all of them in its network', () => {
    const dense = { activation: 'relu', l2: 0.1, dropout: 0.5, batchNorm: true, backend: cpu64 } as const
    const { layers, output } = new Gate(5, 3, [4], stream(11), dense)
    expect(output.bias).toBeUndefined()
    expect(output.batchNorm).toBeUndefined()
    expect([output.weight.l2, output.dropout]).toEqual([0, 0])
    expect([layers[0].weight.l2, layers[0].dropout]).toEqual([0.1, 0.5])
    expect(layers[0].batchNorm).toBeDefined()
  })
})

describe('a tower', () => {
  it('ends in one unit without bias, and a bias that stands apart', () => {
    const tower = new Tower(3, [4, 2], stream(11), { activation: 'tanh', l2: 0.1, backend: cpu64 })
    expect(Object.entries(parameters(tower)).map(([path, { shape, l2 }]) => [path, shape, l2])).toEqual([
      ['layers.0.weight', [3, 4], 0.1],
      ['layers.0.bias', [4], 0],
      ['layers.1.weight', [4, 2], 0.1],
      ['layers.1.bias', [2], 0],
      ['output.weight', [2, 1], 0],
      ['bias', [1], 0],
    ])
    const before = tower.forward(signal(3), INFERENCE)
    expect(before.shape).toEqual([4])
    tower.bias.assign([2])
    const after = tower.forward(signal(3), INFERENCE)
    after.values.forEach((value, row) => expect(value).toBeCloseTo(before.values[row] + 2, 12))
  })

  it('without hidden layers is linear', () => {
    const tower = new Tower(2, [], stream(11), { activation: 'relu', backend: cpu64 })
    tower.output.weight.assign([3, -1])
    tower.bias.assign([0.5])
    expect([
      ...tower.forward(
        tensor(
          [
            [1, 2],
            [-4, 1],
          ],
          undefined,
          cpu64,
        ),
        INFERENCE,
      ).values,
    ]).toEqual([1.5, -12.5])
  })
})

describe('an expert', () => {
  it('is refused without a layer', () => {
    expect(() => new Expert(3, [], stream(11), {})).toThrow(
      new RangeError(
        'Expert: expected units to be a list of at least 1, each to be an integer of at least 1 but got a list of 0',
      ),
    )
  })
})

describe('a level', () => {
  const options: ExtractionOptions = {
    expertNums: { click: 2, click_buy: 1, [SHARED]: 2 },
    listeners: ['click', 'click_buy', SHARED],
    expertUnits: [3],
    gateUnits: [],
    dense: { activation: 'tanh', backend: cpu64 },
  }

  it('names what each gate hears in the order of its weights', () => {
    const level = new Extraction(5, options, stream(11))
    expect(level.voices('click')).toEqual(['click.0', 'click.1', 'shared.0', 'shared.1'])
    expect(level.voices('click_buy')).toEqual(['click_buy.0', 'shared.0', 'shared.1'])
    expect(level.voices(SHARED)).toEqual(['click.0', 'click.1', 'click_buy.0', 'shared.0', 'shared.1'])
  })

  it('gives each listener a mixture, and tells the weights it came by', () => {
    const level = new Extraction(5, options, stream(11))
    const { signals, weights } = level.forward(
      { click: signal(5), click_buy: signal(5), [SHARED]: signal(5) },
      INFERENCE,
    )
    expect(Object.keys(signals)).toEqual(options.listeners)
    for (const listener of options.listeners) {
      expect(signals[listener].shape).toEqual([4, 3])
      expect(weights[listener].shape).toEqual([4, level.voices(listener).length])
    }
  })

  it.each([
    ['one gate all on one of its own experts gives what that expert says', 'click', 'click.1'],
    ['one gate all on a shared expert gives what that expert says', 'click_buy', 'shared.0'],
    ['the shared gate all on a task expert gives what that expert says', SHARED, 'click_buy.0'],
  ])('%s', (_, listener, voice) => {
    const level = new Extraction(5, options, stream(11))
    const x = { click: signal(5), click_buy: signal(5, 4), [SHARED]: signal(5) }
    const { weight } = level.gates[listener].output
    const at = level.voices(listener).indexOf(voice)
    const experts = weight.shape[1]
    // Logits of 1000·x₀² would need another layer: rows with positive x₀ are enough to look at.
    weight.assign(weight.values.map((__, index) => (index < experts && index === at ? 1000 : 0)))
    const { signals } = level.forward(x, INFERENCE)
    const [group, index] = voice.split('.')
    const spoken = level.experts[group][Number(index)].forward(x[group as keyof typeof x], INFERENCE)
    const rows = [0, 1, 2, 3].filter((row) => x.click.values[row * 5] > 0.1)
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows)
      expect([...signals[listener].values.subarray(row * 3, row * 3 + 3)]).toEqual([
        ...spoken.values.subarray(row * 3, row * 3 + 3),
      ])
  })

  it.each([
    ['a task', { click: 0, click_buy: 1, [SHARED]: 0 }, 'click'],
    ['the shared gate', { click: 0, click_buy: 0, [SHARED]: 0 }, SHARED],
  ])('is refused where %s would hear nobody', (_, expertNums, listener) => {
    expect(() => new Extraction(5, { ...options, expertNums, listeners: [listener] }, stream(11))).toThrow(
      new RangeError(`Extraction: expected an expert for ${listener} to hear but got none`),
    )
  })
})

describe('the gates of PLE', () => {
  const gatesOf = (options: object): string[][] => {
    const model = new PLE({ features: FEATURES, taskNames: TASKS, taskTypes: TYPES, ...options })
    return model.levels.map(({ gates }) => Object.keys(gates))
  }

  it('are one per task, and a shared one below the last level', () => {
    expect(gatesOf({ numLevels: 3 })).toEqual([[...TASKS, SHARED], [...TASKS, SHARED], [...TASKS]])
  })

  it('have no shared one where no expert is shared', () => {
    expect(gatesOf({ numLevels: 2, sharedExpertNum: 0 })).toEqual([[...TASKS], [...TASKS]])
  })

  it('are among shared experts only in multi-level MMoE', () => {
    const model = mlMmoe({ features: FEATURES, taskNames: TASKS, taskTypes: TYPES, numLevels: 2, numExperts: 2 })
    for (const listener of [...TASKS, SHARED]) expect(model.voices(0, listener)).toEqual(['shared.0', 'shared.1'])
  })
})

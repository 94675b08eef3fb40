/** What a store of checkpoints keeps, what it passes over, and which trainings it refuses, by name and before anything changes. */
import { describe, expect, it } from 'vitest'
import { dataset, denseFeature, sparseFeature } from '../../../src/data/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { PLE, saveState } from '../../../src/models/index.ts'
import type { PLEOptions, State } from '../../../src/models/index.ts'
import { joined, readSafetensors, writeSafetensors } from '../../../src/safetensors/index.ts'
import {
  adam,
  checkpointStore,
  cosineDecay,
  dwa,
  fit,
  fixedWeights,
  focalLoss,
  memoryStore,
  parameterGroups,
  sgd,
} from '../../../src/training/index.ts'
import type { CheckpointFiles, CheckpointStore, FitOptions, History, Optimizer } from '../../../src/training/index.ts'

const features = [sparseFeature('user', { vocabularySize: 5, dimension: 2 }), denseFeature('age')]
const rowsOf = (rows: number, of = features, shift = 0) =>
  dataset({
    features: of,
    columns: {
      user: Int32Array.from({ length: rows }, (_, row) => row % 5),
      age: Float64Array.from({ length: rows }, (_, row) => Math.sin(row) + shift),
    },
    labels: {
      like: Float64Array.from({ length: rows }, (_, row) => row % 2),
      share: Float64Array.from({ length: rows }, (_, row) => Math.floor(row / 2) % 2),
    },
  })
const SCALED = [features[0], denseFeature('age', { scaling: { mean: [0] } })]
const data = rowsOf(20)
const validation = rowsOf(11)

const build = (options: Partial<PLEOptions> = {}): PLE =>
  new PLE({
    features,
    taskNames: ['like', 'share'],
    taskTypes: ['binary', 'binary'],
    numLevels: 1,
    expertDnnHiddenUnits: [3],
    towerDnnHiddenUnits: [],
    initStd: 0.1,
    ...options,
  })

/** Files in memory that anybody can look into. */
function filesIn(files: Map<string, Uint8Array>, more: Partial<CheckpointFiles> = {}): CheckpointFiles {
  return {
    list: async () => [...files.keys()],
    read: async (name) => files.get(name)!,
    write: async (name, parts) => void files.set(name, joined('test', parts)),
    remove: async (name) => void files.delete(name),
    ...more,
  }
}

const OPTIONS = { data, batchSize: 5, epochs: 2 } as const

/** Trains two epochs of four steps each, and keeps them. */
async function kept(options: Partial<FitOptions> = {}, of = build()) {
  const files = new Map<string, Uint8Array>()
  const store = checkpointStore(filesIn(files), { keep: 3 })
  const history = await fit(of, { ...OPTIONS, ...options, checkpoint: { store, ...options.checkpoint } })
  return { files, store, history, model: of }
}

describe('a store', () => {
  it('keeps the last few and the best, under names that say the step', async () => {
    const scores = [3, 1, 2, 0, 1]
    const files = new Map<string, Uint8Array>()
    const left: string[][] = []
    const store = checkpointStore(
      filesIn(files, {
        write: async (name, parts) => {
          left.push([...files.keys()])
          files.set(name, joined('test', parts))
        },
      }),
      { keep: 2 },
    )
    await fit(build(), {
      ...OPTIONS,
      epochs: 5,
      validation,
      score: () => scores.shift()!,
      checkpoint: { store, every: 2 },
    })
    expect([...files.keys()].sort()).toEqual([
      'checkpoint-0000000004-best.safetensors',
      'checkpoint-0000000018.safetensors',
      'checkpoint-0000000020.safetensors',
    ])
    // What is there when the next is written is never less.
    expect(left.slice(2).every((names) => names.length >= 2 && names.length <= 3)).toBe(true)
  })

  it('leaves other files alone', async () => {
    const files = new Map([
      ['notes.txt', new Uint8Array(3)],
      ['checkpoint-1.safetensors', new Uint8Array(3)],
    ])
    await fit(build(), { ...OPTIONS, checkpoint: { store: checkpointStore(filesIn(files), { keep: 1 }) } })
    expect([...files.keys()].sort()).toEqual([
      'checkpoint-0000000008.safetensors',
      'checkpoint-1.safetensors',
      'notes.txt',
    ])
  })

  it('that has none lets a training begin, and one that has some only go on', async () => {
    const { store, model } = await kept()
    const before = saveState(model)
    const fresh = fit(model, { ...OPTIONS, optimizer: adam(), checkpoint: { store } })
    await expect(fresh).rejects.toThrow(
      'fit: expected a store without checkpoints but got checkpoint-0000000008.safetensors: because a training that begins',
    )
    expect(saveState(model)).toEqual(before)
    const empty = memoryStore()
    const history = await fit(build(), { ...OPTIONS, checkpoint: { store: empty }, resume: empty })
    expect(history.resumed).toBeUndefined()
  })

  it('of a training that has ended gives its end, and more epochs if they are asked for', async () => {
    const { store, model, history } = await kept()
    const again = build()
    const told = await fit(again, { ...OPTIONS, resume: store })
    expect(saveState(again)).toEqual(saveState(model))
    expect(told).toEqual({
      ...history,
      resumed: { checkpoint: 'checkpoint-0000000008.safetensors', step: 8, passedOver: [] },
    })
    const longer = build()
    expect((await fit(longer, { ...OPTIONS, epochs: 3, resume: store })).epochs).toHaveLength(3)
    const whole = build()
    await fit(whole, { ...OPTIONS, epochs: 3 })
    expect(saveState(longer)).toEqual(saveState(whole))
  })

  it('of a training that has stopped early gives its end', async () => {
    const scores = [3, 1, 1, 9]
    const { store, history } = await kept({ validation, patience: 2, epochs: 9, score: () => scores.shift()! })
    expect(history.stopped).toBe('early')
    const told = await fit(build(), { ...OPTIONS, validation, patience: 2, epochs: 9, score: () => 9, resume: store })
    expect([told.stopped, told.epochs.length, told.best]).toEqual(['early', 3, 1])
  })
})

describe('a checkpoint that is damaged', () => {
  const NEWEST = 'checkpoint-0000000008.safetensors'
  const flip = (at: (length: number) => number) => (bytes: Uint8Array) => {
    const changed = bytes.slice()
    changed[at(bytes.length)] ^= 4
    return changed
  }
  it.each<readonly [string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ['cut short', (bytes) => bytes.slice(0, -9), /bytes behind the header/],
    ['empty', () => new Uint8Array(), /expected a safetensors file but got 0 bytes/],
    ['a bit of a number', flip((length) => length - 7), /its checksum differs/],
    [
      'something else',
      () => writeSafetensors({}, { format: 'pt' }),
      /expected a format of 'plegrad checkpoint' but got 'pt'/,
    ],
    [
      'a count in its facts',
      (bytes) => {
        const { tensors, metadata } = readSafetensors(bytes)
        return writeSafetensors(tensors, { ...metadata, facts: metadata.facts.replace('"steps":8', '"steps":9') })
      },
      /its checksum differs/,
    ],
  ])('is passed over for the one before, which is told: %s', async (_, damage, message) => {
    const { files, store, model } = await kept()
    files.set(NEWEST, damage(files.get(NEWEST)!))
    const again = build()
    const history = await fit(again, { ...OPTIONS, checkpoint: { store }, resume: store })
    expect(history.resumed).toMatchObject({ checkpoint: 'checkpoint-0000000004.safetensors', step: 4 })
    expect(history.resumed?.passedOver).toHaveLength(1)
    expect(history.resumed?.passedOver[0]).toMatch(message)
    expect(history.resumed?.passedOver[0]).toMatch(/^checkpoint-0000000008\.safetensors: /)
    expect(saveState(again)).toEqual(saveState(model))
    // It was written again.
    expect((await fit(build(), { ...OPTIONS, resume: store })).resumed?.checkpoint).toBe(NEWEST)
  })

  it('like all others ends in an error that says so, and changes nothing', async () => {
    const { files, store } = await kept()
    for (const name of files.keys()) files.set(name, new Uint8Array(5))
    const model = build()
    const before = saveState(model)
    await expect(fit(model, { ...OPTIONS, resume: store })).rejects.toThrow(
      /^fit: expected a checkpoint that is whole but got 2 that are not: because checkpoint-0000000008\.safetensors: expected/,
    )
    expect(saveState(model)).toEqual(before)
  })

  it('and newer than the one that a training goes on from is gone once there is another', async () => {
    const { files, store } = await kept()
    files.set('checkpoint-0000000099.safetensors', new Uint8Array(5))
    await fit(build(), { ...OPTIONS, epochs: 3, checkpoint: { store }, resume: store })
    expect([...files.keys()].sort()[2]).toBe('checkpoint-0000000012.safetensors')
  })
})

describe('a training that is another than the one that was kept', () => {
  const other = (options: Partial<FitOptions>, model: Partial<PLEOptions> = {}, before: Partial<FitOptions> = {}) =>
    ({ options, model, before }) as const
  const grouped = (): Optimizer =>
    parameterGroups(build(), [{ paths: /^embedding/, optimizer: sgd() }, { optimizer: adam() }])
  it.each<readonly [string, ReturnType<typeof other>, string]>([
    [
      'another batch size',
      other({ batchSize: 4 }),
      'expected batchSize of 5, as in the checkpoint, but got 4: because',
    ],
    ['another seed', other({ seed: 3 }), 'expected seed of 1024, as in the checkpoint, but got 3'],
    ['no shuffling', other({ shuffle: false }), 'expected shuffle of true'],
    ['accumulation', other({ accumulate: 2 }), 'expected accumulate of 1'],
    ['clipping', other({ clipNorm: 1 }), 'expected clipNorm of Infinity'],
    ['other rows', other({ data: rowsOf(21) }), 'expected data.rows of 20, as in the checkpoint, but got 21'],
    ['another column', other({ data: rowsOf(20, features, 1) }), 'expected data.numbers.age of '],
    ['other validation', other({ validation: rowsOf(9) }, {}, { validation }), 'expected validation.rows of 11'],
    ['no validation', other({}, {}, { validation }), 'but got none: because'],
    ['other weights of tasks', other({ taskWeights: { like: 2 } }), 'expected strategy.like of none'],
    ['another loss', other({ losses: { like: focalLoss() } }), 'expected losses.like of none'],
    [
      'a loss of another slope',
      other({ losses: { like: focalLoss({ gamma: 1 }) } }, {}, { losses: { like: 'focal' } }),
      'expected losses.like of a list of 6',
    ],
    [
      'another optimizer',
      other({ optimizer: sgd() }),
      "expected optimizer.name of 'adam', as in the checkpoint, but got 'sgd'",
    ],
    ['another rate', other({ optimizer: adam({ learningRate: 0.01 }) }), 'expected optimizer.learningRate of 0.001'],
    [
      'another schedule',
      other(
        { optimizer: adam({ learningRate: cosineDecay(0.1, { steps: 9 }) }) },
        {},
        { optimizer: adam({ learningRate: cosineDecay(0.1, { steps: 8 }) }) },
      ),
      'expected optimizer.learningRate of a list of 22',
    ],
    [
      'another strategy',
      other({ strategy: dwa() }),
      "expected strategy.name of 'fixed weights', as in the checkpoint, but got 'DWA'",
    ],
    ['other metrics', other({ metrics: { like: ['logLoss'] } }), 'expected metrics.like of none'],
    ['another average', other({ emaDecay: 0.9 }, {}, { emaDecay: 0.8 }), 'expected averages.decay of 0.8'],
    ['dropout', other({}, { dnnDropout: 0.5 }), 'expected model.dnnDropout of none, as in the checkpoint, but got 0.5'],
    ['other layers', other({}, { expertDnnHiddenUnits: [4] }), 'expected model.expertDnnHiddenUnits of a list of 1'],
    [
      'another dtype',
      other({}, { backend: cpu64 }),
      "expected dtype of 'float32', as in the checkpoint, but got 'float64'",
    ],
    [
      'another scaling of a feature',
      other({ data: rowsOf(20, SCALED) }, { features: SCALED }),
      'expected features.age of ',
    ],
    [
      'another feature',
      other({}, { features: [features[0], denseFeature('age', { transform: Math.sqrt })] }),
      'expected features.age of ',
    ],
  ])('is refused by name: %s', async (_, { options, model, before }, message) => {
    const { store } = await kept(before)
    const next = build(model)
    const state = saveState(next)
    const optimizer = options.optimizer ?? adam()
    const attempt = fit(next, { ...OPTIONS, optimizer, ...options, resume: store })
    await expect(attempt).rejects.toThrow(RangeError)
    await expect(attempt).rejects.toThrow(message)
    expect(saveState(next)).toEqual(state)
    expect((optimizer as Optimizer).steps).toBe(0)
  })

  it('is the same under other words', async () => {
    const { store } = await kept({ optimizer: 'adam' })
    const options = { ...OPTIONS, shuffle: true, seed: 1024, optimizer: adam(), strategy: fixedWeights() }
    expect((await fit(build(), { ...options, resume: store })).resumed?.step).toBe(8)
  })

  it('is refused where something keeps what it remembers to itself', async () => {
    const { saveState: _, restoreState: __, ...closed } = adam()
    const store = memoryStore()
    await expect(fit(build(), { ...OPTIONS, optimizer: closed, checkpoint: { store } })).rejects.toThrow(
      "fit: expected optimizer with saveState and restoreState but got 'adam' without: because what it remembers would be lost",
    )
    expect(grouped().saveState).toBeTypeOf('function')
    expect(parameterGroups(build(), [{ optimizer: closed }]).saveState).toBeUndefined()
  })
})

describe('a checkpoint that cannot be written', () => {
  const full = (): CheckpointStore =>
    checkpointStore(filesIn(new Map(), { write: () => Promise.reject(new Error('no space left')) }))

  it('stops the training with its error', async () => {
    await expect(fit(build(), { ...OPTIONS, checkpoint: { store: full() } })).rejects.toThrow('no space left')
  })

  it('is told, and training goes on, where that is asked for', async () => {
    const model = build()
    const errors: unknown[] = []
    const history = await fit(model, {
      ...OPTIONS,
      checkpoint: { store: full(), every: 2, onError: (error) => errors.push(error) },
    })
    expect(errors.map(String)).toEqual(Array.from({ length: 4 }, () => 'Error: no space left'))
    const alone = build()
    expect(untimed(await fit(alone, OPTIONS))).toEqual(untimed(history))
    expect(saveState(alone)).toEqual(saveState(model))
  })
})

const untimed = (history: History): readonly State[] => history.epochs.map(({ losses }) => losses as never)

describe('options', () => {
  it.each([
    [{ checkpoint: 'runs' }, "fit: expected checkpoint to be an object of a store but got 'runs'"],
    [{ checkpoint: { store: 'runs' } }, "fit, checkpoint: expected store to be a store of checkpoints but got 'runs'"],
    [
      { checkpoint: { store: memoryStore(), every: 0 } },
      'fit, checkpoint: expected every to be an integer of at least 1 but got 0',
    ],
    [{ checkpoint: { store: memoryStore(), evry: 1 } }, "but got 'evry', did you mean 'every'?"],
    [{ resume: {} }, 'fit: expected resume to be a store of checkpoints but got'],
  ])('are refused: %#', async (options, message) => {
    await expect(fit(build(), { ...OPTIONS, ...options } as unknown as FitOptions)).rejects.toThrow(message)
  })

  it.each([
    [() => checkpointStore({} as CheckpointFiles), 'checkpointStore: expected files to be files but got'],
    [() => memoryStore({ keep: 0 }), 'checkpointStore: expected keep to be an integer of at least 1 but got 0'],
  ])('of a store are refused', (make, message) => {
    expect(make).toThrow(message)
  })
})

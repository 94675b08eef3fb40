/** Streamed data train, score and go on as the same rows in memory do, and never hold more than they were told. */
import { describe, expect, it } from 'vitest'
import { dataset, datasetOf, sparseFeature } from '../../../src/data/index.ts'
import type { DataParts, Dataset } from '../../../src/data/index.ts'
import { PLE, nameOf, saveState } from '../../../src/models/index.ts'
import type { TaskType } from '../../../src/models/index.ts'
import { inParts, predictBatches, streamed } from '../../../src/streams.ts'
import {
  adam,
  dwa,
  evaluate,
  fit,
  fitAlternating,
  memoryStore,
  pcGrad,
  predict,
  startAtBaseRates,
  uncertainty,
} from '../../../src/training/index.ts'
import type { CheckpointStore, EpochRecord, FitOptions, History, Strategy } from '../../../src/training/index.ts'
import { windowsOf } from '../../../src/training/streams/plan.ts'
import { FEATURES, KINDS, TASKS, TYPES, feed } from '../../models/feed.ts'

const features = FEATURES.filter(({ name }) => ['age', 'user', 'tags'].includes(name))
const modelOf = (types: readonly TaskType[] = TYPES): PLE =>
  new PLE({
    features,
    taskNames: TASKS,
    taskTypes: types,
    expertDnnHiddenUnits: [4],
    towerDnnHiddenUnits: [4],
    dnnDropout: 0.1,
  })

const rows = (data: Dataset, from: number, to: number): Dataset =>
  data.select(Array.from({ length: to - from }, (_, at) => from + at))
const weighted = (data: Dataset): Dataset =>
  datasetOf({
    ...data,
    sampleWeights: { click: data.labels.click.map((label, row) => (Number.isNaN(label) ? 0 : 1 + (row % 3))) },
  })
const untimed = (history: History) => ({
  ...history,
  epochs: history.epochs.map(({ seconds: _, waiting: __, ...rest }: EpochRecord) => rest),
})
const bitsOf = (model: PLE) =>
  Object.fromEntries(Object.entries(saveState(model)).map(([path, values]) => [path, [...values]]))

const STRATEGIES: Readonly<Record<string, () => Strategy>> = { uncertainty: () => uncertainty(), dwa, pcGrad }
const [classes, labels, counts] = KINDS
const OF_TYPES: readonly (readonly TaskType[])[] = [
  TYPES,
  ['binary', classes, counts],
  ['binary', labels, 'regression'],
]

const settings = (): Partial<FitOptions> => ({ batchSize: 16, epochs: 3, optimizer: adam({ learningRate: 0.01 }) })

describe('with a buffer of all rows', () => {
  for (const types of OF_TYPES)
    for (const [name, strategy] of Object.entries(STRATEGIES))
      it(`fit gives the bits of data in memory: ${types.map((type) => nameOf(type)).join(', ')} by ${name}`, async () => {
        const all = weighted(feed(150, 1, features, types))
        const [data, validation] = [rows(all, 0, 110), rows(all, 110, 150)]
        const run = async (stream: boolean) => {
          const model = modelOf(types)
          const sets = stream
            ? {
                data: await streamed(inParts(data, 17), { buffer: 110 }),
                validation: await streamed(inParts(validation, 9)),
              }
            : { data, validation }
          const history = await fit(model, { ...settings(), ...sets, strategy: strategy(), patience: 2 })
          return { history: untimed(history), bits: bitsOf(model) }
        }
        expect(await run(true)).toEqual(await run(false))
      })

  it('each part is read once, whatever the epochs', async () => {
    const parts = inParts(feed(60, 1, features), 25)
    const read: number[] = []
    const data = await streamed({
      ...parts,
      read: (part) => {
        read.push(part)
        return parts.read(part)
      },
    })
    await fit(modelOf(), { ...settings(), data })
    expect(read).toEqual([0, 1, 2])
  })

  it('fitAlternating gives the bits of data in memory', async () => {
    const [first, second] = [feed(70, 1, features), feed(50, 2, features)]
    const run = async (stream: boolean) => {
      const model = modelOf()
      const of = async (data: Dataset) => (stream ? streamed(inParts(data, 13)) : data)
      const history = await fitAlternating(model, {
        turns: {
          one: { data: await of(first), tasks: ['click'], batchSize: 16, validation: await of(second) },
          two: { data: await of(second), tasks: ['click_buy', 'click_buy_price'], batchSize: 8 },
        },
        epochs: 2,
      })
      return { history: untimed(history), bits: bitsOf(model) }
    }
    expect(await run(true)).toEqual(await run(false))
  })
})

describe('with a smaller buffer', () => {
  const all = feed(130, 1, features)
  const run = async (options: Partial<FitOptions> = {}, buffer = 48) => {
    const model = modelOf()
    const data = await streamed(inParts(all, 20), { buffer })
    return { history: await fit(model, { ...settings(), ...options, data }), bits: bitsOf(model) }
  }

  it('one seed gives the same bits, another seed and another buffer others', async () => {
    const { bits } = await run()
    expect((await run()).bits).toEqual(bits)
    expect((await run({ seed: 7 })).bits).not.toEqual(bits)
    expect((await run({}, 64)).bits).not.toEqual(bits)
  })

  it.each([0, 1, 2, 3])('every row comes once in round %i, whole steps in each window but the last', (round) => {
    const sizes = [20, 20, 7, 20, 20, 20, 20, 3]
    const options = { buffer: 50, stepRows: 16, shuffle: true, seed: 3 }
    const seen = new Set<string>()
    const windows = [...windowsOf(sizes, round, options)]
    for (const [place, window] of windows.entries()) {
      if (place < windows.length - 1) expect(window.rows).toBe(48)
      expect([...window.order!].sort((a, b) => a - b)).toEqual(Array.from({ length: window.rows }, (_, row) => row))
      for (const { part, from, to } of window.slices) for (let row = from; row < to; row++) seen.add(`${part} ${row}`)
    }
    expect(seen.size).toBe(130)
    expect(windows[0].slices).not.toEqual([...windowsOf(sizes, round + 1, options)][0].slices)
  })

  it('without shuffling steps take rows as they come', async () => {
    const memory = modelOf()
    await fit(memory, { ...settings(), data: all, shuffle: false })
    expect((await run({ shuffle: false })).bits).toEqual(bitsOf(memory))
  })

  it.each([1, 5, 9, 11])(
    'a training that was stopped after %i steps goes on, bit for bit, and skips what it had',
    async (stop) => {
      const store = memoryStore()
      const signal = { aborted: false }
      const first = await run({
        checkpoint: { store },
        signal,
        onBatch: ({ step }) => void (signal.aborted = step === stop),
      })
      expect(first.history.stopped).toBe('aborted')
      const second = await run({ resume: store })
      const whole = await run()
      expect(second.bits).toEqual(whole.bits)
      expect(untimed(second.history).epochs).toEqual(untimed(whole.history).epochs)
      await expect(run({ resume: store }, 64)).rejects.toThrow(
        /expected data\.buffer of 48, as in the checkpoint, but got 64/,
      )
    },
  )

  it('reads nothing beyond the last epoch', async () => {
    let read = 0
    const parts = inParts(all, 16)
    const data = await streamed({ ...parts, read: (part) => (read++, parts.read(part)) }, { buffer: 32 })
    await fit(modelOf(), { ...settings(), epochs: 1, data })
    expect(read).toBe(parts.sizes.length)
  })

  it('tells the share of time that steps waited', async () => {
    const slow = inParts(all, 20)
    const data = await streamed(
      { ...slow, read: (part) => new Promise((resolve) => setTimeout(resolve, 40)).then(() => slow.read(part)) },
      { buffer: 32 },
    )
    const { epochs } = await fit(modelOf(), { ...settings(), data })
    for (const { waiting } of epochs) expect(waiting).toBeGreaterThan(0.05)
    const memory = await fit(modelOf(), { ...settings(), data: all })
    expect(memory.epochs[0]).not.toHaveProperty('waiting')
  })
})

describe('scores of streamed data', () => {
  const all = weighted(feed(90, 3, features))
  it('are those of data in memory, bit for bit', async () => {
    const model = modelOf()
    const data = await streamed(inParts(all, 31))
    expect(await evaluate(model, data)).toEqual(evaluate(model, all))
    const users = [...all.ids.user]
    expect(await evaluate(model, data, { users, tasks: ['click'] })).toEqual(
      evaluate(model, all, { users, tasks: ['click'] }),
    )
  })

  it('are there part by part, too, in the order of the rows', async () => {
    const model = modelOf()
    startAtBaseRates(model, all)
    const expected = predict(model, all)
    const got: number[] = []
    for await (const { start, data, predictions } of predictBatches(model, await streamed(inParts(all, 31)))) {
      expect(start).toBe(got.length)
      expect(data.rows).toBe(predictions.click.length)
      got.push(...predictions.click)
    }
    expect(got).toEqual([...expected.click])
  })
})

describe('what is wrong with a part', () => {
  const all = feed(130, 1, features)
  const parts = inParts(all, 20)
  const failing = (read: DataParts['read']): DataParts => ({ ...parts, read })
  const broken = (message: string): DataParts =>
    failing((part) => (part === 5 ? Promise.reject(new Error(message)) : parts.read(part)))

  it('stops training by its own error, with a checkpoint of the step before it, from which training goes on', async () => {
    const store = memoryStore()
    const model = modelOf()
    const data = await streamed(broken('the file ends in the middle'), { buffer: 32 })
    const options = { ...settings(), shuffle: false, checkpoint: { store } }
    await expect(fit(model, { ...options, data })).rejects.toThrow('the file ends in the middle')
    const resumed = modelOf()
    const history = await fit(resumed, {
      ...settings(),
      shuffle: false,
      resume: store,
      data: await streamed(parts, { buffer: 32 }),
    })
    expect(history.resumed!.step).toBeGreaterThan(2)
    const whole = modelOf()
    await fit(whole, { ...settings(), shuffle: false, data: all })
    expect(bitsOf(resumed)).toEqual(bitsOf(whole))
  })

  it('is said in words: other rows than it said, other columns, labels that are none', async () => {
    await expect(streamed(failing(async () => all))).rejects.toThrow(
      'streamed: expected 20 rows in part 0 but got 130: because rows come or go while they are read',
    )
    const lacking = failing(async (part) => {
      const { labels, ...rest } = await parts.read(part)
      const { click_buy: _, ...others } = labels
      return { ...rest, labels: part === 5 ? others : labels }
    })
    await expect(fit(modelOf(), { ...settings(), data: await streamed(lacking) })).rejects.toThrow(
      "fit: expected labels of task 'click_buy' but got click, click_buy_price",
    )
    const odd = failing(async (part) => {
      const data = await parts.read(part)
      return part === 5 ? { ...data, labels: { ...data.labels, click: data.labels.click.fill(7) } } : data
    })
    await expect(fit(modelOf(), { ...settings(), data: await streamed(odd) })).rejects.toThrow(/of data$/)
    const weights = failing(async (part) => (part === 5 ? weighted(await parts.read(part)) : parts.read(part)))
    await expect(fit(modelOf(), { ...settings(), data: await streamed(weights) })).rejects.toThrow(
      'streamed: expected sampleWeights of nothing in every part but got click',
    )
  })

  it('is no parts at all', async () => {
    await expect(streamed({ sizes: [], read: parts.read })).rejects.toThrow('at least one part but got none')
    await expect(streamed({ sizes: [0], read: parts.read })).rejects.toThrow('the size of part 0')
    await expect(streamed(parts, { buffer: 0 })).rejects.toThrow('streamed: expected buffer')
    await expect(
      streamed(dataset({ features: [sparseFeature('a', { vocabularySize: 1 })], columns: { a: [0] } }) as never),
    ).rejects.toThrow('streamed: expected the first argument')
  })

  it('leaves a checkpoint, too, where the disk is full later: training stops by that error, and goes on from there', async () => {
    const inner = memoryStore()
    let full = false
    const store: CheckpointStore = {
      begin: (training) => inner.begin(training),
      resume: (training) => inner.resume(training),
      save: (training, course) =>
        full
          ? Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }))
          : inner.save(training, course),
    }
    const data = await streamed(parts, { buffer: 32 })
    const model = modelOf()
    await expect(
      fit(model, {
        ...settings(),
        data,
        checkpoint: { store, every: 2 },
        onBatch: ({ step }) => void (full = step > 3),
      }),
    ).rejects.toThrow('ENOSPC')
    const resumed = modelOf()
    const history = await fit(resumed, { ...settings(), data, resume: inner })
    expect(history.resumed!.step).toBe(2)
    const whole = modelOf()
    await fit(whole, { ...settings(), data })
    expect(bitsOf(resumed)).toEqual(bitsOf(whole))
  })
})

/** Scores of streamed data that are sorted on disk: those of data in memory, and said in words where there is no disk left. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ESMM, PLE, SingleTask, dataset, evaluate, fit, sparseFeature } from '../../src/index.ts'
import type { Dataset, EvaluateOptions, Model } from '../../src/index.ts'
import { auc } from '../../src/metrics.ts'
import { inParts, streamed } from '../../src/streams.ts'
import type { Sorter } from '../../src/streams.ts'
import { tableSort } from '../../src/tables.ts'
import { count, multiclass } from '../../src/tasks.ts'

const folder = mkdtempSync(join(tmpdir(), 'sort-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ROWS = 5000
const draw = (row: number, salt: number): number => (Math.imul(row + 1, 2654435761 + 2 * salt) >>> 7) / 2 ** 25
const column = (of: (row: number) => number): number[] => Array.from({ length: ROWS }, (_, row) => of(row))
// So few users and items that many rows tie.
const features = [sparseFeature('user', { vocabularySize: 30 }), sparseFeature('item', { vocabularySize: 20 })]
const columns = {
  user: column((row) => Math.floor(30 * draw(row, 1))),
  item: column((row) => Math.floor(20 * draw(row, 2))),
}
const click = column((row) => (row % 7 === 0 ? NaN : Number((columns.user[row] + columns.item[row]) % 3 === 0)))
const seconds = column((row) => (row % 5 === 0 ? NaN : 3 * draw(row, 3)))
const visits = column((row) => Math.floor(4 * draw(row, 4)))
const labels = { click, seconds, visits }
const tasks = { click: 'binary', seconds: 'regression', visits: count() } as const
const data = dataset({ features, columns, labels, tasks })
const weighed = dataset({
  features,
  columns,
  labels,
  tasks,
  sampleWeights: column((row) => Math.floor(3 * draw(row, 5)) / 2),
})
const model = new PLE({ features, taskNames: Object.keys(tasks), taskTypes: Object.values(tasks) })
await fit(model, { data, batchSize: 500, optimizer: 'adam' })

/** Of each metric, how far two are apart. */
async function apart(of: Model, set: Dataset, options: EvaluateOptions = {}, memoryLimit = '100MB'): Promise<number> {
  const stream = await streamed(inParts(set, 700), { sort: tableSort({ memoryLimit }) })
  const [mine, theirs] = [await evaluate(of, stream, options), evaluate(of, set, options)]
  const flat = (scores: typeof mine) =>
    Object.entries(scores).flatMap(([task, each]) =>
      Object.entries(each).map(([name, value]) => [`${task} ${name}`, value] as const),
    )
  expect(flat(mine).map(([name]) => name)).toEqual(flat(theirs).map(([name]) => name))
  expect(flat(mine).every(([, value]) => Number.isFinite(value))).toBe(true)
  return Math.max(...flat(mine).map(([, value], index) => Math.abs(value - flat(theirs)[index][1])))
}

describe('sorted scores', () => {
  it('are those in memory, of every kind and with ties, gaps and weights', async () => {
    const metrics = { click: ['logLoss', 'mse', 'auc', 'rmse'], seconds: ['rmse', 'mae', 'mse'] } as const
    expect(new Set(column((row) => columns.user[row] * 20 + columns.item[row])).size).toBeLessThan(ROWS / 5)
    expect(await apart(model, data, { metrics })).toBeLessThan(1e-12)
    expect(await apart(model, weighed)).toBeLessThan(1e-12)
    expect(await apart(model, weighed, { tasks: ['click'], metrics })).toBeLessThan(1e-12)
  })

  it('are exact to the bit where rows count 1', async () => {
    const stream = await streamed(inParts(data, 700), { sort: tableSort() })
    expect((await evaluate(model, stream)).click.auc).toBe(evaluate(model, data).click.auc)
  })

  it('have outputs that follow from tasks, and classes', async () => {
    const view = column((row) => Number(draw(row, 6) < 0.6))
    const buy = column((row) => Number(view[row] === 1 && draw(row, 7) < 0.4))
    const set = dataset({ features, columns, labels: { view, buy }, tasks: { view: 'binary', buy: 'binary' } })
    const esmm = new ESMM({ features, taskNames: ['view', 'buy'], conversionName: 'buys' })
    expect(await apart(esmm, set, { metrics: { buys: ['auc', 'logLoss'] } })).toBeLessThan(1e-12)
    const kinds = { genre: multiclass(4) }
    const classes = dataset({ features, columns, labels: { genre: visits }, tasks: kinds })
    const sorts = new SingleTask({ features, taskNames: ['genre'], taskTypes: [kinds.genre] })
    expect(await apart(sorts, classes, { metrics: { genre: ['accuracy', 'logLoss'] } })).toBeLessThan(1e-12)
    // The AUC of several classes needs all rows at once, which are held then.
    expect(await apart(sorts, classes)).toBe(0)
  })

  it('choose the same best epoch of a training', async () => {
    const trained = async (validation: Dataset | Awaited<ReturnType<typeof streamed>>) => {
      const mine = new PLE({ features, taskNames: ['click', 'seconds', 'visits'], taskTypes: Object.values(tasks) })
      const { epochs } = await fit(mine, { data, validation, epochs: 2, batchSize: 500 })
      return epochs.map((epoch) => epoch.validation!.click.auc)
    }
    expect(await trained(await streamed(inParts(data, 900), { sort: tableSort() }))).toEqual(await trained(data))
  })

  it('are not a number where there is one class alone, and refuse what an AUC refuses', async () => {
    const ones = dataset({ features, columns, labels: { ...labels, click: column(() => 1) }, tasks })
    const stream = await streamed(inParts(ones, 700), { sort: tableSort() })
    expect((await evaluate(model, stream)).click.auc).toBeNaN()
    const halves = dataset({
      features,
      columns,
      labels: { ...labels, click: column((row) => (row === 900 ? 0.5 : 1)) },
    })
    await expect(evaluate(model, await streamed(inParts(halves, 700), { sort: tableSort() }))).rejects.toThrow(
      'expected a label of 0 or 1 but got 0.5',
    )
  })

  it('end their sorters, also where a part cannot be read', async () => {
    let open = 0
    const sort = async (): Promise<Sorter> => {
      open++
      const sorter = await tableSort()()
      const close = (): void => {
        open--
        sorter.close()
      }
      return { ...sorter, close }
    }
    const parts = inParts(data, 700)
    const read = (place: number) => (place === 3 ? Promise.reject(new Error('gone')) : parts.read(place))
    await expect(evaluate(model, await streamed({ ...parts, read }, { sort }))).rejects.toThrow('gone')
    await evaluate(model, await streamed(parts, { sort }))
    expect(open).toBe(0)
  })
})

it('a sorter holds more on disk than in memory, in order, and leaves nothing', async () => {
  const sorter = await tableSort({ memoryLimit: '40MB', tempDirectory: folder, threads: 1 })()
  const [rows, parts] = [250_000, 16]
  for (let part = 0; part < parts; part++) {
    const scores = Float32Array.from({ length: rows }, (_, row) => draw(row + part * rows, 8))
    await sorter.append({ scores, labels: scores.map((score) => Number(score > draw(score * 1e6, 9))) })
  }
  const sorted: number[] = []
  const labelled: number[] = []
  let spilled = 0
  for await (const { scores, labels: some } of sorter.ascending()) {
    if (sorted.length === 0) spilled = readdirSync(folder).length
    for (let row = 0; row < scores.length; row++) {
      sorted.push(scores[row])
      labelled.push(some[row])
    }
  }
  sorter.close()
  expect(sorted.length).toBe(rows * parts)
  expect(sorted.every((score, row) => row === 0 || score >= sorted[row - 1])).toBe(true)
  expect(auc(sorted, labelled)).toBeGreaterThan(0.5)
  expect(spilled).toBeGreaterThan(0)
  expect(readdirSync(folder)).toEqual([])
})

it('refuses options that there are not, and what is no sorter', async () => {
  expect(() => tableSort({ memory: '1GB' } as never)).toThrow('tableSort: expected')
  await expect(streamed(inParts(data, 700), { sort: 'disk' as never })).rejects.toThrow(
    "streamed: expected sort to be a function but got 'disk'",
  )
})

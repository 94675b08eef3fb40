/** Which class is taken for which: kept as lists by a run, averaged over runs, drawn as a square. */
import { describe, expect, it } from 'vitest'
import { confusionOf, matrixIn } from '../../bench/quality/confusion.ts'
import { confusionFigures } from '../../bench/quality/figures/confusion.ts'
import { summarize } from '../../bench/quality/summary.ts'
import type { Feed } from '../../cli/compare/feed.ts'
import { SingleTask, adam, dataset, fit, sparseFeature } from '../../src/index.ts'
import { multiclass } from '../../src/tasks.ts'
import { MADE_UP, run } from './madeUp.ts'

const ROWS = 64
const colours = Array.from({ length: ROWS }, (_, row) => row % 4)
const features = [sparseFeature('colour', { vocabularySize: 4, dimension: 4 })]
const tasks = { click: 'binary', genre: multiclass(['comedy', 'drama', 'news']) } as const

/** The fourth colour is a comedy three times of four, and else the news; nobody can tell when. */
const genres = colours.map((colour, row) => (colour < 3 ? colour : row % 16 === 3 ? 2 : 0))
const data = dataset({
  features,
  columns: { colour: colours },
  labels: { click: colours.map((colour) => Number(colour > 1)), genre: genres },
  tasks,
})
const feed: Feed = { name: 'genres', tasks, features, train: data, validation: data, test: data }

describe('confusion', () => {
  it('has a row for each class with all of its rows, each where the model puts it', async () => {
    const model = new SingleTask({
      features,
      taskNames: ['click', 'genre'],
      taskTypes: [tasks.click, tasks.genre],
      bottomDnnHiddenUnits: [8],
      seed: 1,
    })
    await fit(model, { data, epochs: 200, batchSize: ROWS, optimizer: adam({ learningRate: 0.05 }) })
    expect(matrixIn(confusionOf('genre')(model, feed), 'genre')).toEqual([
      { name: 'comedy', row: [28, 0, 0] },
      { name: 'drama', row: [0, 16, 0] },
      { name: 'news', row: [4, 0, 16] },
    ])
    expect(() => confusionOf('click')(model, feed)).toThrow("confusionOf: expected a task of classes but got 'click'")
  })

  const list = 'genre taken for another: '
  const summary = summarize(MADE_UP, [
    { ...run('nothing', 'single', 1, {}), lists: { [`${list}news`]: [1, 3], [`${list}drama`]: [8, 2], other: [1] } },
    { ...run('nothing', 'single', 2, {}), lists: { [`${list}news`]: [3, 3], [`${list}drama`]: [6, 4] } },
    run('nothing', 'other', 1, {}),
  ])

  it('is the mean over runs, of the lists that all of them kept', () => {
    const [single, other] = summary.blocks[0].lines
    expect(single.lists).toEqual({ [`${list}news`]: [2, 3], [`${list}drama`]: [7, 3] })
    expect(other.lists).toEqual({})
  })

  it('is drawn as shares of each class, where a run kept it', () => {
    const [line] = summary.blocks[0].lines
    const lines = [{ ...line, cell: { ...line.cell, name: 'ple', label: 'PLE' } }, summary.blocks[0].lines[1]]
    const figures = confusionFigures({ ...summary.blocks[0], lines }, 'genre')
    expect(figures.map(({ title }) => title)).toEqual(['genre: what PLE takes for what'])
    expect(figures[0].drawing.markup).toContain('news, taken for drama: 60.0 %')
    expect(figures[0].drawing.markup).toContain('drama, taken for news: 70.0 %')
  })
})

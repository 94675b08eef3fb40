/** Cosines by part of a model: of the concatenated gradients, as one who has them would compute it. */
import { expect, it } from 'vitest'
import { PLE, batches, cpu, dataset, parameters, taskLosses } from '../../src/index.ts'
import { gradientConflicts, taskGradients } from '../../src/insight.ts'
import { syntheticFeed } from '../../src/synthetic.ts'
import { ALL, partName, partOf, partsOf } from '../../lab/watch/parts.ts'

const feed = syntheticFeed({ rows: 64, users: 20, videos: 30 })
const data = dataset(feed)
const model = new PLE({
  features: feed.features,
  taskNames: ['vtr', 'vcr'],
  taskTypes: ['binary', 'regression'],
  expertDnnHiddenUnits: [6, 5],
  sharedExpertNum: 2,
})

it('are those of all of its weights as one vector', () => {
  const parts = partsOf(gradientConflicts(model, data, { batches: 1, batchSize: 64, backend: cpu }))
  const paths = parameters(model)
  const [batch] = batches(data, { batchSize: 64 })
  const found = taskGradients({
    losses: taskLosses(model.forward(batch).logits, batch, model.tasks),
    learned: Object.values(paths).filter(({ trainable }) => trainable),
  })
  const gramOver = (name: string): readonly number[] => {
    const grams = Object.entries(paths)
      .filter(([path, parameter]) => found.shared.includes(parameter) && (name === ALL || partOf(path) === name))
      .map(([, parameter]) => Array.from(found.gramOf(parameter).values))
    return [0, 1, 2, 3].map((at) => grams.reduce((total, gram) => total + gram[at], 0))
  }
  expect(parts.map(({ part }) => part)).toEqual([
    ALL,
    'embedding',
    'levels.0.experts.vtr.0',
    'levels.0.experts.vcr.0',
    'levels.0.experts.shared.0',
    'levels.0.experts.shared.1',
    'levels.0.gates.shared',
    'levels.1.experts.shared.0',
    'levels.1.experts.shared.1',
  ])
  for (const { part, cosines } of parts) {
    const [one, product, , other] = gramOver(part)
    expect(cosines).toEqual([
      { tasks: ['vtr', 'vcr'], cosine: expect.closeTo(product / Math.sqrt(one * other), 5) as number },
    ])
  }
})

it.each([
  ['levels.0.experts.vtr.0', 'level 1, vtr expert 1'],
  ['levels.1.experts.shared.v2.3', 'level 2, shared.v2 expert 4'],
  ['levels.0.gates.shared', 'level 1, gate of shared'],
  ['bottom', 'bottom'],
])('%s is called %s', (part, name) => {
  expect(partName(part)).toBe(name)
})

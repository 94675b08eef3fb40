/**
 * A training that keeps itself in a folder and goes on from there, for whoever kills it: `folder strategy`. It writes a line
 * for each step, and its last line tells what it came to.
 */
import { dataset, denseFeature, sparseFeature } from '../../src/data/index.ts'
import { PLE, saveState } from '../../src/models/index.ts'
import { folderStore } from '../../src/node/index.ts'
import { adam, fit, pcGrad, uncertainty } from '../../src/training/index.ts'

const [folder, strategy] = process.argv.slice(2)
const features = [sparseFeature('user', { vocabularySize: 20_000, dimension: 8 }), denseFeature('age')]
const rows = 640
const data = dataset({
  features,
  columns: {
    user: Int32Array.from({ length: rows }, (_, row) => (row * 7919) % 20_000),
    age: Float64Array.from({ length: rows }, (_, row) => Math.sin(row)),
  },
  labels: {
    like: Float64Array.from({ length: rows }, (_, row) => row % 2),
    share: Float64Array.from({ length: rows }, (_, row) => Math.floor(row / 3) % 2),
  },
})
const model = new PLE({
  features,
  taskNames: ['like', 'share'],
  taskTypes: ['binary', 'binary'],
  numLevels: 1,
  expertDnnHiddenUnits: [8],
  towerDnnHiddenUnits: [],
  dnnDropout: 0.1,
  dnnUseBn: true,
})
const store = folder === 'nowhere' ? undefined : folderStore(folder, { keep: 2 })
const { resumed, epochs, best } = await fit(model, {
  data,
  validation: data.select(Array.from({ length: 100 }, (_, row) => row)),
  batchSize: 32,
  epochs: 3,
  optimizer: adam({ learningRate: 0.01 }),
  strategy: strategy === 'pcGrad' ? pcGrad() : uncertainty(),
  emaDecay: 0.95,
  onBatch: () => void process.stdout.write('.\n'),
  ...(store && { checkpoint: { store, every: 3 }, resume: store }),
})

let hash = 0x811c9dc5
for (const values of Object.values(saveState(model)))
  for (const word of new Uint32Array(Float32Array.from(values).buffer)) hash = Math.imul(hash ^ word, 0x01000193)
const outcome = { hash, best, losses: epochs.map(({ losses }) => losses) }
process.stdout.write(
  `${JSON.stringify({ outcome, passedOver: resumed?.passedOver ?? [], from: resumed?.step ?? 0 })}\n`,
)

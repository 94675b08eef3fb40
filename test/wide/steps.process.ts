/**
 * Trains a PLE for 200 steps in every way that a host has, and prints a hash of what each leaves: all losses and all
 * parameters, bit by bit. Whether the host joins vectors is up to the flags of the process.
 */
import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { PLE, adam, dataset, fit, parameters, sparseFeature } from '../../src/index.ts'
import { offers } from '../../src/kernels/wasm/variant.ts'
import { count, multiclass, multilabel } from '../../src/tasks.ts'
import { wasmThreads } from '../../src/threads.ts'

const ROWS = 1280
const FEATURES = Array.from({ length: 4 }, (_, index) =>
  sparseFeature(`feature${index}`, { vocabularySize: 50 * (index + 1), dimension: 8 }),
)

let state = 7
/** An integer below `bound` (Park and Miller 1988). */
const below = (bound: number): number => (state = (state * 48271) % 2147483647) % bound
const columns = Object.fromEntries(
  FEATURES.map(({ name, vocabularySize }) => [name, Array.from({ length: ROWS }, () => below(vocabularySize))]),
)
const label = (modulus: number): number[] =>
  Array.from({ length: ROWS }, (_, row) => ((columns.feature0[row] + columns.feature1[row]) % modulus < 2 ? 1 : 0))
const tasks = { click: 'binary', buy: 'binary', genre: multiclass(5), tags: multilabel(2), visits: count() } as const
const [short, loud] = [label(4), label(6)]
const data = dataset({
  features: FEATURES,
  columns,
  labels: {
    ...{ click: label(5), buy: label(9) },
    genre: columns.feature1.map((id) => id % 5),
    tags: short.map((has, row) => [has, loud[row]]),
    visits: columns.feature2.map((id) => id % 4),
  },
  tasks,
})

async function hashOf(variant: 'simd' | 'relaxed', threads: number, wide: boolean): Promise<string> {
  // Two threads share every call that can be shared, however small.
  const backend = await wasmThreads({ bytes: 2 ** 27, variant, threads, wide, worthwhile: 0 })
  const model = new PLE({
    features: FEATURES,
    taskNames: Object.keys(tasks),
    taskTypes: Object.values(tasks),
    expertDnnHiddenUnits: [70],
    towerDnnHiddenUnits: [24],
    seed: 3,
  })
  const { epochs } = await fit(model, { data, backend, batchSize: 32, epochs: 5, seed: 5, optimizer: adam() })
  const hash = createHash('sha256').update(JSON.stringify(epochs.map(({ losses }) => losses)))
  for (const { values } of Object.values(parameters(model))) hash.update(Float32Array.from(values))
  backend.release()
  return hash.digest('hex')
}

if (!offers('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd')
for (const variant of ['simd', 'relaxed'] as const)
  for (const threads of [1, 2])
    for (const wide of [false, true])
      console.log(JSON.stringify({ variant, threads, wide, hash: await hashOf(variant, threads, wide) }))
process.exit()

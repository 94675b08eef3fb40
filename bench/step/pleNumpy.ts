/** PLE in numpy-ts, forward only: it has no gradients. */
import { parameters } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import type { Contestant, Missing } from '../measure/case.ts'
import { numpyRan, numpyTs } from '../peers/numpyTs.ts'
import type { NdArray } from '../peers/numpyTs.ts'
import type { Told } from './ours.ts'
import { FEATURES, TASKS, model } from './workload.ts'

const SHARED = 'shared'

/** It gathers rows with a typed array outside of the library, which is faster than to index with it. */
export async function numpyInference({ size, batches, meet }: Told): Promise<Contestant | Missing> {
  const np = await numpyTs()
  if (isMissing(np)) return np
  const ple = model(size)
  meet(ple)
  const own = parameters(ple)
  const arrays = new Map<string, NdArray>()
  for (const [path, { values, shape }] of Object.entries(own))
    if (!path.startsWith('embedding'))
      arrays.set(
        path,
        np.array(Float32Array.from(values), 'float32').reshape(...(shape.length === 1 ? [1, ...shape] : shape)),
      )
  const parameter = (path: string): NdArray => {
    const array = arrays.get(path)
    if (!array) throw new RangeError(`numpyInference: expected a parameter but got ${path}`)
    return array
  }
  const tables = FEATURES.map((name) => own[`embedding.tables.${name}`].values)
  const [{ rows, ids }] = batches
  const width = FEATURES.length * size.dimension
  const dense = (x: NdArray, path: string): NdArray =>
    np.maximum(np.matmul(x, parameter(`${path}.layers.0.weight`)).add(parameter(`${path}.layers.0.bias`)), 0)
  const groups = [...TASKS, SHARED]
  const predict = (): ArrayLike<number> => {
    const embedded = new Float32Array(rows * width)
    ids.forEach((id, at) => {
      const table = tables[at % FEATURES.length]
      embedded.set(table.subarray(id * size.dimension, (id + 1) * size.dimension), at * size.dimension)
    })
    const x = np.array(embedded, 'float32').reshape(rows, width)
    let signals: Readonly<Record<string, NdArray>> = Object.fromEntries(groups.map((group) => [group, x]))
    ple.levels.forEach(({ gates }, level) => {
      const experts = Object.fromEntries(
        groups.map((group) => [group, dense(signals[group], `levels.${level}.experts.${group}.0`)]),
      )
      signals = Object.fromEntries(
        Object.keys(gates).map((listener) => {
          const heard = listener === SHARED ? groups : [listener, SHARED]
          const raised = np.exp(
            np.matmul(signals[listener], parameter(`levels.${level}.gates.${listener}.output.weight`)),
          )
          const weights = np.divide(raised, np.sum(raised, 1, true))
          const mixed = heard.map((group, at) => experts[group].multiply(np.take(weights, at, 1).reshape(rows, 1)))
          return [listener, mixed.reduce((total, one) => total.add(one))]
        }),
      )
    })
    const answer = new Float32Array(rows * TASKS.length)
    TASKS.forEach((task, at) => {
      const product = np.matmul(dense(signals[task], `towers.${task}`), parameter(`towers.${task}.output.weight`))
      const { data } = product.add(parameter(`towers.${task}.bias`))
      for (let row = 0; row < rows; row++) answer[row * TASKS.length + at] = 1 / (1 + Math.exp(-data[row]))
    })
    return answer
  }
  return { ran: numpyRan(), run: predict, prove: predict }
}

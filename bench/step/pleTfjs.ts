/** PLE in TensorFlow.js. Its wasm backend cannot learn: it has no gradient of a gather. */
import { parameters } from '../../src/index.ts'
import type { PLE } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import type { Contestant, Missing } from '../measure/case.ts'
import { tfjs, tfjsRan } from '../peers/tfjs.ts'
import type { Tf, TfTensor, TfVariable } from '../peers/tfjs.ts'
import { learning } from './ours.ts'
import type { Told } from './ours.ts'
import { FEATURES, TASKS, column, model } from './workload.ts'

const SHARED = 'shared'

interface Loaded {
  readonly variables: Readonly<Record<string, TfVariable>>
  /** Probabilities' logits (b) by task, from ids (b) by feature. */
  readonly logits: (ids: readonly TfTensor[]) => readonly TfTensor[]
}

let copies = 0

function load(tf: Tf, ple: PLE): Loaded {
  // The library refuses a name that it has seen.
  const copy = copies++
  const variables = Object.fromEntries(
    Object.entries(parameters(ple)).map(([path, { values, shape }]) => {
      const start = tf.tensor(Float32Array.from(values), shape)
      const variable = tf.variable(start, true, `${path}#${copy}`)
      start.dispose()
      return [path, variable]
    }),
  )
  const dense = (x: TfTensor, path: string): TfTensor =>
    tf.relu(tf.add(tf.matMul(x, variables[`${path}.layers.0.weight`]), variables[`${path}.layers.0.bias`]))
  const groups = [...TASKS, SHARED]
  const logits = (ids: readonly TfTensor[]): readonly TfTensor[] => {
    const x = tf.concat(
      FEATURES.map((name, at) => tf.gather(variables[`embedding.tables.${name}`], ids[at])),
      1,
    )
    let signals: Readonly<Record<string, TfTensor>> = Object.fromEntries(groups.map((group) => [group, x]))
    ple.levels.forEach(({ gates }, level) => {
      const experts = Object.fromEntries(
        groups.map((group) => [group, dense(signals[group], `levels.${level}.experts.${group}.0`)]),
      )
      signals = Object.fromEntries(
        Object.keys(gates).map((listener) => {
          const heard = listener === SHARED ? groups : [listener, SHARED]
          const gate = variables[`levels.${level}.gates.${listener}.output.weight`]
          const weights = tf.softmax(tf.matMul(signals[listener], gate))
          const [rows] = weights.shape
          const stacked = tf.stack(
            heard.map((group) => experts[group]),
            1,
          )
          return [listener, tf.sum(tf.mul(tf.reshape(weights, [rows, heard.length, 1]), stacked), 1)]
        }),
      )
    })
    return TASKS.map((task) => {
      const product = tf.matMul(dense(signals[task], `towers.${task}`), variables[`towers.${task}.output.weight`])
      return tf.add(tf.reshape(product, [product.shape[0]]), variables[`towers.${task}.bias`])
    })
  }
  return { variables, logits }
}

export async function tfjsStep({ size, batches, meet }: Told): Promise<Contestant | Missing> {
  const tf = await tfjs('cpu')
  if (isMissing(tf)) return tf
  const ple = model(size)
  meet(ple)
  const { variables, logits } = load(tf, ple)
  const optimizer = tf.train.adam(0.001, 0.9, 0.999, 1e-8)
  const given = batches.map(({ rows, ids, labels }) => ({
    ids: FEATURES.map((_, at) => tf.tensor(column(ids, FEATURES.length, at), [rows], 'int32')),
    labels: TASKS.map((_, at) => tf.tensor(column(labels, TASKS.length, at), [rows])),
  }))
  const step = (at: number): number[] => {
    const losses: number[] = []
    const { value, grads } = tf.variableGrads(() => {
      const each = logits(given[at].ids).map((logit, task) =>
        tf.mean(tf.sub(tf.softplus(logit), tf.mul(given[at].labels[task], logit))),
      )
      losses.push(...each.map((loss) => loss.dataSync()[0]))
      return each.reduce((total, loss) => tf.add(total, loss))
    })
    optimizer.applyGradients(grads)
    for (const tensor of [value, ...Object.values(grads)]) tensor.dispose()
    return losses
  }
  return learning(tfjsRan('cpu'), step, batches.length, () => {
    optimizer.dispose()
    for (const tensor of [...Object.values(variables), ...given.flatMap(({ ids, labels }) => [...ids, ...labels])])
      tensor.dispose()
  })
}

export async function tfjsInference(
  { size, batches, meet }: Told,
  backend: 'cpu' | 'wasm',
): Promise<Contestant | Missing> {
  const tf = await tfjs(backend)
  if (isMissing(tf)) return tf
  const ple = model(size)
  meet(ple)
  const { variables, logits } = load(tf, ple)
  const [{ rows, ids }] = batches
  const given = FEATURES.map((_, at) => column(ids, FEATURES.length, at))
  const predict = (): ArrayLike<number> =>
    tf.tidy(() => {
      const scores = logits(given.map((values) => tf.tensor(values, [rows], 'int32')))
      return tf.sigmoid(tf.stack(scores, 1)).dataSync()
    })
  return {
    ran: tfjsRan(backend),
    run: predict,
    prove: predict,
    close: () => {
      for (const variable of Object.values(variables)) variable.dispose()
    },
  }
}

/** PLE in jax-js: one jitted function takes a whole training step, Adam included. */
import { parameters } from '../../src/index.ts'
import type { PLE } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import type { Contestant, Missing } from '../measure/case.ts'
import { jaxJs, jaxRan } from '../peers/jax.ts'
import type { Jax, JaxArray } from '../peers/jax.ts'
import { learning } from './ours.ts'
import type { Told } from './ours.ts'
import { FEATURES, TASKS, column, model } from './workload.ts'

const SHARED = 'shared'

type Arrays = Readonly<Record<string, JaxArray>>

const arraysOf = ({ numpy: np }: Jax, ple: PLE): Arrays =>
  Object.fromEntries(
    Object.entries(parameters(ple)).map(([path, { values, shape }]) => [
      path,
      np.array(Float32Array.from(values), { shape }),
    ]),
  )

/** Logits (b) by task. Every array but the parameters, of which it takes references, is used up by its last use. */
function logits({ numpy: np, nn }: Jax, ple: PLE, own: Arrays, ids: readonly JaxArray[]): readonly JaxArray[] {
  const dense = (x: JaxArray, path: string): JaxArray =>
    nn.relu(np.matmul(x, own[`${path}.layers.0.weight`].ref).add(own[`${path}.layers.0.bias`].ref))
  const groups = [...TASKS, SHARED]
  const x = np.concatenate(
    FEATURES.map((name, at) => own[`embedding.tables.${name}`].ref.slice(ids[at])),
    1,
  )
  let signals: Arrays = Object.fromEntries(groups.map((group) => [group, x]))
  const dropped: JaxArray[] = [x]
  ple.levels.forEach(({ gates }, level) => {
    const experts = Object.fromEntries(
      groups.map((group) => [group, dense(signals[group].ref, `levels.${level}.experts.${group}.0`)]),
    )
    signals = Object.fromEntries(
      Object.keys(gates).map((listener) => {
        const heard = listener === SHARED ? groups : [listener, SHARED]
        const gate = own[`levels.${level}.gates.${listener}.output.weight`]
        const weights = nn.softmax(np.matmul(signals[listener].ref, gate.ref), 1)
        const [rows] = weights.shape
        const stacked = np.stack(
          heard.map((group) => experts[group].ref),
          1,
        )
        return [listener, np.sum(weights.reshape([rows, heard.length, 1]).mul(stacked), 1)]
      }),
    )
    dropped.push(...Object.values(experts), ...Object.values(signals))
  })
  const found = TASKS.map((task) => {
    const product = np.matmul(dense(signals[task].ref, `towers.${task}`), own[`towers.${task}.output.weight`].ref)
    return product.reshape([product.shape[0]]).add(own[`towers.${task}.bias`].ref)
  })
  for (const array of dropped) array.dispose()
  return found
}

interface State {
  readonly own: Arrays
  readonly m: Arrays
  readonly v: Arrays
}

/** Adam as everyone has it; the corrections come in as arrays, so that they change without compiling anew. */
function adam({ numpy: np }: Jax, { own, m, v }: State, found: Arrays, corrections: JaxArray): State {
  const next: { own: Record<string, JaxArray>; m: Record<string, JaxArray>; v: Record<string, JaxArray> } = {
    own: {},
    m: {},
    v: {},
  }
  for (const path of Object.keys(own)) {
    next.m[path] = m[path].mul(0.9).add(found[path].ref.mul(0.1))
    next.v[path] = v[path].mul(0.999).add(np.square(found[path]).mul(0.001))
    const root = np.sqrt(next.v[path].ref.div(corrections.ref.slice(1))).add(1e-8)
    next.own[path] = own[path].sub(next.m[path].ref.div(corrections.ref.slice(0)).div(root).mul(0.001))
  }
  corrections.dispose()
  return next
}

export async function jaxStep({ size, batches, meet }: Told): Promise<Contestant | Missing> {
  const jax = await jaxJs()
  if (isMissing(jax)) return jax
  const { numpy: np, nn } = jax
  const ple = model(size)
  meet(ple)
  const lossOf = (own: Arrays, ids: readonly JaxArray[], labels: readonly JaxArray[]): [JaxArray, JaxArray] => {
    const losses = logits(jax, ple, own, ids).map((logit, at) =>
      nn.softplus(logit.ref).sub(labels[at].mul(logit)).mean(),
    )
    return [losses[0].ref.add(losses[1].ref), np.stack(losses)]
  }
  const withGradients = jax.valueAndGrad(lossOf, { hasAux: true })
  const step = jax.jit((state: State, ids: readonly JaxArray[], labels: readonly JaxArray[], corrections: JaxArray) => {
    const [[total, losses], found] = withGradients(jax.tree.ref(state.own), ids, labels)
    total.dispose()
    return [losses, adam(jax, state, found, corrections)] as const
  })
  const own = arraysOf(jax, ple)
  const zeros = (): Arrays =>
    Object.fromEntries(Object.entries(own).map(([path, array]) => [path, np.zerosLike(array.ref)]))
  let state: State = { own, m: zeros(), v: zeros() }
  const given = batches.map(({ rows, ids, labels }) => ({
    ids: FEATURES.map((_, at) => np.array(column(ids, FEATURES.length, at), { shape: [rows] })),
    labels: TASKS.map((_, at) => np.array(column(labels, TASKS.length, at), { shape: [rows] })),
  }))
  let taken = 0
  const take = (at: number): ArrayLike<number> => {
    taken++
    const corrections = np.array(Float32Array.of(1 - 0.9 ** taken, 1 - 0.999 ** taken), { shape: [2] })
    const [losses, next] = step(state, jax.tree.ref(given[at].ids), jax.tree.ref(given[at].labels), corrections)
    state = next
    return losses.dataSync()
  }
  return learning(jaxRan(), take, batches.length, () => {
    jax.tree.dispose(state)
    jax.tree.dispose(given)
  })
}

export async function jaxInference({ size, batches, meet }: Told): Promise<Contestant | Missing> {
  const jax = await jaxJs()
  if (isMissing(jax)) return jax
  const { numpy: np, nn } = jax
  const ple = model(size)
  meet(ple)
  const own = arraysOf(jax, ple)
  const predict = jax.jit((given: Arrays, ids: readonly JaxArray[]) => {
    const scores = np.stack(logits(jax, ple, given, ids), 1)
    jax.tree.dispose(given)
    return nn.sigmoid(scores)
  })
  const [{ rows, ids }] = batches
  const columns = FEATURES.map((_, at) => column(ids, FEATURES.length, at))
  const once = (): ArrayLike<number> =>
    predict(
      jax.tree.ref(own),
      columns.map((values) => np.array(values, { shape: [rows] })),
    ).dataSync()
  return { ran: jaxRan(), run: once, prove: once, close: () => jax.tree.dispose(own) }
}

/** PLE and its siblings as their papers' equations, in plain loops over a state by path; nothing here knows an op. */
import type { State } from '../../src/models/index.ts'

export type Matrix = readonly (readonly number[])[]

const product = (x: Matrix, weight: ArrayLike<number>, units: number): number[][] =>
  x.map((row) =>
    Array.from({ length: units }, (_, unit) =>
      row.reduce((sum, value, at) => sum + value * weight[at * units + unit], 0),
    ),
  )

const softmax = (x: Matrix): number[][] =>
  x.map((row) => {
    const powers = row.map((value) => Math.exp(value))
    const total = powers.reduce((sum, power) => sum + power)
    return powers.map((power) => power / total)
  })

/** Numbers by path; a path that is not there is a mistake of the test. */
const at = (state: State, path: string): ArrayLike<number> => {
  if (!(path in state)) throw new Error(`no parameter ${path} among ${Object.keys(state).join(', ')}`)
  return state[path]
}

/** tanh(x·W + c), layer upon layer, for as many layers as the state has. */
export function network(state: State, path: string, x: Matrix): Matrix {
  let signal = x
  for (let layer = 0; `${path}.layers.${layer}.weight` in state; layer++) {
    const bias = at(state, `${path}.layers.${layer}.bias`)
    const z = product(signal, at(state, `${path}.layers.${layer}.weight`), bias.length)
    signal = z.map((row) => row.map((value, unit) => Math.tanh(value + bias[unit])))
  }
  return signal
}

/** w(x) = Softmax(W·x) over so many experts (Tang et al. 2020, Eq. 2–3; Ma et al. 2018, Eq. 7). */
export const gate = (state: State, path: string, x: Matrix, experts: number): Matrix =>
  softmax(product(network(state, path, x), at(state, `${path}.output.weight`), experts))

/** Σₑ w[e]·expertₑ, row by row. */
export const mixture = (weights: Matrix, experts: readonly Matrix[]): Matrix =>
  weights.map((row, index) =>
    experts[0][index].map((_, column) => row.reduce((sum, weight, e) => sum + weight * experts[e][index][column], 0)),
  )

/** Tower, one unit, one bias: a logit per row. */
export const tower = (state: State, path: string, x: Matrix): readonly number[] =>
  product(network(state, path, x), at(state, `${path}.output.weight`), 1).map(
    ([logit]) => logit + at(state, `${path}.bias`)[0],
  )

/** How many experts each group has in each level. */
export type Counts = Readonly<Record<string, number>>

/**
 * PLE of two tasks A and B written out (Tang et al. 2020, Eq. 1–6 and Figure 5): each task's gate selects among its own
 * experts and the shared ones, by the task's own input; the shared gate selects among all; the last level has none.
 */
export function literalPle(
  state: State,
  x: Matrix,
  { tasks: [a, b], counts, levels }: { tasks: readonly [string, string]; counts: Counts; levels: number },
): { readonly logits: Record<string, readonly number[]>; readonly gates: Record<string, Matrix>[] } {
  let [inputA, inputB, inputShared] = [x, x, x]
  const gates: Record<string, Matrix>[] = []
  for (let level = 0; level < levels; level++) {
    const experts = (group: string, input: Matrix): Matrix[] =>
      Array.from({ length: counts[group] }, (_, index) =>
        network(state, `levels.${level}.experts.${group}.${index}`, input),
      )
    const ofA = experts(a, inputA)
    const ofB = experts(b, inputB)
    const ofShared = experts('shared', inputShared)

    const heardByA = [...ofA, ...ofShared]
    const heardByB = [...ofB, ...ofShared]
    const heardByAll = [...ofA, ...ofB, ...ofShared]
    const gateA = gate(state, `levels.${level}.gates.${a}`, inputA, heardByA.length)
    const gateB = gate(state, `levels.${level}.gates.${b}`, inputB, heardByB.length)
    gates.push({ [a]: gateA, [b]: gateB })
    if (level < levels - 1) {
      const gateShared = gate(state, `levels.${level}.gates.shared`, inputShared, heardByAll.length)
      gates[level].shared = gateShared
      inputShared = mixture(gateShared, heardByAll)
    }
    inputA = mixture(gateA, heardByA)
    inputB = mixture(gateB, heardByB)
  }
  return {
    logits: { [a]: tower(state, `towers.${a}`, inputA), [b]: tower(state, `towers.${b}`, inputB) },
    gates,
  }
}

/** MMoE (Ma et al. 2018, Eq. 4–7): every task hears the same experts, each through its own gate. */
export function literalMmoe(
  state: State,
  x: Matrix,
  { tasks, experts }: { tasks: readonly string[]; experts: number },
): Record<string, readonly number[]> {
  const spoken = Array.from({ length: experts }, (_, index) => network(state, `levels.0.experts.shared.${index}`, x))
  return Object.fromEntries(
    tasks.map((task) => [
      task,
      tower(state, `towers.${task}`, mixture(gate(state, `levels.0.gates.${task}`, x, experts), spoken)),
    ]),
  )
}

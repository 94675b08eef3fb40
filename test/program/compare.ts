/** Random graphs' training steps, compared: what a way of running them gave, and what float32 leaves of that. */
import type { Backend } from '../../src/kernels/index.ts'
import { stream } from '../../src/tensor/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { exampleOf, trainingStep } from './graphs.ts'
import type { Example, Graph, TrainingStep } from './graphs.ts'

/** The largest difference of two lists of numbers, relative to the largest number where that is above 1. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [apart, largest] = [0, 1]
  for (let at = 0; at < a.length; at++) {
    if (Object.is(a[at], b[at])) continue
    const error = Math.abs(a[at] - b[at])
    apart = Number.isNaN(error) ? Infinity : Math.max(apart, error)
    largest = Math.max(largest, Math.abs(a[at]))
  }
  return apart / largest
}

/** Numbers by name: what steps gave, and what they left in parameters. */
export type Trace = ReadonlyMap<string, ArrayLike<number>>

type Given = Readonly<Record<string, Tensor>>

/** Takes a step for each example, lets go, and tells what it gave and left. */
export async function trace(
  { parameters, examples }: Pick<Prepared, 'parameters' | 'examples'>,
  run: (example: Example) => Given | Promise<Given>,
  release?: () => void | Promise<void>,
): Promise<Trace> {
  const found = new Map<string, ArrayLike<number>>()
  for (const [step, example] of examples.entries())
    for (const [name, tensor] of Object.entries(await run(example)))
      found.set(`${name} of step ${step}`, (await tensor.read()).slice())
  await release?.()
  for (const [name, parameter] of parameters) found.set(`parameter ${name}`, (await parameter.read()).slice())
  return found
}

/** Half a unit in the last place of float32, relative. */
const ROUNDING = 2 ** -24

/** The same numbers, each moved up or down by what float32 cannot see. */
const nudged = (values: ArrayLike<number>, seed: number, name: string): Float64Array => {
  const random = stream(seed).stream(name)
  return Float64Array.from(values, (value, at) => value * (1 + (random.uniform(at) < 0.5 ? -1 : 1) * 2 * ROUNDING))
}

export interface Prepared extends TrainingStep {
  /** One for each step. */
  readonly examples: readonly Example[]
}

/** A graph's step on a backend with its parameters made, all numbers moved by less than float32 sees unless `seed` is 0. */
export function prepared(graph: Graph, backend: Backend, steps: number, seed = 0): Prepared {
  const made = trainingStep(graph, backend)
  made.prepare(exampleOf(graph, 0, backend))
  const examples = Array.from({ length: steps }, (_, step) => exampleOf(graph, step, backend))
  if (seed !== 0) {
    for (const [name, parameter] of made.parameters) parameter.assign(nudged(parameter.values, seed, name))
    examples.forEach(({ x }, step) => {
      x.backend.write(x.buffer, nudged(x.values, seed, `x ${step}`))
    })
  }
  return { ...made, examples }
}

/**
 * Two regression tasks that are as alike as one asks, after Ma et al., "Modeling Task Relationships in Multi-task
 * Learning with Multi-gate Mixture-of-Experts" (KDD 2018), section 3.2. It refuses to imitate any real data.
 */
import { checkOptions, integer, needed, real, whole } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { stream } from '../tensor/index.ts'
import type { Stream } from '../tensor/index.ts'
import type { Columns } from './dataset.ts'
import { denseFeature } from './features.ts'
import type { Feature } from './featureKinds.ts'

/** What `dataset` takes. */
export interface SyntheticData<Task extends string = string> {
  readonly features: readonly Feature[]
  readonly columns: Columns
  readonly labels: Readonly<Record<Task, Float32Array>>
  readonly tasks: Readonly<Record<Task, 'binary' | 'regression'>>
}

export interface TaskFunctionsOptions {
  /** Of the hidden factors x. */
  readonly dimension: number
  /** The cosine p of the angle between the tasks' weights, −1 … 1. The labels' own correlation rises with it. */
  readonly correlation: number
  /** The length c of both tasks' weights. Default 1. */
  readonly scale?: number
  /** How many sines bend the line. Default 4. */
  readonly waves?: number
}

/** What `syntheticTasks` takes. */
export interface SyntheticTasksOptions extends Omit<TaskFunctionsOptions, 'dimension'> {
  readonly rows: number
  /** Numbers per row. Default 100. */
  readonly dimension?: number
  /** The standard deviation of ε. Default 0.1, the paper's variance of 0.01. */
  readonly noise?: number
  /** Default 1. */
  readonly seed?: number
}

/** The options that all invented data has. */
export const INVENTED = {
  rows: needed(whole(0)),
  correlation: real('[-1, 1]'),
  noise: real('[0, ∞)'),
  seed: integer,
}

const TASKS: Checks<SyntheticTasksOptions> = {
  ...INVENTED,
  correlation: needed(INVENTED.correlation),
  dimension: whole(2),
  scale: real('[0, ∞)'),
  waves: whole(0),
}

const dot = (a: Float64Array, b: Float64Array, offset = 0): number =>
  a.reduce((sum, value, index) => sum + value * b[offset + index], 0)

const unit = (vector: Float64Array): Float64Array => {
  const length = Math.sqrt(dot(vector, vector))
  return vector.map((value) => value / length)
}

/** y = wᵀx + Σᵢ sin(αᵢ·wᵀx + βᵢ), without its noise, of the factors x that start at `offset`. */
export type TaskFunction = (x: Float64Array, offset: number) => number

/**
 * Two such functions with the same α and β, and w₁ = c·u₁, w₂ = c·(p·u₁ + √(1 − p²)·u₂) of orthogonal unit vectors u.
 * Options are trusted: the caller has checked them.
 */
export function taskFunctions(random: Stream, options: TaskFunctionsOptions): [TaskFunction, TaskFunction] {
  const { dimension, correlation, scale = 1, waves = 4 } = options
  const draw = (name: string, length: number): Float64Array =>
    Float64Array.from({ length }, (_, i) => random.stream(name).normal(i))
  const first = unit(draw('first', dimension))
  const other = draw('second', dimension)
  const along = dot(other, first)
  const second = unit(other.map((value, index) => value - along * first[index]))
  const alpha = draw('alpha', waves)
  const beta = draw('beta', waves)
  const across = Math.sqrt(1 - correlation ** 2)
  const respond =
    (w: Float64Array): TaskFunction =>
    (x, offset) => {
      const line = scale * dot(w, x, offset)
      return alpha.reduce((y, frequency, wave) => y + Math.sin(frequency * line + beta[wave]), line)
    }
  return [respond(first), respond(first.map((value, index) => correlation * value + across * second[index]))]
}

/**
 * The paper's data: x ~ N(0, I) as one dense feature of `dimension`, and the labels `first` and `second`.
 * @throws RangeError naming the option that is not known or out of range.
 */
export function syntheticTasks(options: SyntheticTasksOptions): SyntheticData<'first' | 'second'> {
  checkOptions('syntheticTasks', options, TASKS)
  const { rows, dimension = 100, noise = 0.1, seed = 1 } = options
  const random = stream(seed)
  const tasks = taskFunctions(random.stream('tasks'), { ...options, dimension })
  const inputs = random.stream('x')
  const x = Float64Array.from({ length: rows * dimension }, (_, index) => inputs.normal(index))
  const label = (name: string, task: TaskFunction): Float32Array => {
    const errors = random.stream(name)
    return Float32Array.from({ length: rows }, (_, row) => task(x, row * dimension) + noise * errors.normal(row))
  }
  return {
    features: [denseFeature('x', { dimension })],
    columns: { x },
    labels: { first: label('first', tasks[0]), second: label('second', tasks[1]) },
    tasks: { first: 'regression', second: 'regression' },
  }
}

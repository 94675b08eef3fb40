/**
 * The gradient of each task by itself: one backward sweep per task over one forward pass. What reconciles tasks is found
 * from their inner products alone, so that no strategy ever copies a model or flattens its gradients into one vector.
 */
import {
  RowSparse,
  add,
  alignRows,
  concat,
  gradients,
  mix,
  mixDot,
  reshape,
  toDense,
  usedBy,
} from '../../autograd/index.ts'
import { detach, zeros } from '../../tensor/index.ts'
import type { Cotangent, Parameter, Tensor } from '../../tensor/index.ts'
import { scaled } from '../optimizers/cotangents.ts'
import type { ByTask } from '../byTask.ts'
import type { TaskStep } from './strategy.ts'

/** The gradients of all tasks by one parameter, as vectors that belong together entry by entry. */
interface Meeting {
  readonly parameter: Parameter
  /** For each task (1 n), zeros where it does not reach the parameter. */
  readonly vectors: readonly Tensor[]
  /** The gradient that a combination of the vectors (1 n) is. */
  readonly restore: (vector: Tensor) => Cotangent
}

/** The gradients of tasks, each by itself, and their inner products. */
export interface TaskGradients {
  /** Parameters that at least two tasks were computed from. */
  readonly shared: readonly Parameter[]
  /** ⟨gᵢ, gⱼ⟩ of the tasks' gradients by one shared parameter (t t). */
  gramOf(parameter: Parameter): Tensor
  /** ⟨gᵢ, gⱼ⟩ over all that is shared (t t), in the order of the losses. */
  gram(): Tensor
  /**
   * One gradient for each of `learned`: Σ cₖ·gₖ of what is shared, with c of `coefficients` (1 t), and ωₖ·gₖ of what
   * only task k reaches, with ω of `own`, 1 where not given.
   */
  combine(coefficients: Tensor, own?: ByTask<Tensor>): readonly Cotangent[]
}

function meet(parameter: Parameter, found: readonly (Cotangent | undefined)[]): Meeting {
  const sparse = found.filter((each) => each instanceof RowSparse)
  const row = (tensor: Tensor): Tensor => reshape(tensor, [1, tensor.size])
  const absent = (size: number): Tensor => zeros([1, size], parameter.backend)
  if (sparse.length > 0 && found.every((each) => each === undefined || each instanceof RowSparse)) {
    const aligned = alignRows(sparse)
    const [{ rows, ids, count }] = aligned
    const waiting = [...aligned]
    return {
      parameter,
      vectors: found.map((each) => row((each && waiting.shift()?.rows) ?? absent(rows.size))),
      restore: (vector) => new RowSparse(detach(reshape(vector, rows.shape)), ids, count, true),
    }
  }
  return {
    parameter,
    vectors: found.map((each) => (each ? row(toDense(each)) : absent(parameter.size))),
    restore: (vector) => detach(reshape(vector, parameter.shape)),
  }
}

/** Row i of the Gram matrix is ⟨gᵢ, gⱼ⟩ for every j: what a gate's mixture calls the gradient of its weights. */
const gramOf = ({ vectors }: Meeting): Tensor =>
  concat(
    vectors.map((vector) => mixDot(vector, vectors)),
    { axis: 0 },
  )

/** Differentiates each task's loss by all that it reaches among `learned`. */
export function taskGradients({ losses, learned }: Pick<TaskStep, 'losses' | 'learned'>): TaskGradients {
  const tasks = Object.keys(losses)
  const byTask = tasks.map((task) => {
    const own = usedBy(losses[task], learned)
    const found = gradients(losses[task], own, { sparse: true })
    return new Map<Parameter, Cotangent>(own.map((parameter, index) => [parameter, found[index]]))
  })
  const reaching = (parameter: Parameter): number => byTask.filter((found) => found.has(parameter)).length
  const shared = learned.filter((parameter) => reaching(parameter) > 1)
  const meetings = new Map(
    shared.map((parameter) => [
      parameter,
      meet(
        parameter,
        byTask.map((found) => found.get(parameter)),
      ),
    ]),
  )
  const meetingOf = (parameter: Parameter): Meeting => {
    const meeting = meetings.get(parameter)
    if (!meeting) throw new RangeError('taskGradients: expected a parameter that tasks share but got another one')
    return meeting
  }
  return {
    shared,
    gramOf: (parameter) => gramOf(meetingOf(parameter)),
    gram: () =>
      [...meetings.values()]
        .map(gramOf)
        .reduce((total, each) => add(total, each), zeros([tasks.length, tasks.length], losses[tasks[0]].backend)),
    combine: (coefficients, own = {}) =>
      learned.map((parameter) => {
        const meeting = meetings.get(parameter)
        if (meeting) return meeting.restore(mix(coefficients, meeting.vectors))
        const index = byTask.findIndex((found) => found.has(parameter))
        const gradient = byTask[index]?.get(parameter)
        if (!gradient) return zeros(parameter.shape, parameter.backend)
        const weight = own[tasks[index]]
        return weight ? scaled(gradient, weight) : gradient
      }),
  }
}

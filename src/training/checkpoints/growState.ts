/**
 * The state of an optimizer for a model whose tables have grown: known rows keep theirs, new rows start as all did. It
 * refuses to guess what else may have another shape.
 */
import { anything, checkValue, having, recordOf } from '../../checks/index.ts'
import { parameters } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import type { TensorToStore } from '../../safetensors/index.ts'
import { showShape } from '../../tensor/index.ts'
import type { Named, TrainingState } from './stateful.ts'

const WHO = 'growState'

const STATE = having('what saveState returned', 'settings', 'facts', 'tensors')

/** The path that a tensor of state ends in, and what it is there, which the settings tell the start of. */
function placeOf(
  name: string,
  named: Named,
  { settings }: TrainingState,
): readonly [path: string, start: number] | undefined {
  const path = Object.keys(named).find(
    (each) => name.endsWith(`.${each}`) && typeof settings[name.slice(0, -each.length - 1)] === 'number',
  )
  return path === undefined ? undefined : [path, settings[name.slice(0, -path.length - 1)] as number]
}

/** A tensor with rows behind its own, each number of which is `start`. */
function lengthened(
  name: string,
  { shape, values }: TensorToStore,
  wanted: readonly number[],
  start: number,
): TensorToStore {
  if (showShape(shape) === showShape(wanted)) return { shape, values }
  const [rows, ...row] = shape
  const [more, ...width] = wanted
  if (!name.includes('embedding.tables.') || rows > more || showShape(row) !== showShape(width))
    throw new RangeError(
      `${WHO}: expected ${name} of ${showShape(wanted)}, or fewer rows of a table, but got ${showShape(shape)}`,
    )
  const size = wanted.reduce((product, extent) => product * extent, 1)
  const grown = values instanceof Float64Array ? new Float64Array(size) : new Float32Array(size)
  grown.fill(start).set(values as Float32Array)
  return { shape: wanted, values: grown }
}

/**
 * What an optimizer saved of a model, for the model that `growModel` made of it: `next.restoreState(growState(
 * optimizer.saveState(parameters(model)), grown), parameters(grown))`, where `next` may be the same optimizer. Known rows go
 * on from their moments and sums, and new ones start where all did. What is no state of a parameter goes over as it is.
 * @throws RangeError if this is no state, or one of a model with other shapes.
 */
export function growState(state: TrainingState, model: Model): TrainingState {
  checkValue(WHO, 'the first argument', state, STATE)
  checkValue(WHO, 'the second argument', model, having('a model', 'features', 'tasks', 'forward'))
  for (const [name, member] of Object.entries(state)) checkValue(WHO, name, member, recordOf(anything))
  const named = parameters(model)
  const tensors = Object.entries(state.tensors).map(([name, tensor]) => {
    const [path, start] = placeOf(name, named, state) ?? []
    return [name, path === undefined ? tensor : lengthened(name, tensor, named[path].shape, start!)] as const
  })
  return { ...state, tensors: Object.fromEntries(tensors) }
}

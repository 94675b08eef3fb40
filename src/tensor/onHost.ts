/** Tensors whose numbers the host works out, anew on every run of a program. It refuses to let gradients through. */
import { anything, callable, checkValue, listOf } from '../checks/index.ts'
import { cpu, eachRun, recordWithin, standIn } from '../kernels/index.ts'
import type { Backend, Floats } from '../kernels/index.ts'
import { checkShape, sizeOf } from './shape.ts'
import type { Shape } from './shape.ts'
import { Tensor, checkTensor } from './tensor.ts'

const LISTED = listOf(anything)

/**
 * Tensors of these shapes that `compute` fills: it is given the numbers of `inputs`, shared and not to be changed, and
 * then the memory of each output, of which it writes all. For what is easier said in numbers than in ops, such as a
 * small problem of optimization between two parts of a step.
 * @throws Error where memory is not at hand.
 */
export function onHost(
  compute: (...numbers: readonly Floats[]) => void,
  inputs: readonly Tensor[],
  shapes: readonly Shape[],
  on?: Backend,
): readonly Tensor[] {
  checkValue('onHost', 'compute', compute, callable)
  checkValue('onHost', 'inputs', inputs, LISTED)
  checkValue('onHost', 'shapes', shapes, LISTED)
  for (const input of inputs) checkTensor('onHost', input)
  for (const shape of shapes) checkShape('onHost', shape)
  const backend = standIn(on ?? inputs[0]?.backend ?? cpu)
  const outputs = shapes.map((shape) => {
    recordWithin('onHost', shape)
    return new Tensor(shape, backend.allocate(sizeOf(shape)), backend)
  })
  eachRun(compute, inputs, outputs)
  return outputs
}

/** Tensors whose numbers the host works out, anew on every run of a program. It refuses to let gradients through. */
import { cpu, eachRun, recordWithin, standIn } from '../kernels/index.ts'
import type { Backend, Floats } from '../kernels/index.ts'
import { Tensor, sizeOf } from './tensor.ts'
import type { Shape } from './tensor.ts'

/**
 * Tensors of these shapes that `compute` fills: it is given the numbers of `inputs`, shared and not to be changed, and
 * then the memory of each output, of which it writes all. For what is easier said in numbers than in ops, such as a
 * small problem of optimization between two parts of a step.
 *
 * @throws Error where memory is not at hand.
 */
export function onHost(
  compute: (...numbers: readonly Floats[]) => void,
  inputs: readonly Tensor[],
  shapes: readonly Shape[],
  on: Backend = inputs[0]?.backend ?? cpu,
): readonly Tensor[] {
  const backend = standIn(on)
  const outputs = shapes.map((shape) => {
    recordWithin('onHost', shape)
    return new Tensor(shape, backend.allocate(sizeOf(shape)), backend)
  })
  eachRun(compute, inputs, outputs)
  return outputs
}

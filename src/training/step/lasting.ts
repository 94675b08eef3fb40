/** Memory that training keeps from step to step. It refuses to be part of a recording that only happens to need it first. */
import type { Backend } from '../../kernels/index.ts'
import { Parameter, Tensor, sizeOf } from '../../tensor/index.ts'
import type { ParameterOptions, Shape } from '../../tensor/index.ts'

/** A parameter filled with one value, made for good even while a step is being recorded. */
export function lasting(shape: Shape, value: number, backend: Backend, options?: ParameterOptions): Parameter {
  const buffer = backend.allocate(sizeOf(shape))
  backend.write(buffer, new Float64Array(buffer.length).fill(value))
  return new Parameter(new Tensor(shape, buffer, backend), { ...options, copy: false })
}

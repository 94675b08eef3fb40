/** How weights start: random in scale with their fan, each from the stream it is given and no other. */
import type { Backend } from '../../kernels/index.ts'
import { normal, uniform } from '../../tensor/index.ts'
import type { Stream, Tensor } from '../../tensor/index.ts'

/** An (i o) matrix drawn from a stream. */
export type Initializer = (inputs: number, outputs: number, stream: Stream, backend: Backend) => Tensor

/** N(0, 2/(i + o)) (Glorot and Bengio 2010), as DeepCTR starts the layers of its networks. */
export const glorotNormal: Initializer = (inputs, outputs, stream, backend) =>
  normal([inputs, outputs], stream, { deviation: Math.sqrt(2 / (inputs + outputs)) }, backend)

/** U(−r, r) with r = √(6/(i + o)) (Glorot and Bengio 2010, Eq. 16), as DeepCTR starts gates and last layers. */
export const glorotUniform: Initializer = (inputs, outputs, stream, backend) => {
  const high = Math.sqrt(6 / (inputs + outputs))
  return uniform([inputs, outputs], stream, { low: -high, high }, backend)
}

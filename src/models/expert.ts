/** An expert: a network whose output gates may mix. It knows neither its group nor its tasks. */
import type { Stream, Tensor } from '../tensor/index.ts'
import { denseStack, throughStack } from './dense.ts'
import type { Dense, DenseOptions } from './dense.ts'
import type { Pass } from './pass.ts'

export class Expert {
  readonly layers: readonly Dense[]

  constructor(inputs: number, units: readonly number[], stream: Stream, options: DenseOptions) {
    if (units.length === 0) throw new RangeError('Expert: expected at least one layer but got no hidden units')
    this.layers = denseStack(inputs, units, stream, options)
  }

  /** (b i) → (b d) */
  forward(x: Tensor, pass: Pass): Tensor {
    return throughStack(this.layers, x, pass)
  }
}

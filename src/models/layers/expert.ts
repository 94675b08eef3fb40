/** An expert: a network whose output gates may mix. It knows neither its group nor its tasks. */
import { checkValue } from '../../checks/index.ts'
import type { Stream, Tensor } from '../../tensor/index.ts'
import { SOME_UNITS, denseStack, throughStack } from './dense.ts'
import type { Dense, DenseOptions } from './dense.ts'
import type { ForwardOptions } from '../forward.ts'

/** Layers (b i) → (b d) that several may listen to. */
export class Expert {
  readonly layers: readonly Dense[]

  /** @throws RangeError if there is no layer, a width is not a positive whole number, or an option does not fit. */
  constructor(inputs: number, units: readonly number[], stream: Stream, options: DenseOptions) {
    checkValue('Expert', 'units', units, SOME_UNITS)
    this.layers = denseStack('Expert', inputs, units, stream, options)
  }

  /** (b i) → (b d) */
  forward(x: Tensor, options: ForwardOptions): Tensor {
    return throughStack(this.layers, x, options)
  }
}
